package org.recollect.data;

import java.util.List;
import java.util.stream.IntStream;

/// One film of a [FrameStream].
///
/// @param height cells of a frame from top to bottom
/// @param width cells of a frame from left to right
/// @param pictures `[frames][cells][rows][columns][channels]`, cells read like text, 0 to 1
/// @param events in order of their first frames
/// @param questions in order of their moments
public record Film(
    int height, int width, float[][][][][] pictures, List<Event> events, List<Question> questions) {

  public Film {
    events = List.copyOf(events);
    questions = List.copyOf(questions);
  }

  /// A letter that comes and goes.
  ///
  /// @param cell where, from 0
  /// @param from first frame that shows it
  /// @param to first frame that no longer does
  public record Event(int cell, String letter, Ink ink, int from, int to) {
    /// Whether a frame shows it.
    public boolean lasts(int frame) {
      return from <= frame && frame < to;
    }
  }

  /// What a question is about.
  public enum Kind {
    /// The letter in a cell at this moment.
    CELL_NOW,
    /// The letter that is to be seen in a colour at this moment.
    INK_NOW,
    /// The letter that appeared first in a colour, and is no longer there.
    FIRST_LETTER,
    /// The colour in which a letter appeared first, which is no longer there.
    FIRST_INK;

    /// What is known of the event that the question is about: a cell, a colour, a letter.
    String known(Event event) {
      return switch (this) {
        case CELL_NOW -> Integer.toString(event.cell());
        case INK_NOW, FIRST_LETTER -> event.ink().word();
        case FIRST_INK -> event.letter();
      };
    }

    /// Whether what is asked for has gone from sight.
    public boolean past() {
      return this == FIRST_LETTER || this == FIRST_INK;
    }
  }

  /// A question with its answer.
  ///
  /// @param moment the frame after which it is asked
  /// @param known what the question names: a cell's number, a colour or a letter
  /// @param words of the question that a vocabulary has
  /// @param answer a letter or a colour
  public record Question(Kind kind, int moment, String known, List<String> words, String answer) {

    public Question {
      words = List.copyOf(words);
    }

    static Question of(Kind kind, int moment, Event event) {
      String known = kind.known(event);
      String text =
          switch (kind) {
            case CELL_NOW -> "what is in cell now";
            case INK_NOW -> "which letter is " + known + " now";
            case FIRST_LETTER -> "which letter appeared first in " + known;
            case FIRST_INK -> "which colour had " + known + " first";
          };
      String answer = kind == Kind.FIRST_INK ? event.ink().word() : event.letter();
      return new Question(kind, moment, known, List.of(text.split(" ")), answer);
    }

    /// As it reads: `what is in cell 3 now`.
    public String text() {
      return String.join(" ", words).replace("cell now", "cell " + known + " now");
    }
  }

  /// Frames of the film.
  public int frames() {
    return pictures.length;
  }

  /// A whole frame `[height * rows][width * columns][channels]`.
  public float[][][] frame(int frame) {
    return Pictures.tile(pictures[frame], width);
  }

  /// Frames beside each other, with grey columns between.
  ///
  /// @param first of them
  /// @param count how many, within the film
  public float[][][] strip(int first, int count) {
    var whole = IntStream.range(first, first + count).mapToObj(this::frame);
    return Pictures.row(whole.toArray(float[][][][]::new));
  }
}

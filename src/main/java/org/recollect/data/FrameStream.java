package org.recollect.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.data.Film.Event;
import org.recollect.data.Film.Kind;
import org.recollect.data.Film.Question;
import org.recollect.tensor.RandomStream;

/// Films of small pictures: a background of signs that stands still, and now and then a coloured
/// letter that comes and goes; with questions on what is there now and on what was there before.
///
/// ```java
/// var stream = FrameStream.of(64).flicker(.1);
/// Film film = stream.film(RandomStream.of(seed, "film"));
/// ```
///
/// A frame is a grid of cells, each with one glyph of its own. Every frame has fresh noise. At a
/// flicker above 0 background cells change as well, into another sign of another colour: change
/// without meaning, as of leaves in the wind.
///
/// @param frames of a film, 8 or more
/// @param height cells of a frame from top to bottom
/// @param width cells of a frame from left to right
/// @param events letters that come and go in a film, at most one for four frames
/// @param moments how often questions are asked, evenly spaced, the last at the end
/// @param flicker chance that a cell of the background changes from one frame to the next, 0 to 1
/// @param style how glyphs are drawn; the noise is drawn anew for each frame
public record FrameStream(
    int frames, int height, int width, int events, int moments, double flicker, GlyphStyle style)
    implements Captioned.Source {

  /// Letters that differ on 8 x 8 pixels.
  public static final Glyphs LETTERS = Glyphs.of("ACEHKLOSTUXZ").sized(8).coloured();

  /// What the background is made of.
  public static final Glyphs SIGNS = Glyphs.of("+=/<#%~:").sized(8).coloured();

  /// Words that are true of every letter, and of every sign.
  private static final List<String> OF_LETTERS = List.of("letter", "object");

  private static final List<String> OF_SIGNS = List.of("sign", "background");

  /// Words of questions that no picture shows.
  private static final List<String> UNSEEN =
      List.of(
          ("what which where how many is are there in each cell first now had appeared changed "
                  + "happened colour")
              .split(" "));

  private static final int SHORTEST = 2;
  private static final int LONGEST = 5;

  public FrameStream {
    if (frames < 8 || height < 1 || width < 1 || events < 1 || 4 * events > frames) {
      throw new IllegalArgumentException(
          "A film has 8 frames or more, at least one cell and one event, and four frames an event; got %d frames of %d x %d cells and %d events."
              .formatted(frames, height, width, events));
    }
    if (moments < 1 || 8 * moments > frames || !(flicker >= 0 && flicker <= 1)) {
      throw new IllegalArgumentException(
          "Questions come at 1 moment or more, one in eight frames at most, and a flicker is from 0 to 1; got %d in %d frames and %s."
              .formatted(moments, frames, flicker));
    }
  }

  /// Films of 4 x 4 cells with an event in six frames, questions at four moments and a background
  /// that stands still.
  public static FrameStream of(int frames) {
    int moments = Math.clamp(frames / 16, 1, 4);
    return new FrameStream(
        frames, 4, 4, Math.max(1, frames / 6), moments, 0, GlyphStyle.VARIED.noise(.08));
  }

  /// The same with another chance that a cell of the background changes.
  public FrameStream flicker(double flicker) {
    return new FrameStream(frames, height, width, events, moments, flicker, style);
  }

  /// Cells of a frame.
  public int cells() {
    return height * width;
  }

  /// A film. It depends on the stream of random numbers by name, not by position.
  public Film film(RandomStream random) {
    var events = events(random.split("events"));
    var pictures = new float[frames][cells()][][][];
    for (int cell = 0; cell < cells(); cell++) {
      background(pictures, cell, random.split("cell", cell));
    }
    for (int i = 0; i < events.size(); i++) {
      show(pictures, events.get(i), random.split("event", i));
    }
    return new Film(height, width, pictures, events, questions(events, random.split("questions")));
  }

  private void background(float[][][][][] pictures, int cell, RandomStream random) {
    var clean = sign(random).picture();
    for (int frame = 0; frame < frames; frame++) {
      if (frame > 0 && random.nextDouble() < flicker) {
        clean = sign(random).picture();
      }
      pictures[frame][cell] = Pictures.noisy(clean, style.noise(), random);
    }
  }

  private void show(float[][][][][] pictures, Event event, RandomStream random) {
    var clean =
        LETTERS.draw(event.letter().codePointAt(0), style.ink(event.ink()).noise(0), random);
    for (int frame = event.from(); frame < event.to(); frame++) {
      pictures[frame][event.cell()] = Pictures.noisy(clean, style.noise(), random);
    }
  }

  /// Events evenly spread over the film, each with a little time of its own, no two in one cell at
  /// a time. At each moment of questions one lasts.
  private List<Event> events(RandomStream random) {
    var events = new ArrayList<Event>();
    double every = (double) frames / this.events;
    for (int i = 0; i < this.events; i++) {
      int from = (int) (i * every + random.nextDouble() * (every - 1));
      var event = event(from, random.nextInt(SHORTEST, LONGEST + 1), events, random);
      events.add(event);
    }
    for (int moment : askedAfter()) {
      if (events.stream().noneMatch(event -> event.lasts(moment))) {
        events.add(event(moment - 1, SHORTEST, events, random));
      }
    }
    events.sort(Comparator.comparingInt(Event::from));
    return List.copyOf(events);
  }

  private Event event(int from, int length, List<Event> others, RandomStream random) {
    int to = Math.min(from + length, frames);
    var free =
        IntStream.range(0, cells())
            .filter(cell ->
                others.stream()
                    .noneMatch(o -> o.cell() == cell && o.from() <= to && from <= o.to()))
            .boxed()
            .toList();
    if (free.isEmpty()) {
      throw new IllegalArgumentException(
          "At frame %d every one of %d cells has an event: ask for fewer events or more cells."
              .formatted(from, cells()));
    }
    String letter = LETTERS.character(random.nextInt(LETTERS.size()));
    return new Event(random.pick(free), letter, random.pick(Ink.hues()), from, to);
  }

  /// The frames after which questions are asked.
  private int[] askedAfter() {
    return IntStream.rangeClosed(1, moments).map(i -> i * frames / moments - 1).toArray();
  }

  /// At each moment one question of each kind for which there is an event, in any order.
  private List<Question> questions(List<Event> events, RandomStream random) {
    var questions = new ArrayList<Question>();
    for (int now : askedAfter()) {
      var asked = new ArrayList<Question>();
      for (var kind : Kind.values()) {
        var fitting = events.stream().filter(event -> fits(kind, event, now, events)).toList();
        if (!fitting.isEmpty()) {
          asked.add(Question.of(kind, now, random.pick(fitting)));
        }
      }
      questions.addAll(random.shuffle(asked));
    }
    return List.copyOf(questions);
  }

  /// Whether a question of this kind about this event has one answer.
  private static boolean fits(Kind kind, Event event, int now, List<Event> events) {
    var rivals =
        events.stream()
            .filter(other -> other != event && kind.known(other).equals(kind.known(event)));
    return kind.past()
        ? event.to() <= now && rivals.noneMatch(other -> other.from() <= event.from())
        : event.lasts(now) && rivals.noneMatch(other -> other.lasts(now));
  }

  @Override
  public List<String> vocabulary() {
    var words = new ArrayList<String>();
    for (var glyphs : List.of(LETTERS, SIGNS)) {
      IntStream.range(0, glyphs.size()).mapToObj(glyphs::character).forEach(words::add);
    }
    Ink.hues().forEach(ink -> words.add(ink.word()));
    words.addAll(OF_LETTERS);
    words.addAll(OF_SIGNS);
    words.addAll(UNSEEN);
    return List.copyOf(words);
  }

  @Override
  public int pixels() {
    return LETTERS.pixels();
  }

  /// A letter or a sign, each half of the time, with noise, and its words: the character, the
  /// colour and what it is.
  @Override
  public Captioned draw(RandomStream random) {
    var clean = random.nextBoolean() ? captioned(LETTERS, OF_LETTERS, random) : sign(random);
    return new Captioned(Pictures.noisy(clean.picture(), style.noise(), random), clean.words());
  }

  private Captioned sign(RandomStream random) {
    return captioned(SIGNS, OF_SIGNS, random);
  }

  private Captioned captioned(Glyphs glyphs, List<String> kind, RandomStream random) {
    int index = random.nextInt(glyphs.size());
    var ink = random.pick(Ink.hues());
    var words = new ArrayList<>(kind);
    words.add(glyphs.character(index));
    words.add(ink.word());
    return new Captioned(glyphs.drawClass(index, style.ink(ink).noise(0), random), words);
  }
}

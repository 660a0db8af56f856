package org.recollect.data;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/// One recall task: a context that states pairs, and questions that follow it one after another.
///
/// Every line of the text begins with its line break, so that the context ends where the first
/// question begins and the answer directly follows its query:
///
/// ```
/// ⏎// fox jade                the pair, somewhere in the context
/// ⏎// fox                     the query
///         jade                the answer, with the space before it
/// ```
///
/// @param context the context in order, in pieces
/// @param questions what is asked, in order; each query follows the previous answer
public record RecallItem(List<Segment> context, List<Question> questions) {

  /// What a piece of the text is for; a loss may weigh them differently.
  public enum Part {
    FILLER,
    PAIR,
    QUERY,
    ANSWER
  }

  /// A piece of the text.
  public record Segment(Part part, String text) {}

  /// A question about one pair.
  ///
  /// @param query the text after which the model is to answer
  /// @param answer the text it is to continue with
  /// @param depth where the pair that counts stands in the context: 0 at the start, 1 at the end
  public record Question(String query, String answer, double depth) {}

  /// A tokenized item.
  ///
  /// @param ids tokens `[tokens]`
  /// @param parts what each token is for `[tokens]`
  public record Tokens(int[] ids, Part[] parts) {
    /// The positions of the answers' tokens; the prediction of one is made at the position before.
    public int[] answers() {
      return IntStream.range(0, ids.length).filter(i -> parts[i] == Part.ANSWER).toArray();
    }
  }

  public RecallItem {
    context = List.copyOf(context);
    questions = List.copyOf(questions);
  }

  /// The text that states the pairs, without any question.
  public String contextText() {
    return context.stream().map(Segment::text).collect(Collectors.joining());
  }

  /// The whole text: the context, then each query with its answer. This is what a model is trained
  /// on.
  public String text() {
    return segments().stream().map(Segment::text).collect(Collectors.joining());
  }

  /// The whole text in pieces.
  public List<Segment> segments() {
    var segments = new ArrayList<>(context);
    for (Question question : questions) {
      segments.add(new Segment(Part.QUERY, question.query()));
      segments.add(new Segment(Part.ANSWER, question.answer()));
    }
    return segments;
  }

  /// The tokens of the whole text, piece by piece. They equal those of [#text] for every tokenizer
  /// that joins nothing across the line break before a line or the space before a word.
  ///
  /// @param encode the subject's tokenizer
  public Tokens encode(Function<String, int[]> encode) {
    var ids = IntStream.builder();
    var parts = new ArrayList<Part>();
    for (Segment segment : segments()) {
      for (int id : encode.apply(segment.text())) {
        ids.add(id);
        parts.add(segment.part());
      }
    }
    return new Tokens(ids.build().toArray(), parts.toArray(Part[]::new));
  }

  /// Where the context answers each question: the positions of the value's tokens in the last
  /// statement of its pair.
  ///
  /// @param encode the subject's tokenizer, as for [#encode]
  /// @return `[questions][tokens of the answer]`
  public int[][] needles(Function<String, int[]> encode) {
    return questions.stream().map(question -> needle(question, encode)).toArray(int[][]::new);
  }

  private int[] needle(Question question, Function<String, int[]> encode) {
    String statement = question.query() + question.answer();
    int position = 0;
    int end = -1;
    for (Segment segment : context) {
      position += encode.apply(segment.text()).length;
      if (segment.part() == Part.PAIR && segment.text().equals(statement)) {
        end = position;
      }
    }
    if (end < 0) {
      throw new IllegalStateException(
          "The context does not state '%s', so nothing in it answers the question: put it into a segment of its own."
              .formatted(statement.strip()));
    }
    return IntStream.range(end - encode.apply(question.answer()).length, end).toArray();
  }
}

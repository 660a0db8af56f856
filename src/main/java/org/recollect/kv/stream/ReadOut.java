package org.recollect.kv.stream;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.recollect.data.Film.Kind;
import org.recollect.data.Film.Question;
import org.recollect.data.FrameStream;
import org.recollect.data.Ink;

/// How a question is answered from the tokens that are read: the same for every memory, and nothing
/// in it is learned.
///
/// A token is taken for the nearest word of each kind: for a letter or a sign, and for one of the
/// letters and one of the colours. What is in a cell now is the letter nearest to its newest token.
/// What is to be seen in a colour now is the letter nearest to the newest token that is a letter of
/// that colour; what appeared first in a colour, or in which colour a letter appeared first, is
/// read from the oldest token that is a letter of that colour, or that letter. Where no token fits,
/// there is no answer.
record ReadOut(Lexicon lexicon) {
  private static final List<String> THINGS = List.of("letter", "sign");
  private static final List<String> LETTERS =
      IntStream.range(0, FrameStream.LETTERS.size())
          .mapToObj(FrameStream.LETTERS::character)
          .toList();
  private static final List<String> COLOURS = Ink.hues().stream().map(Ink::word).toList();

  /// The answer, if a token has one.
  ///
  /// @param tokens that were read
  Optional<String> answer(Question question, List<VisualToken> tokens) {
    var fitting = tokens.stream().filter(token -> fits(question, token));
    var order = Comparator.comparingInt(VisualToken::frame);
    var answers = question.kind() == Kind.FIRST_INK ? COLOURS : LETTERS;
    return (question.kind().past() ? fitting.min(order) : fitting.max(order))
        .map(token -> lexicon.nearest(token, answers));
  }

  private boolean fits(Question question, VisualToken token) {
    return switch (question.kind()) {
      case CELL_NOW -> token.cell() == Integer.parseInt(question.known());
      case INK_NOW, FIRST_LETTER ->
          is("letter", THINGS, token) && is(question.known(), COLOURS, token);
      case FIRST_INK -> is("letter", THINGS, token) && is(question.known(), LETTERS, token);
    };
  }

  private boolean is(String word, List<String> among, VisualToken token) {
    return lexicon.nearest(token, among).equals(word);
  }
}

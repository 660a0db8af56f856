package org.recollect.retrieval.role;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.recollect.data.Library;
import org.recollect.data.OpenQuestion;

/// Which words texts use for a relation. Nobody marks them: they are those of the sentences that
/// name both the subject and the answer of a question that one fact answers (distant supervision,
/// Mintz et al., 2009). Immutable.
final class Spoken {
  private final Map<String, Map<String, Double>> weights = new HashMap<>();

  Spoken(List<OpenQuestion> questions, Library library) {
    var sentences = new HashMap<String, Integer>();
    var having = new HashMap<String, Integer>();
    var together = new HashMap<String, Map<String, Integer>>();
    int all = 0;
    for (OpenQuestion question : questions) {
      if (question.hops() > 1 || question.relation().isEmpty()) {
        continue;
      }
      for (var words : stating(question, library)) {
        all++;
        sentences.merge(question.relation(), 1, Integer::sum);
        for (String word : new HashSet<>(words)) {
          having.merge(word, 1, Integer::sum);
          together
              .computeIfAbsent(question.relation(), _ -> new HashMap<>())
              .merge(word, 1, Integer::sum);
        }
      }
    }
    int count = all;
    together.forEach((relation, words) -> {
      var own = new HashMap<String, Double>();
      double share = (double) sentences.get(relation) / count;
      words.forEach((word, n) -> own.put(word, n / (having.get(word) + 1.0) - share));
      weights.put(relation, own);
    });
  }

  /// The sentences that state the fact, without the subject and the answer, in lower case.
  private static List<List<String>> stating(OpenQuestion question, Library library) {
    var subject = Words.lower(question.subject());
    var answer = Words.lower(question.answers().getFirst());
    return question.evidence().stream()
        .flatMap(List::stream)
        .filter(library::has)
        .flatMap(id -> Words.sentences(library.passage(id).text()).stream())
        .map(Words::lower)
        .filter(words -> Words.find(words, subject) >= 0 && Words.find(words, answer) >= 0)
        .map(words ->
            words.stream()
                .filter(word -> !subject.contains(word) && !answer.contains(word))
                .toList())
        .toList();
  }

  /// How much a word speaks for a relation: the share of the sentences with the word that state the
  /// relation, above its share of all sentences; 0 for a word that was never seen.
  double weight(String word, String relation) {
    return weights.getOrDefault(relation, Map.of()).getOrDefault(word, 0.0);
  }
}

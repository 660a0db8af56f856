package org.recollect.retrieval.role;

import java.util.List;
import org.recollect.data.OpenQuestion;

/// Finds what a question names. Without questions that note it, it is the longest run of names.
final class SubjectTagger {
  private static final int EPOCHS = 3;

  private final AveragedWeights weights = new AveragedWeights();
  private final Lexicon lexicon;
  private final boolean learned;

  SubjectTagger(List<OpenQuestion> questions, Lexicon lexicon) {
    this.lexicon = lexicon;
    this.learned = !questions.isEmpty();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      questions.forEach(this::learn);
    }
    weights.average();
  }

  /// The run of words with the highest sum of scores; of equal ones the first.
  Span subject(List<String> words) {
    double best = Double.NEGATIVE_INFINITY;
    var span = new Span(0, 1);
    for (int from = 0; from < words.size(); from++) {
      double sum = 0;
      for (int to = from + 1; to <= words.size(); to++) {
        sum += score(words, to - 1);
        if (sum > best) {
          best = sum;
          span = new Span(from, to);
        }
      }
    }
    return span;
  }

  private double score(List<String> words, int at) {
    if (learned) {
      return weights.score(features(words, at));
    }
    return lexicon.isName(words, at) ? 1 : -1;
  }

  private void learn(OpenQuestion question) {
    var words = Words.of(question.text());
    var subject = Words.lower(question.subject());
    int start = Words.find(Words.lower(question.text()), subject);
    for (int at = 0; start >= 0 && at < words.size(); at++) {
      boolean inside = at >= start && at < start + subject.size();
      var features = features(words, at);
      if (weights.score(features) > 0 != inside) {
        weights.add(features, inside ? 1 : -1);
      }
      weights.tick();
    }
  }

  private Features features(List<String> words, int at) {
    var word = words.get(at);
    var features = new Features().add("bias");
    features.add(lexicon.isName(words, at) ? "name" : "small");
    features.cross("word", word.toLowerCase());
    features.add(at + 1 < words.size() && lexicon.isName(words, at + 1) ? "before name" : "");
    features.cross(
        "next name",
        at + 2 < words.size() && lexicon.isName(words, at + 2) ? word.toLowerCase() : "");
    if (at > 0) {
      features.cross("previous", words.get(at - 1).toLowerCase());
    }
    return features;
  }
}

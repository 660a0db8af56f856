package org.recollect.retrieval.role;

import java.util.ArrayList;
import java.util.List;
import org.recollect.data.Library;
import org.recollect.data.OpenQuestion;
import org.recollect.tensor.RandomStream;

/// Finds in a question what it starts from and which relations it follows (E3 of the method
/// sheets). It learns from questions and their plans; how words divide into relations nobody tells
/// it.
///
/// A question is read as brackets around its subject: `[Who founded [the firm that employs
/// [Ada]]]`. Each bracket has words on its left and its right, and a relation; the best nesting is
/// found by dynamic programming. Training is the latent-variable perceptron (Sun et al., 2009): the
/// best nesting with the right relations is raised, the best of all lowered where it has others,
/// and weights are averaged over all steps (Collins, 2002). The subject is tagged word by word
/// before.
public final class Parser {
  private static final int EPOCHS = 3;
  private static final int MOST_LEFT = 7;
  private static final int MOST_RIGHT = 6;
  private static final int MOST_HOPS = 4;

  private final SubjectTagger tagger;
  private final List<String> relations;
  private final Spoken spoken;
  private final AveragedWeights weights = new AveragedWeights();

  private Parser(List<OpenQuestion> questions, Library library) {
    this.tagger = new SubjectTagger(questions, new Lexicon(library));
    this.spoken = new Spoken(questions, library);
    this.relations =
        questions.stream().flatMap(each -> relations(each).stream()).distinct().sorted().toList();
  }

  /// Learns from the questions that say what they are about; where none does, the parser gives
  /// plans without relations.
  ///
  /// @param library in which relations are spoken of
  public static Parser trained(List<OpenQuestion> questions, Library library, RandomStream random) {
    var noted = questions.stream().filter(each -> !each.relation().isEmpty()).toList();
    var parser = new Parser(noted, library);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      random.shuffle(noted).forEach(parser::learn);
    }
    parser.weights.average();
    return parser;
  }

  /// The relations of a question as it notes them.
  static List<String> relations(OpenQuestion question) {
    return question.relation().isEmpty() ? List.of() : List.of(question.relation().split(" > "));
  }

  /// What a question asks.
  public Plan parse(String question) {
    var words = Words.of(question);
    var subject = tagger.subject(words);
    return new Plan(
        subject.text(words),
        relations.isEmpty() ? List.of() : new Nesting(words, subject).best(null).relations());
  }

  private void learn(OpenQuestion question) {
    var words = Words.of(question.text());
    int at = Words.find(Words.lower(question.text()), Words.lower(question.subject()));
    if (at < 0) {
      return;
    }
    var nesting = new Nesting(words, new Span(at, at + Words.of(question.subject()).size()));
    var gold = relations(question);
    var best = nesting.best(null);
    if (!best.relations().equals(gold)) {
      var right = nesting.best(gold);
      if (right != null) {
        right.features().forEach(features -> weights.add(features, 1));
        best.features().forEach(features -> weights.add(features, -1));
      }
    }
    weights.tick();
  }

  /// A nesting of brackets.
  ///
  /// @param features of each bracket
  private record Derivation(double score, List<String> relations, List<Features> features) {
    Derivation and(double more, String relation, Features features) {
      var longer = new ArrayList<>(relations);
      longer.add(relation);
      var all = new ArrayList<>(this.features);
      all.add(features);
      return new Derivation(score + more, longer, all);
    }
  }

  /// All nestings of a question around its subject.
  private final class Nesting {
    private final List<String> words;
    private final Span subject;

    Nesting(List<String> words, Span subject) {
      this.words = words.stream().map(String::toLowerCase).toList();
      this.subject = subject;
    }

    /// The best nesting of all, or of those with the given relations; null where there is none.
    Derivation best(List<String> gold) {
      int lefts = subject.from() + 1;
      int rights = words.size() - subject.to() + 1;
      int hops = gold == null ? MOST_HOPS : gold.size();
      var best = new Derivation[hops + 1][lefts][rights];
      best[0][0][0] = new Derivation(0, List.of(), List.of());
      Derivation whole = null;
      for (int hop = 0; hop < hops; hop++) {
        for (int left = 0; left < lefts; left++) {
          for (int right = 0; right < rights; right++) {
            if (best[hop][left][right] != null) {
              grow(best, hop, left, right, gold);
            }
          }
        }
        var covering = best[hop + 1][lefts - 1][rights - 1];
        boolean ends = gold == null || hop + 1 == hops;
        if (ends && covering != null && (whole == null || covering.score() > whole.score())) {
          whole = covering;
        }
      }
      return whole == null && gold == null ? new Derivation(0, List.of(), List.of()) : whole;
    }

    private void grow(Derivation[][][] best, int hop, int left, int right, List<String> gold) {
      int lefts = best[hop].length;
      int rights = best[hop][0].length;
      var labels = gold == null ? relations : List.of(gold.get(hop));
      for (int l = left; l < Math.min(lefts, left + MOST_LEFT + 1); l++) {
        for (int r = right; r < Math.min(rights, right + MOST_RIGHT + 1); r++) {
          boolean outermost = l == lefts - 1 && r == rights - 1;
          if (l == left && r == right || hop == best.length - 2 && !outermost) {
            continue;
          }
          for (String label : labels) {
            var features = features(left, right, l, r, label, outermost);
            double score = best[hop][left][right].score() + weights.score(features);
            var known = best[hop + 1][l][r];
            if (known == null || score > known.score()) {
              best[hop + 1][l][r] =
                  best[hop][left][right].and(weights.score(features), label, features);
            }
          }
        }
      }
    }

    private Features features(
        int left, int right, int toLeft, int toRight, String label, boolean outermost) {
      var before = words.subList(subject.from() - toLeft, subject.from() - left);
      var after = words.subList(subject.to() + right, subject.to() + toRight);
      var features = new Features();
      var kind = label + (outermost ? "?" : "");
      features.cross(label, String.join(" ", before) + "_" + String.join(" ", after));
      features.cross(outermost ? "frame" : "phrase", (before.isEmpty() ? "" : before.getFirst()));
      bag(features, label, before, "<");
      bag(features, label, after, ">");
      features.add(kind);
      features.add("spoken", said(label, before) + said(label, after));
      features.add("length " + before.size() + " " + after.size() + (outermost ? "?" : ""));
      return features;
    }

    private double said(String label, List<String> some) {
      return some.stream().mapToDouble(word -> spoken.weight(word, label)).sum();
    }

    private void bag(Features features, String label, List<String> some, String side) {
      for (int i = 0; i < some.size(); i++) {
        features.cross(label, side + some.get(i));
        if (i > 0) {
          features.cross(label, side + some.get(i - 1) + " " + some.get(i));
        }
        // A word that looks like a relation's name speaks for it before it was ever seen.
        if (stem(some.get(i)).equals(stem(label))) {
          features.add("named" + side);
        }
      }
    }
  }

  private static String stem(String word) {
    return word.substring(0, Math.min(5, word.length()));
  }

  /// The share of questions whose plan is found exactly; of those only that note one.
  ///
  /// @return 0 to 1; 0 where none notes a plan
  public double accuracy(List<OpenQuestion> questions) {
    return questions.stream()
        .filter(each -> !each.relation().isEmpty())
        .mapToInt(each -> right(each) ? 1 : 0)
        .average()
        .orElse(0);
  }

  private boolean right(OpenQuestion question) {
    var plan = parse(question.text());
    return plan.subject().equalsIgnoreCase(question.subject())
        && plan.relations().equals(relations(question));
  }
}

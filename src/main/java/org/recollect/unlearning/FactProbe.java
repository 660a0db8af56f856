package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tap;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.unlearning.measure.LinearProbe;

/// What the hidden states still tell of the facts, whatever the model says: a new linear map reads
/// the word that states the fact off the residual stream just before that word, as it enters the
/// final norm. It is fitted on questions that are retained and tried on those to be forgotten.
///
/// The word is the first of the answer that is in its paraphrase too but in no wrong answer; an
/// item that has none is left out. Facts that no retained item shares cannot be read and count as
/// not recovered, for all models alike. (Inferred: a probe that tells true statements from false
/// ones stays at chance on the full model of a learner of this size, and a probe of earlier layers
/// finds little even there, so neither could tell hidden from removed.)
final class FactProbe {

  /// Items to fit on, at most.
  private static final int MOST = 500;

  private FactProbe() {}

  /// A fact as the probe sees it.
  ///
  /// @param state before the word `[hiddenSize]`
  /// @param word that states it
  private record Fact(double[] state, int word) {}

  /// The share of facts that are recovered.
  ///
  /// @throws IllegalArgumentException if there is no fact to fit on or none to try
  static double accuracy(LanguageModel model, List<QaItem> fitted, List<QaItem> tried) {
    var known = facts(model, fitted.subList(0, Math.min(MOST, fitted.size())));
    var asked = facts(model, tried);
    if (known.isEmpty() || asked.isEmpty()) {
      throw new IllegalArgumentException(
          "A probe needs answers with a word that tells them from wrong ones, but %d items to keep have %d and %d to forget have %d: leave it out or give other wrong answers."
              .formatted(fitted.size(), known.size(), tried.size(), asked.size()));
    }
    var labels = new HashMap<Integer, Integer>();
    var probe = LinearProbe.fit(states(known), labels(known, labels), LinearProbe.L2);
    return probe.accuracy(states(asked), labels(asked, labels));
  }

  private static List<Fact> facts(LanguageModel model, List<QaItem> items) {
    var facts = new ArrayList<Fact>();
    for (QaItem item : items) {
      int[] question = model.tokenizer().encode(item.question());
      int[] answer = model.tokenizer().encode(" " + item.answer());
      position(model.tokenizer(), item, answer)
          .ifPresent(at -> {
            var before = new Exchange(question, Arrays.copyOf(answer, at));
            facts.add(new Fact(state(model, before.tokens()), answer[at]));
          });
    }
    return facts;
  }

  /// Where the answer says what no wrong answer does.
  private static Optional<Integer> position(Tokenizer tokenizer, QaItem item, int[] answer) {
    var wrong = new HashSet<Integer>();
    item.perturbed().forEach(text -> wrong.addAll(words(tokenizer, text)));
    var right = words(tokenizer, item.restated());
    for (int at = 0; at < answer.length; at++) {
      if (right.contains(answer[at]) && !wrong.contains(answer[at])) {
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  private static Set<Integer> words(Tokenizer tokenizer, String text) {
    var words = new HashSet<Integer>();
    for (int token : tokenizer.encode(" " + text)) {
      words.add(token);
    }
    return words;
  }

  private static double[] state(LanguageModel model, int[] tokens) {
    double[] state = new double[model.config().hiddenSize()];
    var tap =
        new Tap() {
          @Override
          public void hidden(int at, NDArray hidden) {
            if (at == model.config().layers()) {
              float[] last = Memory.toFloats(hidden.get("0, -1"));
              for (int i = 0; i < state.length; i++) {
                state[i] = last[i];
              }
            }
          }
        };
    try (var _ = Torch.newScope();
        var manager = Torch.manager()) {
      model.hidden(Memory.ofInts(manager, tokens, 1, tokens.length), tap);
    }
    return state;
  }

  private static double[][] states(List<Fact> facts) {
    return facts.stream().map(Fact::state).toArray(double[][]::new);
  }

  /// A label for each word, known or new.
  private static int[] labels(List<Fact> facts, Map<Integer, Integer> labels) {
    return facts.stream()
        .mapToInt(fact -> labels.computeIfAbsent(fact.word, _ -> labels.size()))
        .toArray();
  }
}

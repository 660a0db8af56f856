package org.recollect.retrieval;

import java.util.ArrayList;
import java.util.Arrays;
import org.recollect.model.DenseCache;
import org.recollect.model.LanguageModel;
import org.recollect.model.Sampling;

/// Answers from memory, greedily. The model stays the caller's.
public record Drafter(LanguageModel model) {
  private static final int LONGEST = 12;

  /// The model's answer to a question in the form that it was taught.
  public Draft answer(String question) {
    var read = model.prefill(model.tokenizer().encode(question), 1);
    var tokens = new ArrayList<String>();
    var text = new StringBuilder();
    var probabilities = new ArrayList<Double>();
    var entropies = new ArrayList<Double>();
    try (var cache = DenseCache.of(read)) {
      float[] logits = read.logits();
      for (int i = 0; i < LONGEST; i++) {
        int token = Sampling.greedy().choose(logits);
        double[] distribution = softmax(logits);
        probabilities.add(distribution[token]);
        entropies.add(entropy(distribution));
        if (token == model.endOfText()) {
          break;
        }
        var said = model.tokenizer().decode(token);
        tokens.add(said.strip());
        text.append(said);
        logits = model.step(token, cache);
      }
    }
    return new Draft(text.toString().strip(), tokens, array(probabilities), array(entropies));
  }

  private static double[] softmax(float[] logits) {
    double top = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      top = Math.max(top, logit);
    }
    double[] mass = new double[logits.length];
    double sum = 0;
    for (int i = 0; i < mass.length; i++) {
      mass[i] = Math.exp(logits[i] - top);
      sum += mass[i];
    }
    for (int i = 0; i < mass.length; i++) {
      mass[i] /= sum;
    }
    return mass;
  }

  private static double entropy(double[] distribution) {
    return Arrays.stream(distribution).map(p -> p > 0 ? -p * Math.log(p) : 0).sum();
  }

  private static double[] array(ArrayList<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).toArray();
  }
}

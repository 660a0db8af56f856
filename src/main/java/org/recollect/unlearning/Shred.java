package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.unlearning.measure.TokenScores;

/// SHRED ("Retain-Set-Free Unlearning via Self-Distillation with Logit Demotion", 2026,
/// arXiv:2605.07482; the project page's method figure): the model teaches itself its own
/// predictions, without the tokens that only the text to be forgotten makes it say.
///
/// For an answer of the positions T, with `p_0` the model before:
///
/// - `F`, the share P of T with the lowest `p_0(x_t | x_<t)`, is to be forgotten; the rest are the
///   anchors that keep the model as it is, in place of a retain set.
/// - `V_t` is empty on the anchors; on F it is `{x_t}` (variant A), or that with the nucleus of
///   `p_0` (variant B).
/// - `q_t = p_0` without `V_t`, normalised: see [Demotion].
/// - `L = mean over the positions of a batch of KL(q_t || p(. | x_<t))`, in nats.
///
/// P is taken of each answer by itself, as the paper's sequences are, and not of the forget set as
/// a whole; at least one position of each is demoted (inferred). Ranks are those of
/// log-probabilities in doubles: what is known by heart has `p = 1` in float32 everywhere. The
/// model before is asked once, when a request begins.
///
/// The page does not say which variant is the default, nor K, P and pi: A, the whole vocabulary, a
/// half and 0.9 (inferred).
///
/// @param share P, above 0 and at most 1; with 1 there are no anchors
/// @param likeliest whether F are the positions of the highest probability instead, an ablation
/// @param nucleus pi, the mass that variant B demotes besides the token; 0 for variant A, below 1
/// @param topK how many tokens of a prediction are kept in a target, at least 2; more than there
///   are for all of them
public record Shred(double share, boolean likeliest, double nucleus, int topK) implements LossTerm {

  /// Keeps predictions whole.
  public static final int WHOLE_VOCABULARY = Integer.MAX_VALUE;

  public Shred {
    if (!(share > 0 && share <= 1 && nucleus >= 0 && nucleus < 1) || topK < 2) {
      throw new IllegalArgumentException(
          "SHRED demotes a share of positions above 0 and at most 1, a nucleus from 0 to below 1, and keeps at least 2 tokens; got %s, %s and %d."
              .formatted(share, nucleus, topK));
    }
  }

  /// Variant A with this share of positions.
  public static Shred demoting(double share) {
    return new Shred(share, false, 0, WHOLE_VOCABULARY);
  }

  /// The ablation that takes the positions of the highest probability.
  public Shred likeliestFirst() {
    return new Shred(share, true, nucleus, topK);
  }

  /// Variant B with this mass.
  public Shred withNucleus(double mass) {
    return new Shred(share, likeliest, mass, topK);
  }

  /// The same with targets of the K likeliest tokens: less memory for a large vocabulary.
  public Shred topK(int tokens) {
    return new Shred(share, likeliest, nucleus, tokens);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "term", "SHRED", "share", share, "likeliest", likeliest, "nucleus", nucleus, "top K", topK);
  }

  /// An answer with the tokens in brackets that are to be forgotten, and its end if that is one of
  /// them.
  public String marked(LanguageModel before, QaItem item) {
    var text = QaText.of(before.tokenizer(), item.question(), item.answer());
    int[] answer = text.answer();
    var forgotten = forgotten(predicted(before, text), answer);
    var marked = new StringBuilder();
    for (int t = 0; t < answer.length; t++) {
      boolean end = answer[t] == before.tokenizer().endOfText();
      String token = end ? "end" : before.tokenizer().decode(new int[] {answer[t]}).strip();
      boolean demoted = forgotten.contains(t);
      marked.append(demoted ? " [" + token + "]" : end ? "" : " " + token);
    }
    return marked.toString().strip();
  }

  @Override
  public Objective begin(Request request) {
    var before = request.model();
    var targets = new HashMap<QaItem, List<Demotion>>();
    for (QaItem item : request.forget()) {
      var text = QaText.of(before.tokenizer(), item.question(), item.answer());
      request
          .meter()
          .tokens(text.length() - 1)
          .flop(2.0 * before.weights().parameters() * (text.length() - 1));
      targets.put(item, targets(before, text));
    }
    return (model, batch) -> divergence(model, batch, targets);
  }

  /// One for each of the answer's tokens.
  List<Demotion> targets(LanguageModel before, QaText text) {
    int[] answer = text.answer();
    double[][] predicted = predicted(before, text);
    var forgotten = forgotten(predicted, answer);
    int kept = Math.min(topK, predicted[0].length);
    return IntStream.range(0, answer.length)
        .mapToObj(t ->
            forgotten.contains(t)
                ? Demotion.of(predicted[t], kept, answer[t], nucleus)
                : Demotion.none(predicted[t], kept))
        .toList();
  }

  /// Log-probabilities `[answer tokens][vocabulary]`.
  private static double[][] predicted(LanguageModel before, QaText text) {
    float[] logits = Respondent.of(before).logits(List.of(text.withoutLast())).getFirst();
    return TokenScores.logProbabilities(logits, text.answer().length);
  }

  private List<Integer> forgotten(double[][] predicted, int[] answer) {
    return positions(
        IntStream.range(0, answer.length).mapToDouble(t -> predicted[t][answer[t]]).toArray());
  }

  /// F, of equals the first.
  ///
  /// @param known the log-probability of each token of an answer
  /// @return indices into it, ascending
  List<Integer> positions(double[] known) {
    long count = Math.max(1, Math.round(share * known.length));
    var order = Comparator.<Integer>comparingDouble(t -> likeliest ? -known[t] : known[t]);
    return IntStream.range(0, known.length).boxed().sorted(order).limit(count).sorted().toList();
  }

  private static NDArray divergence(
      LanguageModel model, QaBatch batch, Map<QaItem, List<Demotion>> known) {
    var targets = new ArrayList<Demotion>();
    batch.items().forEach(item -> targets.addAll(known.get(item)));
    int n = targets.size();
    int kept = targets.getFirst().ids().length;
    long[] ids = new long[n * kept];
    float[] shares = new float[n * kept];
    double entropy = 0;
    int[] rows = batch.rowsOfAnswers();
    for (int t = 0; t < n; t++) {
      var target = targets.get(t);
      double share = batch.importance()[rows[t]] / n;
      entropy += share * target.negativeEntropy();
      for (int i = 0; i < kept; i++) {
        ids[t * kept + i] = target.ids()[i];
        shares[t * kept + i] = (float) (share * target.probabilities()[i]);
      }
    }
    var manager = QaBatch.manager(model);
    var said =
        Ops.logSoftmax(batch.answerLogits(model)).gather(Memory.ofLongs(manager, ids, n, kept), 1);
    return said.mul(Memory.ofFloats(manager, shares, n, kept)).sum().neg().add((float) entropy);
  }
}

package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tokenizer;
import org.recollect.unlearning.measure.TokenScores;

/// SISA for a learner of facts: see [Sisa]. The items are dealt to shards with a model each, and
/// what is to be forgotten is dropped from its shards, which are taught again from nothing. It does
/// not start from the study's full model: sharding is a decision made before training, and its
/// price is that each model knows a share of the facts only.
///
/// Answers come from the mean of the models' probabilities. The cost counts what is taught again,
/// not the first teaching.
///
/// @param learner of each shard
/// @param world that was taught
/// @param shards at least 1; one slice each
public record Sharding(Learner learner, ForgetSplit world, int shards) implements Unlearner {

  @Override
  public String name() {
    return "SISA, %d shards".formatted(shards);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("learner", learner.configuration(), "world", world.digest(), "shards", shards);
  }

  @Override
  public Forgetting begin(Request request) {
    return new Retraining(this, request);
  }

  private static final class Retraining implements Forgetting, Sisa.Learner<LanguageModel> {
    private final Sharding method;
    private final Request request;
    private final List<QaItem> items;
    private final Sisa<LanguageModel> sisa;
    private boolean dealt;
    private boolean done;

    Retraining(Sharding method, Request request) {
      this.method = method;
      this.request = request;
      this.items = method.world.learned();
      this.sisa = new Sisa<>(this, items.size(), method.shards, 1, request.seed());
      this.dealt = true;
    }

    /// Nothing is taught before the first slice; the place is held by the study's own model.
    @Override
    public LanguageModel start(int shard) {
      return request.model();
    }

    @Override
    public LanguageModel train(LanguageModel from, int[] samples) {
      var taught = Arrays.stream(samples).mapToObj(items::get).toList();
      var model = method.learner.taught(method.world, taught, request.seed());
      if (dealt) {
        request.meter().flop(method.learner.lessons().flop(model, taught));
      }
      return model;
    }

    @Override
    public void release(LanguageModel model) {
      if (model != request.model()) {
        model.close();
      }
    }

    @Override
    public boolean advance() {
      if (done) {
        return false;
      }
      var gone = new ArrayList<>(request.forgotten());
      gone.addAll(request.forget());
      sisa.forget(
          IntStream.range(0, items.size()).filter(i -> gone.contains(items.get(i))).toArray());
      done = true;
      return true;
    }

    /// The first shard's; an attack on the weights does not reach the ensemble.
    @Override
    public LanguageModel model() {
      return sisa.models().getFirst();
    }

    @Override
    public Respondent guarding(LanguageModel weights) {
      return new Ensemble(sisa, request.model().tokenizer());
    }

    @Override
    public void close() {
      sisa.close();
    }
  }

  /// The mean of the probabilities, as logits.
  private record Ensemble(Sisa<LanguageModel> sisa, Tokenizer tokenizer) implements Respondent {

    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      return exchanges.stream().map(this::logits).toList();
    }

    private float[] logits(Exchange exchange) {
      double[] mean = sisa.probabilities(model -> probabilities(model, exchange));
      float[] logits = new float[mean.length];
      for (int i = 0; i < logits.length; i++) {
        logits[i] = (float) Math.log(mean[i]);
      }
      return logits;
    }

    /// Row after row.
    private static double[] probabilities(LanguageModel model, Exchange exchange) {
      float[] logits = Respondent.of(model).logits(List.of(exchange)).getFirst();
      int rows = exchange.said().length + 1;
      return Arrays.stream(TokenScores.logProbabilities(logits, rows))
          .flatMapToDouble(Arrays::stream)
          .map(Math::exp)
          .toArray();
    }
  }
}

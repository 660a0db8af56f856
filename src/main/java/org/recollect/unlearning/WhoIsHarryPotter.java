package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tokenizer;

/// WHP (Eldan and Russinovich, "Who's Harry Potter? Approximate Unlearning in LLMs", 2023,
/// arXiv:2310.02238, equation 1) as MUSE uses it (Shi et al., 2024, arXiv:2407.06460): a model that
/// was trained more on the forget set shows by its logits which tokens depend on that set, and
/// these are lowered as answers are given,
///
/// `v = v_0 - lambda ReLU(v_re - v_0)`, all `[vocabulary]`.
///
/// The weights stay as they are and so does what they know: this is a guard before the full model.
/// The paper itself goes on to put generic names in the place of known ones and to fine-tune the
/// model on what `v` says; that is not followed.
///
/// Each step raises lambda, from 0, so that a study can end where enough is forgotten; the
/// fine-tuning comes before the first. A later request's guard knows what the earlier ones were
/// for.
///
/// @param name as tables show it
/// @param reinforcement the fine-tuning; 10 epochs at the rate of [Descent] (inferred)
/// @param step by how much lambda rises, above 0; 0.25 (inferred), where MUSE has a lambda of 1
public record WhoIsHarryPotter(String name, Memorising reinforcement, double step)
    implements Tunable {

  public WhoIsHarryPotter {
    if (!(step > 0)) {
      throw new IllegalArgumentException(
          "The weight of WHP rises by more than 0, not %s: take 0.25.".formatted(step));
    }
  }

  /// With the defaults above.
  public WhoIsHarryPotter() {
    this("WHP", new Memorising(10, 16, Descent.RATE), 0.25);
  }

  @Override
  public WhoIsHarryPotter rate(double rate) {
    var other = new Memorising(reinforcement.epochs(), reinforcement.rows(), rate);
    return new WhoIsHarryPotter(name, other, step);
  }

  /// The same fine-tuned in another way.
  public WhoIsHarryPotter reinforcedBy(Memorising other) {
    return new WhoIsHarryPotter(name, other, step);
  }

  /// The same with another rise of lambda.
  public WhoIsHarryPotter step(double other) {
    return new WhoIsHarryPotter(name, reinforcement, other);
  }

  /// The same under another name.
  public WhoIsHarryPotter named(String other) {
    return new WhoIsHarryPotter(other, reinforcement, step);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("method", "WHP", "reinforcement", reinforcement, "step", step);
  }

  @Override
  public Forgetting begin(Request request) {
    var all = Stream.concat(request.forgotten().stream(), request.forget().stream()).toList();
    return new Path(request.model(), reinforcement.reinforced(request, all), step);
  }

  /// A guard that becomes stricter. Owns the reinforced model.
  private static final class Path implements Forgetting {
    private final LanguageModel before;
    private final LanguageModel reinforced;
    private final double step;
    private int steps;

    Path(LanguageModel before, LanguageModel reinforced, double step) {
      this.before = before;
      this.reinforced = reinforced;
      this.step = step;
    }

    @Override
    public boolean advance() {
      steps++;
      return true;
    }

    @Override
    public LanguageModel model() {
      return before;
    }

    @Override
    public Respondent guarding(LanguageModel weights) {
      return new Restrained(Respondent.of(weights), Respondent.of(reinforced), steps * step);
    }

    @Override
    public void close() {
      reinforced.close();
    }
  }

  /// A respondent that says less of what another would say more.
  ///
  /// @param lambda at least 0
  record Restrained(Respondent before, Respondent reinforced, double lambda) implements Respondent {

    @Override
    public Tokenizer tokenizer() {
      return before.tokenizer();
    }

    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      var logits = before.logits(exchanges);
      var more = reinforced.logits(exchanges);
      var restrained = new ArrayList<float[]>();
      for (int i = 0; i < exchanges.size(); i++) {
        restrained.add(restrained(logits.get(i), more.get(i)));
      }
      return restrained;
    }

    private float[] restrained(float[] logits, float[] more) {
      float[] less = new float[logits.length];
      for (int i = 0; i < less.length; i++) {
        less[i] = (float) (logits[i] - lambda * Math.max(0, more[i] - logits[i]));
      }
      return less;
    }
  }
}

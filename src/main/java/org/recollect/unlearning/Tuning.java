package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.recollect.lab.Results;

/// The same tuning budget for every arm: each tries the same learning rates on a world of its own
/// and keeps the one with the best [UnlearningMeasures#BALANCE] there, the first of equals.
///
/// ```java
/// var tuned = Tuning.on(
///     UnlearningStudy.of(Learner.small()).forget(FictiBio.of(99).forget(0.10)), 1e-4, 3e-4, 1e-3)
///     .of(Unlearn.gradDiff(), Unlearn.npo());
/// tuned.results().table(BALANCE, RETAIN_ROUGE, FORGOTTEN);
/// study.compare(tuned.arms());
/// ```
///
/// @param study without arms, on material that nothing is judged by later
/// @param rates to try, at least one
public record Tuning(UnlearningStudy study, List<Double> rates) {

  /// What was found.
  ///
  /// @param results of all candidates
  /// @param arms each with the rate that served it best, in the order in which they were given
  public record Tuned(Results results, List<Unlearner> arms) {}

  public Tuning {
    rates = List.copyOf(rates);
    if (rates.isEmpty()) {
      throw new IllegalArgumentException("Tuning tries at least one learning rate, such as 3e-4.");
    }
  }

  /// A tuning on a study of its own.
  public static Tuning on(UnlearningStudy study, double... rates) {
    return new Tuning(study, Arrays.stream(rates).boxed().toList());
  }

  /// Runs all arms at all rates; an arm without a rate is passed on as it is.
  public Tuned of(Unlearner... arms) {
    var candidates = new ArrayList<Candidate>();
    for (Unlearner arm : arms) {
      if (arm instanceof Tunable tunable) {
        rates.forEach(rate -> candidates.add(new Candidate(tunable, rate)));
      }
    }
    var results =
        study
            .compare(candidates)
            .measure(
                UnlearningMeasures.BALANCE,
                UnlearningMeasures.RETAIN_ROUGE,
                UnlearningMeasures.FORGOTTEN,
                UnlearningMeasures.STEPS)
            .run();
    var best = results.best(UnlearningMeasures.BALANCE);
    var chosen =
        Arrays.stream(arms)
            .map(arm ->
                candidates.stream()
                    .filter(candidate -> candidate.name().equals(best.get(arm.name())))
                    .<Unlearner>map(Candidate::tuned)
                    .findFirst()
                    .orElse(arm))
            .toList();
    return new Tuned(results, chosen);
  }

  /// An arm at one of the rates.
  private record Candidate(Tunable arm, double rate) implements Unlearner {

    @Override
    public String name() {
      return "%s, rate %s".formatted(arm.name(), rate);
    }

    @Override
    public String series() {
      return arm.name();
    }

    @Override
    public Map<String, ?> configuration() {
      return tuned().configuration();
    }

    Tunable tuned() {
      return arm.rate(rate);
    }

    @Override
    public Forgetting begin(Request request) {
      return tuned().begin(request);
    }
  }
}

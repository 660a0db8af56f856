package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.lab.Results;

/// The same tuning budget for every arm: each is tried in [as many variants][Tunable#VARIANTS] on a
/// world of its own and goes on as the one with the best [UnlearningMeasures#BALANCE] there, the
/// first of equals.
///
/// ```java
/// var tuned = Tuner.on(UnlearningStudy.of(Learner.small()).forget(FictiBio.of(99).forget(0.10)))
///     .of(Unlearn.gradDiff(), Unlearn.npo());
/// tuned.results().table(BALANCE, RETAIN_ROUGE, FORGOTTEN);
/// study.compare(tuned.arms());
/// ```
///
/// @param study without arms, on material that nothing is judged by later
public record Tuner(UnlearningStudy study) {

  /// What was found.
  ///
  /// @param results of all variants
  /// @param chosen by arm, what tells its best variant apart; arms that are not tuned are left out
  /// @param arms as they go on, in the order in which they were given
  public record Tuned(Results results, Map<String, String> chosen, List<Unlearner> arms) {}

  /// A tuner on a study of its own.
  public static Tuner on(UnlearningStudy study) {
    return new Tuner(study);
  }

  /// Tries all variants of all arms; an arm that is not [Tunable] is passed on as it is.
  public Tuned of(Unlearner... arms) {
    return of(Arrays.asList(arms));
  }

  /// The same for a list.
  public Tuned of(List<? extends Unlearner> arms) {
    var variants = new ArrayList<Variant>();
    for (Unlearner arm : arms) {
      if (arm instanceof Tunable tunable) {
        tunable.variants().forEach((label, variant) -> variants.add(new Variant(label, variant)));
      }
    }
    var results =
        study
            .compare(variants)
            .measure(
                UnlearningMeasures.BALANCE,
                UnlearningMeasures.RETAIN_ROUGE,
                UnlearningMeasures.FORGOTTEN,
                UnlearningMeasures.STEPS)
            .run();
    var best = results.best(UnlearningMeasures.BALANCE);
    var chosen = new LinkedHashMap<String, String>();
    var found = new ArrayList<Unlearner>();
    for (Unlearner arm : arms) {
      var variant =
          variants.stream().filter(each -> each.name().equals(best.get(arm.name()))).findFirst();
      variant.ifPresent(each -> chosen.put(arm.name(), each.label));
      found.add(variant.map(Variant::arm).orElse(arm));
    }
    return new Tuned(results, chosen, List.copyOf(found));
  }

  /// An arm in one of its variants, under a name that tells it apart.
  private record Variant(String label, Unlearner arm) implements Unlearner {

    @Override
    public String name() {
      return "%s, %s".formatted(arm.name(), label);
    }

    @Override
    public String series() {
      return arm.name();
    }

    @Override
    public Map<String, ?> configuration() {
      return arm.configuration();
    }

    @Override
    public Forgetting begin(Request request) {
      return arm.begin(request);
    }
  }
}

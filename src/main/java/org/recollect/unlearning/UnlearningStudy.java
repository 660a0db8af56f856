package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.lab.Bench;
import org.recollect.lab.BenchStudy;
import org.recollect.lab.Design;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Identity;
import org.recollect.lab.Measure;
import org.recollect.lab.Scale;

/// A comparison of ways to make a model forget what it was told.
///
/// ```java
/// UnlearningStudy.of(Learner.small())
///     .forget(FictiBio.of(1).forget(0.10))
///     .compare(Unlearn.gradDiff(), Unlearn.npo())
///     .attack(Attack.none(), Attack.relearning(20), Attack.int4())
///     .vary("forgotten", 0.5, 0.9, 1)
///     .measure(FORGET_QUALITY, MODEL_UTILITY, COST)
///     .seeds(3).run();
/// ```
///
/// For each seed the study teaches the learner twice: the *full model* everything, the *retrain
/// oracle* all but what is to be forgotten. Both stand in every table as the first two arms; arms
/// start from the full model. The learner is taught once: both are kept in the cache folder.
///
/// Settings: `steps`, how many steps an arm forgets; `forgotten`, the share of the way from the
/// full model's probability of the answers to the oracle's at which an arm stops, so that arms are
/// compared at the same forget level (1 where neither is swept); `attack`, see [#attack];
/// `request`, the number of the requests that are served one after the other, from 1 (all where it
/// is not swept). An arm that reaches no such level stops after as many steps as [#atMost] says.
public final class UnlearningStudy extends BenchStudy<UnlearningStudy, Unlearner> {

  /// The name under which the number of steps is swept.
  public static final String STEPS = "steps";

  /// The name under which the forget level is swept.
  public static final String FORGOTTEN = "forgotten";

  /// The name under which attacks are swept, by their own names.
  public static final String ATTACK = "attack";

  /// The name under which the number of requests is swept.
  public static final String REQUEST = "request";

  /// What concerns only those who forget.
  static final Set<String> OF_FORGETTING = Set.of(STEPS, FORGOTTEN);

  private final Nouns nouns;

  /// What the sentence is about.
  ///
  /// @param retained share of the retain set that arms are given
  /// @param judged questions on what is kept, and of each side set, at most
  /// @param most steps of a trial
  record Nouns(
      Learner learner,
      List<ForgetSplit> requests,
      List<Attack> attacks,
      double retained,
      Optional<Integer> judged,
      Optional<Integer> most) {

    Nouns forget(List<ForgetSplit> splits) {
      return new Nouns(learner, splits, attacks, retained, judged, most);
    }

    Nouns attacked(List<Attack> chosen) {
      return new Nouns(learner, requests, chosen, retained, judged, most);
    }

    Nouns retained(double share) {
      return new Nouns(learner, requests, attacks, share, judged, most);
    }

    Nouns judged(int questions) {
      return new Nouns(learner, requests, attacks, retained, Optional.of(questions), most);
    }

    Nouns most(int steps) {
      return new Nouns(learner, requests, attacks, retained, judged, Optional.of(steps));
    }

    int judged(Scale scale) {
      return judged.orElse(scale.pick(8, 48, 400));
    }

    int most(Scale scale) {
      return most.orElse(scale.pick(6, 60, 600));
    }

    Attack attack(String name) {
      return attacks.stream()
          .filter(attack -> attack.name().equals(name))
          .findFirst()
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "There is no attack '%s', only %s: name attacks with attack(...)."
                      .formatted(name, attacks.stream().map(Attack::name).toList())));
    }

    ForgetSplit world() {
      if (requests.isEmpty()) {
        throw new IllegalStateException(
            "The study does not say what is to be forgotten: add forget(FictiBio.of(1).forget(0.10)).");
      }
      return requests.getFirst();
    }
  }

  private UnlearningStudy(Design<Unlearner> design, Nouns nouns) {
    super(design);
    this.nouns = nouns;
  }

  /// A study on a learner, with the two bounds as its first arms.
  public static UnlearningStudy of(Learner learner) {
    var nouns =
        new Nouns(
            learner, List.of(), List.of(Attack.none()), 1, Optional.empty(), Optional.empty());
    return new UnlearningStudy(Design.empty(), nouns).compare(Bound.FULL, Bound.RETRAINED);
  }

  /// What is to be forgotten: one request, or several that come one after the other.
  public UnlearningStudy forget(ForgetSplit... requests) {
    return forget(Arrays.asList(requests));
  }

  /// Requests that come one after the other, such as those of [org.recollect.data.FictiBio].
  public UnlearningStudy forget(List<ForgetSplit> requests) {
    return with(nouns.forget(List.copyOf(requests)));
  }

  /// How much of the retain set the arms are given, 0 to 1: all of it unless said otherwise. Arms
  /// that need it refuse to do without.
  public UnlearningStudy retain(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "Arms are given a share of the retain set from 0 to 1, not %s.".formatted(share));
    }
    return with(nouns.retained(share));
  }

  /// Sweeps attacks on what has forgotten.
  public UnlearningStudy attack(Attack... attacks) {
    return with(nouns.attacked(List.of(attacks)))
        .vary(ATTACK, Arrays.stream(attacks).map(Attack::name).toArray());
  }

  /// How many questions on what is kept, and on each side set, a trial is judged by at most.
  public UnlearningStudy judgedBy(int questions) {
    requirePositive("question", questions);
    return with(nouns.judged(questions));
  }

  /// How many steps an arm takes at most, for each request.
  public UnlearningStudy atMost(int steps) {
    requirePositive("step", steps);
    return with(nouns.most(steps));
  }

  private static void requirePositive(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "A trial has at least one %s, not %d.".formatted(what, count));
    }
  }

  private UnlearningStudy with(Nouns other) {
    return new UnlearningStudy(design(), other);
  }

  @Override
  protected UnlearningStudy with(Design<Unlearner> design) {
    return new UnlearningStudy(design, nouns);
  }

  @Override
  protected Identity subject() {
    return new Identity(nouns.learner.name(), Fingerprint.of(nouns.learner.configuration()));
  }

  @Override
  protected Identity material() {
    int requests = nouns.requests.size();
    String first = nouns.world().name();
    String last = nouns.requests.getLast().name();
    String name = requests == 1 ? first : "%s to %s, %d requests".formatted(first, last, requests);
    var digest =
        Fingerprint.of(
            nouns.requests.stream().map(ForgetSplit::configuration).toList(),
            nouns.attacks.stream()
                .map(attack -> List.of(attack.name(), attack.configuration()))
                .toList(),
            nouns.retained,
            nouns.judged.<Object>map(count -> count).orElse("by scale"),
            nouns.most.<Object>map(count -> count).orElse("by scale"));
    return new Identity(name, digest);
  }

  /// What the material has no items for is not offered.
  @Override
  protected List<Measure> offers() {
    var world = nouns.world();
    var offers = new ArrayList<>(UnlearningMeasures.ALL);
    if (world.sides().size() != 2) {
      offers.remove(UnlearningMeasures.MODEL_UTILITY);
    }
    if (world.sides().isEmpty()) {
      offers.remove(UnlearningMeasures.SIDE_ROUGE);
    }
    if (world.holdout().isEmpty()) {
      offers.removeAll(Marks.NEEDING_HOLDOUT);
    }
    if (world.learned().stream()
        .filter(item -> !item.passage())
        .map(QaItem::perturbed)
        .anyMatch(List::isEmpty)) {
      offers.removeAll(Marks.NEEDING_WRONG_ANSWERS);
    }
    if (world.forget().stream().noneMatch(QaItem::passage)) {
      offers.removeAll(Marks.NEEDING_PASSAGES);
    }
    return offers;
  }

  @Override
  protected Set<String> settings() {
    return Set.of(STEPS, FORGOTTEN, ATTACK, REQUEST);
  }

  @Override
  protected Bench<Unlearner> bench(int seed, Scale scale) {
    return new Classroom(nouns, seed, scale);
  }
}

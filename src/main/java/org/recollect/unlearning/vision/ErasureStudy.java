package org.recollect.unlearning.vision;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recollect.lab.Bench;
import org.recollect.lab.BenchStudy;
import org.recollect.lab.Design;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Identity;
import org.recollect.lab.Measure;
import org.recollect.lab.Scale;

/// A comparison of ways to make an image classifier forget pictures.
///
/// ```java
/// ErasureStudy.of(PictureLearner.convNet())
///     .forget(Erasure.ofClasses(train, test, 3))
///     .compare(Erase.ascent(), new SelectiveDampening(3, 1))
///     .measure(FORGET_ACCURACY, RETAIN_ACCURACY, COST)
///     .seeds(3).run();
/// ```
///
/// For each seed the study teaches the learner twice: the *full model* everything, the *retrain
/// oracle* all but what is to be forgotten. Both stand in every table as the first two arms; arms
/// start from the full model. An arm that asks for another teaching ([Eraser#learner]) has a full
/// model and an oracle of its own. All are taught once and kept in the cache folder.
///
/// Settings: `steps`, how many steps an arm forgets (its own number, up to [#atMost], where it is
/// not swept); `forgotten`, the share of the way from the full model's probability of the forget
/// set to the oracle's at which an arm stops; `request`, the number of the requests that are served
/// one after the other, from 1 (all where it is not swept).
public final class ErasureStudy extends BenchStudy<ErasureStudy, Eraser> {

  /// The name under which the number of steps is swept.
  public static final String STEPS = "steps";

  /// The name under which the forget level is swept.
  public static final String FORGOTTEN = "forgotten";

  /// The name under which the number of requests is swept.
  public static final String REQUEST = "request";

  /// What concerns only those who forget.
  static final Set<String> OF_FORGETTING = Set.of(STEPS, FORGOTTEN);

  private final Nouns nouns;

  /// What the sentence is about.
  ///
  /// @param most steps of a trial
  record Nouns(PictureLearner learner, List<Erasure> requests, Optional<Integer> most) {

    int most(Scale scale) {
      return most.orElse(scale.pick(10, 400, 4000));
    }

    Erasure first() {
      if (requests.isEmpty()) {
        throw new IllegalStateException(
            "The study does not say what is to be forgotten: add forget(Erasure.ofClasses(train, test, 3)).");
      }
      return requests.getFirst();
    }
  }

  private ErasureStudy(Design<Eraser> design, Nouns nouns) {
    super(design);
    this.nouns = nouns;
  }

  /// A study on a learner, with the two bounds as its first arms.
  public static ErasureStudy of(PictureLearner learner) {
    return new ErasureStudy(Design.empty(), new Nouns(learner, List.of(), Optional.empty()))
        .compare(PictureBound.FULL, PictureBound.RETRAINED);
  }

  /// What is to be forgotten: one request, or several that come one after the other.
  public ErasureStudy forget(Erasure... requests) {
    return forget(Arrays.asList(requests));
  }

  /// Requests that come one after the other, such as [Erasure#sequence].
  public ErasureStudy forget(List<Erasure> requests) {
    return new ErasureStudy(design(), new Nouns(nouns.learner, List.copyOf(requests), nouns.most));
  }

  /// How many steps an arm takes at most, for each request.
  public ErasureStudy atMost(int steps) {
    if (steps < 1) {
      throw new IllegalArgumentException("A trial has at least one step, not %d.".formatted(steps));
    }
    return new ErasureStudy(design(), new Nouns(nouns.learner, nouns.requests, Optional.of(steps)));
  }

  @Override
  protected ErasureStudy with(Design<Eraser> design) {
    return new ErasureStudy(design, nouns);
  }

  @Override
  protected Identity subject() {
    return new Identity(nouns.learner.name(), Fingerprint.of(nouns.learner.configuration()));
  }

  @Override
  protected Identity material() {
    int requests = nouns.requests.size();
    String first = nouns.first().name();
    String last = nouns.requests.getLast().name();
    String name = requests == 1 ? first : "%s to %s, %d requests".formatted(first, last, requests);
    return new Identity(
        name,
        Fingerprint.of(
            nouns.requests.stream().map(Erasure::configuration).toList(),
            nouns.most.<Object>map(steps -> steps).orElse("by scale")));
  }

  /// What the material has no pictures for is not offered.
  @Override
  protected List<Measure> offers() {
    boolean kinds = nouns.first().testForget().size() > 0;
    return VisionMeasures.ALL.stream()
        .filter(measure -> kinds || !measure.equals(VisionMeasures.FORGET_TEST_ACCURACY))
        .filter(
            measure -> nouns.requests.size() > 1 || !measure.equals(VisionMeasures.OLD_ACCURACY))
        .filter(measure ->
            nouns.learner.kind() == PictureLearner.Kind.TRANSFORMER
                || !VisionMeasures.OF_BLOCKS.contains(measure))
        .toList();
  }

  @Override
  protected Set<String> settings() {
    return Set.of(STEPS, FORGOTTEN, REQUEST);
  }

  @Override
  protected Bench<Eraser> bench(int seed, Scale scale) {
    return new Gallery(nouns, seed);
  }
}

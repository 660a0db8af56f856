package org.recollect.unlearning.analytic;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recollect.data.LabelledPictures;
import org.recollect.lab.Bench;
import org.recollect.lab.BenchStudy;
import org.recollect.lab.Design;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Identity;
import org.recollect.lab.Measure;
import org.recollect.lab.Scale;
import org.recollect.tensor.Torch;
import org.recollect.unlearning.vision.PictureLearner;

/// A comparison of ways to make a linear classifier on fixed features forget, request by request.
///
/// ```java
/// AnalyticStudy.of(PictureLearner.convNet(), LabelledPictures.train(letters, 1))
///     .learning(LabelledPictures.train(others, 1), LabelledPictures.test(others, 1))
///     .forgetting(Deletions.ofSamples(30).thenClasses(2))
///     .compare(Analytic.acu(), Analytic.sisa(5))
///     .vary("request", 1, 10, 30, 32)
///     .measure(LOG_DEVIATION, RETAIN_ACCURACY, REQUEST_COST)
///     .seeds(3).run();
/// ```
///
/// For each seed a backbone is taught some classes (once: it is kept in the cache folder) and then
/// stays as it is. What it makes of the pictures of other classes, before its last layer, is
/// expanded at random ([org.recollect.model.RandomFeatures], with bias). Heads learn these classes
/// three at a time, and then forget. In every table stand first the head that has learned all, and
/// the oracle: a ridge classifier fitted to what is left after each request.
///
/// Settings: `request`, how many requests have been served, from 1 (all where it is not swept);
/// `features`, the width of the expansion (256); `gamma` of the ridge (1). The time in the ledger
/// is that since the arm's trial with fewer requests, if there was one; operations are those of
/// all.
public final class AnalyticStudy extends BenchStudy<AnalyticStudy, HeadEraser> {

  /// The name under which the number of requests is swept.
  public static final String REQUEST = "request";

  /// The name under which the width of the expansion is swept.
  public static final String FEATURES = "features";

  /// The name under which the ridge is swept.
  public static final String GAMMA = "gamma";

  private final Nouns nouns;

  /// What the sentence is about.
  ///
  /// @param pictures that the backbone is taught
  /// @param given the pictures to learn and to be judged by, if they have been named
  record Nouns(
      PictureLearner learner,
      LabelledPictures pictures,
      Optional<Given> given,
      int perTask,
      Deletions deletions) {

    record Given(LabelledPictures train, LabelledPictures test) {}

    LabelledPictures train() {
      return given().orElseThrow(Nouns::unsaid).train;
    }

    LabelledPictures test() {
      return given().orElseThrow(Nouns::unsaid).test;
    }

    private static IllegalStateException unsaid() {
      return new IllegalStateException(
          "The study does not say what the heads learn: add learning(train, test).");
    }
  }

  private AnalyticStudy(Design<HeadEraser> design, Nouns nouns) {
    super(design);
    this.nouns = nouns;
  }

  /// A study on a backbone, with the two bounds as its first arms, 30 requests for samples and two
  /// for classes.
  ///
  /// @param pictures that the backbone is taught
  public static AnalyticStudy of(PictureLearner learner, LabelledPictures pictures) {
    var deletions = Deletions.ofSamples(30).thenClasses(2);
    return new AnalyticStudy(
            Design.empty(), new Nouns(learner, pictures, Optional.empty(), 3, deletions))
        .compare(HeadBound.FULL, HeadBound.RETRAINED);
  }

  /// What the heads learn, and what they are judged by.
  ///
  /// @throws IllegalArgumentException if the two are not of the same classes
  public AnalyticStudy learning(LabelledPictures train, LabelledPictures test) {
    if (!train.classes().equals(test.classes()) || train.size() == 0 || test.size() == 0) {
      throw new IllegalArgumentException(
          "Heads are judged by pictures of the classes that they learn, not %s by %s: draw both from the same Glyphs."
              .formatted(train, test));
    }
    return with(
        new Nouns(
            nouns.learner,
            nouns.pictures,
            Optional.of(new Nouns.Given(train, test)),
            nouns.perTask,
            nouns.deletions));
  }

  /// How many classes come together; 3 unless it is said.
  public AnalyticStudy perTask(int classes) {
    if (classes < 1) {
      throw new IllegalArgumentException("A task has at least one class, not " + classes + ".");
    }
    return with(new Nouns(nouns.learner, nouns.pictures, nouns.given, classes, nouns.deletions));
  }

  /// The requests.
  public AnalyticStudy forgetting(Deletions deletions) {
    return with(new Nouns(nouns.learner, nouns.pictures, nouns.given, nouns.perTask, deletions));
  }

  private AnalyticStudy with(Nouns other) {
    return new AnalyticStudy(design(), other);
  }

  @Override
  protected AnalyticStudy with(Design<HeadEraser> design) {
    return new AnalyticStudy(design, nouns);
  }

  /// What serving the requests takes, measured here and now and kept nowhere: the arms of the study
  /// but the full head, seed 1, 256 features and a gamma of 1.
  ///
  /// @param rounds in which every arm serves all requests; one more goes before, to warm up
  /// @throws IllegalArgumentException if there is no round
  public HeadTimes times(int rounds) {
    var arms = design().arms().stream().filter(arm -> arm != HeadBound.FULL).toList();
    try (var _ = Torch.withThreads(1);
        var gallery = new HeadGallery(nouns, 1)) {
      return gallery.times(arms, rounds);
    }
  }

  @Override
  protected Identity subject() {
    return new Identity(
        "a head on " + nouns.learner.name(),
        Fingerprint.of(nouns.learner.configuration(), nouns.pictures.configuration()));
  }

  @Override
  protected Identity material() {
    var name =
        "%d classes, %d requests".formatted(nouns.train().classes().size(), nouns.deletions.size());
    return new Identity(
        name,
        Fingerprint.of(
            nouns.train().configuration(),
            nouns.test().configuration(),
            nouns.perTask,
            nouns.deletions));
  }

  @Override
  protected List<Measure> offers() {
    return AnalyticMeasures.ALL;
  }

  @Override
  protected Set<String> settings() {
    return Set.of(REQUEST, FEATURES, GAMMA);
  }

  @Override
  protected Bench<HeadEraser> bench(int seed, Scale scale) {
    return new HeadGallery(nouns, seed);
  }
}

package org.recollect.continual;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.continual.ContinualMeasures.COMPUTE;
import static org.recollect.continual.ContinualMeasures.CURVES;
import static org.recollect.continual.ContinualMeasures.ESSENTIAL_FORGETTING;
import static org.recollect.continual.ContinualMeasures.FORGETTING;
import static org.recollect.continual.ContinualMeasures.GENERAL_CHANGE;
import static org.recollect.continual.ContinualMeasures.GENERAL_SCORE;
import static org.recollect.continual.ContinualMeasures.HARMLESS_SCORE;
import static org.recollect.continual.ContinualMeasures.INTRANSIGENCE;
import static org.recollect.continual.ContinualMeasures.MOVING;
import static org.recollect.continual.ContinualMeasures.PERFORMANCE;
import static org.recollect.continual.ContinualMeasures.SCORES;
import static org.recollect.continual.ContinualMeasures.SUPERFICIAL_FORGETTING;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.lab.Results;

class ContinualStudyTest {

  private static ContinualStudy letters(Path folder) {
    return ContinualStudy.on(TinyCourse.base(TinyCourse.letters())).stream(TinyCourse.letters())
        .learning(TinyCourse.RECIPE)
        .storedIn(folder);
  }

  private static double value(Results results, String arm, String measure) {
    return results.rows().stream()
        .filter(row -> row.arm().equals(arm))
        .findFirst()
        .orElseThrow()
        .samples()
        .get(measure)
        .value();
  }

  @Test
  void boundsStandFirstAndComputeIsRelativeToSequentialTuning(@TempDir Path folder) {
    var results =
        letters(folder)
            .compare(Continual.replay(10), Continual.matched(Continual.replay(10), 2))
            .measure(PERFORMANCE, COMPUTE, MOVING, SCORES)
            .run();
    assertEquals(List.of(), results.failures());
    assertEquals(List.of("sequential", "joint"), results.arms().subList(0, 2));
    assertEquals(1, value(results, "sequential", COMPUTE.name()));
    double replay = value(results, "replay", COMPUTE.name());
    assertTrue(replay > 1.5 && replay < 2, "a third of it is before there is a memory: " + replay);
    assertEquals(2, value(results, "sequential x2, matched to replay", COMPUTE.name()), 0.1);
    assertEquals(100, value(results, "joint", MOVING.name()));
    assertEquals(12, results.rows().getFirst().samples().get(SCORES.name()).items().size());
  }

  @Test
  void everyOfferedMeasureIsTakenOfQuestionsAndOfPictures(@TempDir Path folder) {
    var words = Base.words(24, 1).taught(TinyCourse.general(), TinyCourse.RECIPE);
    var questions =
        ContinualStudy.on(words).stream(TinyCourse.letters())
            .learning(TinyCourse.RECIPE)
            .watching(3, 4)
            .storedIn(folder)
            .run();
    assertEquals(List.of(), questions.failures());
    var measured = questions.rows().getFirst().samples().keySet();
    assertTrue(measured.contains(GENERAL_CHANGE.name()));
    assertTrue(measured.contains(ESSENTIAL_FORGETTING.name()));
    var glyphs = TinyCourse.glyphs();
    var pictures =
        ContinualStudy.on(Base.convNet()).stream(glyphs)
            .learning(TinyCourse.RECIPE)
            .watching(3, 4)
            .storedIn(folder)
            .run();
    assertEquals(List.of(), pictures.failures());
    var row = pictures.rows().getFirst();
    assertFalse(row.samples().containsKey(GENERAL_CHANGE.name()));
    assertFalse(row.samples().containsKey(SUPERFICIAL_FORGETTING.name()));
    // Before the first step and after every third of 18, the step and three scores each.
    assertEquals(7 * 4, row.samples().get(CURVES.name()).items().size());
    CourseCharts.of(pictures, glyphs).matrix("joint");
    CourseCharts.of(pictures, glyphs).average();
    CourseCharts.of(pictures, glyphs).forgetting("AB");
    CourseCharts.of(pictures, glyphs).trace("AB", 5, 9);
  }

  @Test
  void intransigenceIsAgainstTheTaskAlone(@TempDir Path folder) {
    var results = letters(folder).measure(INTRANSIGENCE, SCORES).run();
    var first = results.rows().getFirst().samples().get(INTRANSIGENCE.name()).items().getFirst();
    assertEquals(0, first, "the first task is learned alone in any case");
  }

  @Test
  void ordersAreOtherStreams(@TempDir Path folder) {
    var results =
        ContinualStudy.on(Base.convNet()).stream(TinyCourse.glyphs())
            .learning(TinyCourse.RECIPE)
            .storedIn(folder)
            .vary("order", 0, 1, 2)
            .measure(PERFORMANCE, SCORES)
            .run();
    assertEquals(6, results.rows().size());
    assertNotEquals(
        results.rows().get(0).samples().get(SCORES.name()),
        results.rows().get(2).samples().get(SCORES.name()));
  }

  @Test
  void everyStrategyIsTunedInAsManyVariants(@TempDir Path folder) {
    var tuned =
        StrategyTuner.on(letters(folder))
            .of(
                Continual.ewc(10),
                Continual.replay(5).named("mine"),
                Continual.ties(),
                Continual.lora(2));
    var series = tuned.results().rows().stream().map(row -> row.series()).toList();
    for (String name : List.of("EWC", "mine", "TIES", "sequential LoRA")) {
      assertEquals(Variants.COUNT, series.stream().filter(name::equals).count(), name);
      assertTrue(tuned.chosen().containsKey(name));
    }
    assertEquals(
        List.of("EWC", "mine", "TIES", "sequential LoRA"),
        tuned.arms().stream().map(Strategy::name).toList());
    assertEquals(
        "rate x" + Double.toString(tuned.rate("mine")).replace(".0", ""),
        tuned.chosen().get("mine"));
    var unknown = assertThrows(IllegalArgumentException.class, () -> tuned.rate("yours"));
    assertTrue(unknown.getMessage().contains("mine"), unknown.getMessage());
    var best = tuned.chosen().get("EWC");
    double chosen = value(tuned.results(), "EWC, " + best, PERFORMANCE.name());
    tuned.results().rows().stream()
        .filter(row -> row.series().equals("EWC"))
        .forEach(row -> assertTrue(row.samples().get(PERFORMANCE.name()).value() <= chosen));
    assertTrue(
        letters(folder).compare(tuned.arms()).measure(FORGETTING).run().failures().isEmpty());
  }

  /// The documentation's example: less than twenty lines.
  record Freeze(double share) implements Strategy {
    @Override
    public String name() {
      return "freeze";
    }

    @Override
    public Hooks begin(Start start) {
      return new Hooks() {
        @Override
        public void gradient(Map<String, NDArray> gradients) {
          gradients.values().stream()
              .limit(Math.round(share * gradients.size()))
              .forEach(gradient -> gradient.muli(0));
        }
      };
    }
  }

  @Test
  void strategiesOfOnesOwnAreArms(@TempDir Path folder) {
    var results =
        letters(folder).compare(new Freeze(0.5), new Freeze(1).named("all")).measure(SCORES).run();
    assertEquals(List.of(), results.failures());
  }

  @Test
  void saysWhatIsMissing() {
    var study = ContinualStudy.on(Base.convNet());
    var failure = assertThrows(IllegalStateException.class, study::run);
    assertTrue(failure.getMessage().contains("add stream("), failure.getMessage());
    var pictures = study.stream(TinyCourse.glyphs());
    assertThrows(IllegalArgumentException.class, () -> pictures.measure(GENERAL_CHANGE));
    assertThrows(IllegalArgumentException.class, () -> pictures.watching(0, 3));
  }

  @Test
  void wrongMaterialIsRefusedInASentence(@TempDir Path folder) {
    var results =
        ContinualStudy.on(Base.convNet()).stream(TinyCourse.letters())
            .learning(TinyCourse.RECIPE)
            .storedIn(folder)
            .measure(PERFORMANCE)
            .run();
    assertEquals(2, results.failures().size());
    assertTrue(
        results
            .failures()
            .getFirst()
            .error()
            .orElseThrow()
            .contains("cannot read: take Base.words"));
    var adapters =
        ContinualStudy.on(Base.convNet()).stream(TinyCourse.glyphs())
            .learning(TinyCourse.RECIPE)
            .compare(Continual.lora(2))
            .storedIn(folder)
            .measure(PERFORMANCE)
            .run();
    assertTrue(
        adapters
            .failures()
            .getFirst()
            .error()
            .orElseThrow()
            .contains("take Base.visionTransformer"));
  }

  /// Asked the tasks of the stream, or what the base is said to know, models say what they say
  /// there.
  @Test
  void judgesByOtherTasksAsByThoseOfTheStream(@TempDir Path folder) {
    var stream = TinyCourse.letters();
    var base = TinyCourse.base(stream).knowing(stream.tasks().getLast());
    var results =
        ContinualStudy.on(base).stream(stream)
            .learning(TinyCourse.RECIPE.steps(40))
            .storedIn(folder)
            .judging(HARMLESS_SCORE, stream.tasks())
            .measure(PERFORMANCE, HARMLESS_SCORE, GENERAL_SCORE)
            .run();
    for (var row : results.rows()) {
      var performance = row.samples().get(PERFORMANCE.name()).items();
      assertEquals(performance, row.samples().get(HARMLESS_SCORE.name()).items());
      assertEquals(performance.getLast(), row.samples().get(GENERAL_SCORE.name()).value());
    }
    assertTrue(value(results, "joint", PERFORMANCE.name()) > 0, "something is learned");
    assertThrows(
        IllegalArgumentException.class,
        () -> ContinualStudy.on(base).judging(HARMLESS_SCORE, List.of()));
  }
}

package org.recollect.kv.omni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.kv.omni.OmniMeasures.ACCURACY;
import static org.recollect.kv.omni.OmniMeasures.COUNT_ACCURACY;
import static org.recollect.kv.omni.OmniMeasures.FLOP_SAVING;
import static org.recollect.kv.omni.OmniMeasures.FOLLOW_UP_ACCURACY;
import static org.recollect.kv.omni.OmniMeasures.GLYPH_ACCURACY;
import static org.recollect.kv.omni.OmniMeasures.PREFILL_FLOP;
import static org.recollect.kv.omni.OmniMeasures.PREFILL_SPEED;
import static org.recollect.kv.omni.OmniMeasures.RETAINED;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.lab.Row;
import org.recollect.lab.Settings;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class OmniStudyTest {

  private static OmniModel model;

  @TempDir Path folder;

  @BeforeAll
  static void makeSubject() {
    model = Omni.model(ClipWorldTest.small(4), 6, 1);
  }

  @AfterAll
  static void closeSubject() {
    model.close();
  }

  private OmniStudy study() {
    return OmniStudy.on(model).watching(6).storedIn(folder);
  }

  private static List<Row> rows(Results results, Predicate<Row> which) {
    return results.rows().stream().filter(which).toList();
  }

  private static double value(Row row, Measure measure) {
    return row.samples().get(measure.name()).value();
  }

  @Test
  void everyArmIsMeasured() {
    var results =
        study()
            .compare(
                Selections.all(),
                Selections.random(),
                Selections.fastV(),
                Selections.textOnlyAfter(5),
                Seats.of(6),
                Seats.of(6).onlyBefore())
            .vary("retention", .25, .5)
            .run();
    assertEquals(List.of(), results.failures());
    assertEquals(12, results.rows().size());
    for (var row : results.rows()) {
      double sum = value(row, GLYPH_ACCURACY) + value(row, COUNT_ACCURACY);
      assertEquals(sum / 2, value(row, ACCURACY), 1e-9, row.arm());
      assertTrue(value(row, PREFILL_SPEED) > 0, row.arm());
      assertTrue(value(row, FOLLOW_UP_ACCURACY) >= 0, row.arm());
    }
    for (var row : rows(results, row -> row.arm().equals("all tokens"))) {
      assertEquals(1, value(row, FLOP_SAVING), 1e-9);
      assertEquals(1, value(row, RETAINED), 1e-9);
    }
    for (var row : rows(results, row -> row.arm().equals("text only after layer 5"))) {
      assertEquals(5 / 6.0, value(row, RETAINED), 1e-9);
    }
    // 24 tokens of pictures and sound: 6 of them are a quarter.
    for (var row : rows(results, row -> row.arm().equals("random") && row.matches(quarter()))) {
      assertEquals(.25, value(row, RETAINED), 1e-9);
      assertTrue(value(row, PREFILL_FLOP) < 1 && value(row, FLOP_SAVING) > 2, row.toString());
    }
  }

  private static Map<String, Object> quarter() {
    return Map.of("retention", .25);
  }

  @Test
  void aModalityIsRemovedBehindItsLayer() {
    var results =
        study()
            .compare(
                Selections.without("no sound", Modality.AUDIO),
                Selections.without("text only", Modality.VIDEO, Modality.AUDIO))
            .vary("layer", 0, 3)
            .measure(RETAINED)
            .run();
    assertEquals(List.of(), results.failures());
    double[] expected = {2 / 3.0, 0, 5 / 6.0, .5};
    double[] measured = results.rows().stream().mapToDouble(row -> value(row, RETAINED)).toArray();
    assertArrayEquals(expected, measured, 1e-9);
  }

  /// Where all of a clip is removed before the model, its answer is that of any other clip.
  @Test
  void aRemovedClipTellsNothing() {
    var world = model.world();
    var blind = Selections.textOnlyAfter(0);
    try (var _ = Torch.newScope()) {
      var question = new Question(Question.Topic.GLYPH, 1);
      var answers =
          Stream.of(1, 2)
              .map(seed -> model.input(world.clip(RandomStream.of(seed, "clip")), question))
              .map(input -> Omni.pass(model, input, blind, Settings.NONE).logits())
              .toList();
      assertArrayEquals(answers.getFirst(), answers.getLast());
    }
  }

  @Test
  void oneSeedHasOneResult() {
    var study = study().compare(Selections.random(), Seats.of(6)).vary("retention", .4);
    var measured = study.measure(ACCURACY, RETAINED, PREFILL_FLOP);
    var first = measured.run();
    var again = measured.storedIn(folder.resolve("other")).run();
    assertEquals(first.reproducible(), again.reproducible());
  }

  @Test
  void saysWhatIsMissing() {
    var error = assertThrows(IllegalArgumentException.class, () -> study().watching(3));
    assertTrue(error.getMessage().contains("even number"), error.getMessage());
    var silent = OmniStudy.on(model).storedIn(folder).compare(Selections.all());
    var missing = assertThrows(IllegalStateException.class, silent::run);
    assertTrue(missing.getMessage().contains("add watching("), missing.getMessage());
  }
}

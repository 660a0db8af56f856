package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.kv.KvMeasures.KEPT;
import static org.recollect.kv.KvMeasures.KL;
import static org.recollect.kv.KvMeasures.RECALL;
import static org.recollect.kv.KvMeasures.TASK_ACCURACY;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.Corpora;
import org.recollect.data.Corpus;
import org.recollect.data.Entailment;
import org.recollect.data.Recall;
import org.recollect.lab.Results;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.Torch;

/// Gates and adapters as they are trained, and the studies of them.
class TuningStudyTest {

  private static final Corpus CORPUS =
      Corpora.text(
          IntStream.range(0, 40)
              .mapToObj(i -> "int value%d = %d;\n".formatted(i, i * i).repeat(30))
              .toArray(String[]::new));

  private static final Entailment TASK = Entailment.of(2).in(CORPUS);

  private static final FineTuning TUNING =
      new FineTuning(TASK, List.of("q_proj", "v_proj"), 2, 1, 2, 2, 64, 5e-3);

  @TempDir static Path home;

  private static String before;
  private static LanguageModel model;

  /// What is trained is kept in a folder of its own.
  @BeforeAll
  static void makeSubject() {
    Torch.describe();
    before = System.getProperty("recollect.home");
    System.setProperty("recollect.home", home.toString());
    model = Models.nanoJava();
  }

  @AfterAll
  static void restore() {
    model.close();
    if (before == null) {
      System.clearProperty("recollect.home");
    } else {
      System.setProperty("recollect.home", before);
    }
  }

  @Test
  void trainingBringsTheGatesTowardsTheirRate() {
    var training = new GateTraining(0.3, 3, 100, 2, 48, 3e-2, 1);
    try (var gates = training.train(model, CORPUS);
        var again = training.train(model, CORPUS);
        var untrained = Gates.of(model, 1)) {
      assertEquals(gates.weights().digest(), again.weights().digest());
      assertTrue(distance(gates, 0.3) < distance(untrained, 0.3) / 2, "closer by half at least");
    }
  }

  /// How far the mean probability is from a rate.
  private static double distance(Gates gates, double rate) {
    int[] text = model.tokenizer().encode(CORPUS.documents().getFirst().text());
    var prompt = model.prefill(Arrays.copyOf(text, 32), 1);
    double sum = 0;
    for (int layer = 0; layer < 2; layer++) {
      for (float[] head : gates.probabilities(prompt, layer)) {
        for (float p : head) {
          sum += p / 32 / 4;
        }
      }
    }
    return Math.abs(sum - rate);
  }

  @Test
  void theSameSeedTunesAlike() {
    try (var alone = TUNING.train(model, OptionalDouble.empty(), 1);
        var gated = TUNING.train(model, OptionalDouble.of(0.5), 1);
        var other = TUNING.train(model, OptionalDouble.empty(), 2)) {
      assertTrue(alone.gates().isEmpty());
      assertTrue(gated.gates().isPresent());
      assertNotEquals(alone.lora().weights().digest(), other.lora().weights().digest());
      System.setProperty("recollect.home", home.resolve("elsewhere").toString());
      try (var again = TUNING.train(model, OptionalDouble.of(0.5), 1)) {
        assertEquals(gated.lora().weights().digest(), again.lora().weights().digest());
        assertEquals(
            gated.gates().get().weights().digest(), again.gates().get().weights().digest());
      } finally {
        System.setProperty("recollect.home", home.toString());
      }
    }
  }

  @Test
  void everyWayOfTuningIsMeasured() {
    var lora = Tuning.lora();
    var results =
        TuningStudy.on("nano", model)
            .learning(TUNING, TASK)
            .compare(lora, Tuning.gates(), lora.evicting(Kv.h2o()))
            .vary("keep", 0.4, 0.8)
            .storedIn(home)
            .run();
    for (var row : results.rows()) {
      assertTrue(row.error().isEmpty(), () -> row.error().orElseThrow());
      double kept = row.samples().get(KEPT.name()).value();
      double allowed = row.arm().equals("LoRA") ? 1 : row.settings().number("keep");
      assertTrue(kept <= allowed && kept > allowed - 0.15, () -> row.arm() + " keeps " + kept);
      assertTrue(row.samples().get(TASK_ACCURACY.name()).value() >= 0);
    }
    var refusal =
        assertThrows(IllegalArgumentException.class, () -> Tuning.gates().evicting(Kv.h2o()));
    assertTrue(refusal.getMessage().contains("Tuning.lora().evicting"));
  }

  @Test
  void aGateThatWorksWhileReadingReadsForItselfInAStudy() {
    try (var gates = Gates.of(model, 1)) {
      var gate = new AttentionGate(gates);
      var results =
          KvStudy.on("nano", model)
              .reading(CORPUS.tokens(80))
              .recalling(Recall.associative(2).in(CORPUS))
              .sizes(2, 8, 2)
              .compare(Kv.full(), Kv.keep(gate), Kv.keep(gate.afterReading()))
              .vary("budget", 0.5)
              .measure(RECALL, KL)
              .storedIn(home)
              .run();
      assertEquals(0, mean(results, "full f32"), 1e-6);
      // These gates keep everything while reading, and evict as the others do at its end.
      assertEquals(
          mean(results, "Attention-Gate"), mean(results, "Attention-Gate after reading"), 1e-4);
    }
  }

  private static double mean(Results results, String arm) {
    results.rows().forEach(row -> assertTrue(row.error().isEmpty(), () -> row.arm() + row.error()));
    return results.rows().stream()
        .filter(row -> row.arm().equals(arm))
        .mapToDouble(row -> row.samples().get(KL.name()).value())
        .average()
        .orElseThrow();
  }

  @Test
  void whatIsNotSaidIsAskedFor() {
    var study = TuningStudy.on("nano", model).compare(Tuning.lora());
    assertTrue(
        assertThrows(IllegalStateException.class, study::run)
            .getMessage()
            .contains("learning(tuning, task)"));
    assertThrows(IllegalArgumentException.class, () -> GateTraining.keeping(0, 10));
    assertThrows(
        IllegalArgumentException.class,
        () -> new FineTuning(TASK, List.of("q_proj"), 1, 1, 0, 1, 10, 0.1));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            TuningStudy.on("nano", model)
                .learning(new FineTuning(TASK, List.of(), 1, 1, 1, 1, 5000, 0.1), TASK));
  }
}

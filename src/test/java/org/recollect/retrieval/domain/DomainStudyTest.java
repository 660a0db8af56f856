package org.recollect.retrieval.domain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.Corpora;
import org.recollect.data.DomainText;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.RandomStream;

class DomainStudyTest {
  private static final Training TUNING = new Training(6, 4, 1e-2);
  private static final List<Double> RATES = List.of(3e-3, 1e-2);
  private static final MemoryDecoder MEMORY =
      new MemoryDecoder(new Imitation(0.5), 4, TUNING, RATES);

  private static final InContext READING = new InContext(4, 6, 8, List.of(1, 2));

  @TempDir Path store;

  /// A word says which comes next: in the domain the one after, elsewhere the one before.
  private static DomainText text(String name, int step) {
    var texts =
        IntStream.range(0, 60)
            .mapToObj(document -> {
              var random = RandomStream.of(document, name);
              int at = random.nextInt(12);
              var words = new StringBuilder();
              for (int i = 0; i < 40; i++) {
                words.append("w").append(at).append(' ');
                at = Math.floorMod(random.nextInt(5) == 0 ? random.nextInt(12) : at + step, 12);
              }
              return words.toString();
            })
            .toArray(String[]::new);
    return new DomainText(name, Corpora.text(texts));
  }

  private static LanguageModel model(int hidden, int layers) {
    var words = IntStream.range(0, 12).mapToObj(i -> "w" + i).collect(Collectors.joining(" "));
    return Models.ofWords(List.of(words), hidden, 8, layers, 64, 1);
  }

  private static Sizes sizes() {
    var sources = new LinkedHashMap<String, Supplier<LanguageModel>>();
    sources.put("small", () -> model(16, 1));
    sources.put("large", () -> model(24, 2));
    return Sizes.of(sources);
  }

  private DomainStudy study() {
    return DomainStudy.on(sizes())
        .reading(text("general", -1), text("domain", 1))
        .texts(24, 6, 16)
        .keptIn(new Checkpoints(store.resolve("kept")))
        .storedIn(store);
  }

  private DomainTask task(LanguageModel base, LanguageModel small) {
    var domain = text("domain", 1);
    int[][] training =
        domain.training(
            16, 16, base.tokenizer()::encode, base.endOfText(), RandomStream.of(1, "test"));
    return new DomainTask(
        base,
        small,
        base,
        training,
        Arrays.copyOf(training, 3),
        1,
        new Checkpoints(store.resolve("kept")));
  }

  private static List<DomainArm> arms() {
    return List.of(
        new Dapt(TUNING, RATES),
        new LoraTuning(2, 4, TUNING, RATES),
        new KnnLm(4),
        READING,
        MEMORY,
        MEMORY.textOnly());
  }

  private static double value(Results results, String arm, Measure measure) {
    return results.rows().stream()
        .filter(row -> row.arm().equals(arm))
        .findFirst()
        .orElseThrow()
        .samples()
        .get(measure.name())
        .value();
  }

  @Test
  void everyArmLearnsTheDomainAndEveryMeasureIsTaken() {
    var results = study().compare(arms()).run();
    assertEquals(List.of(), results.failures());
    assertEquals(
        List.of("base", "DAPT", "LoRA", "kNN-LM", "in-context", "Memory Decoder", "CE decoder"),
        results.arms());
    for (var row : results.rows()) {
      assertEquals(DomainMeasures.ALL.size(), row.samples().size(), row.arm());
    }
    double base = value(results, "base", DomainMeasures.DOMAIN_PERPLEXITY);
    for (String arm : List.of("DAPT", "kNN-LM", "Memory Decoder", "CE decoder")) {
      double adapted = value(results, arm, DomainMeasures.DOMAIN_PERPLEXITY);
      assertTrue(adapted < 0.8 * base, "%s: %s of %s".formatted(arm, adapted, base));
    }
    double general = value(results, "base", DomainMeasures.GENERAL_PERPLEXITY);
    for (String arm : List.of("base", "kNN-LM", "in-context", "Memory Decoder", "CE decoder")) {
      assertEquals(general, value(results, arm, DomainMeasures.GENERAL_WITHOUT), arm);
    }
    for (String arm : List.of("DAPT", "LoRA")) {
      assertEquals(
          value(results, arm, DomainMeasures.GENERAL_PERPLEXITY),
          value(results, arm, DomainMeasures.GENERAL_WITHOUT),
          arm);
      assertEquals(0, value(results, arm, DomainMeasures.SHARE), arm);
    }
    assertTrue(
        value(results, "DAPT", DomainMeasures.GENERAL_PERPLEXITY) > 1.1 * general,
        "the other direction is unlearned");
  }

  @Test
  void bytesAreThoseOfWhatIsKept() {
    var results = study().compare(arms()).run();
    try (var large = model(24, 2);
        var small = model(16, 1)) {
      assertEquals(
          large.weights().bytes() / 1e6, value(results, "DAPT", DomainMeasures.BYTES_ADDED), 1e-12);
      assertEquals(
          small.weights().bytes() / 1e6,
          value(results, "Memory Decoder", DomainMeasures.BYTES_ADDED),
          1e-12);
    }
    assertEquals(
        24 * 16 * (24 * 4 + 4) / 1e6, value(results, "kNN-LM", DomainMeasures.BYTES_ADDED), 1e-12);
    assertTrue(
        value(results, "LoRA", DomainMeasures.BYTES_ADDED)
            < value(results, "DAPT", DomainMeasures.BYTES_ADDED));
    assertTrue(
        value(results, "Memory Decoder", DomainMeasures.LEARNING_COMPUTE)
            > value(results, "CE decoder", DomainMeasures.LEARNING_COMPUTE));
  }

  /// Nothing of one domain reaches the trials of another, whose order of words is the reverse.
  @Test
  void domainsAreSweptApart() {
    var both = study().reading(text("general", -1), List.of(text("domain", 1), text("back", -1)));
    var swept =
        both.compare(new Dapt(TUNING, RATES))
            .vary(DomainStudy.DOMAIN, "domain", "back")
            .measure(DomainMeasures.DOMAIN_PERPLEXITY, DomainMeasures.LATENCY)
            .run();
    assertEquals(List.of(), swept.failures());
    var alone =
        study()
            .compare(new Dapt(TUNING, RATES))
            .measure(DomainMeasures.DOMAIN_PERPLEXITY, DomainMeasures.LATENCY)
            .run();
    for (String arm : alone.arms()) {
      assertEquals(
          value(alone, arm, DomainMeasures.DOMAIN_PERPLEXITY),
          value(swept.where("domain", "domain"), arm, DomainMeasures.DOMAIN_PERPLEXITY),
          arm);
      assertNotEquals(
          value(alone, arm, DomainMeasures.DOMAIN_PERPLEXITY),
          value(swept.where("domain", "back"), arm, DomainMeasures.DOMAIN_PERPLEXITY),
          arm);
    }
    for (var row : swept.rows()) {
      var latency = row.samples().get(DomainMeasures.LATENCY.name());
      assertEquals(6, latency.items().size(), "one ratio for each text that is judged by");
    }
    var twins = List.of(text("domain", 1), text("domain", 2));
    assertThrows(IllegalArgumentException.class, () -> study().reading(text("general", -1), twins));
  }

  /// The second run reads what the first has trained; the third trains again.
  @Test
  void theSameStudyGivesTheSameRows() {
    var timeless =
        new Measure[] {DomainMeasures.DOMAIN_PERPLEXITY, DomainMeasures.LEARNING_COMPUTE};
    var study = study().compare(arms()).vary(DomainStudy.SIZE, "small", "large").measure(timeless);
    var once = study.run();
    assertEquals(List.of(), once.failures());
    assertEquals(once.reproducible(), study.afresh().run().reproducible());
    var elsewhere = study.keptIn(new Checkpoints(store.resolve("elsewhere")));
    assertEquals(once.reproducible(), elsewhere.afresh().run().reproducible());
  }

  @Test
  void aShareOfNothingIsTheBaseToTheLastBit() {
    try (var base = model(24, 2);
        var small = model(16, 1)) {
      var task = task(base, small);
      String before = base.weights().digest();
      double[][] alone = Predictor.of(base).logLikelihoods(task.validation());
      for (DomainArm arm : List.of(new KnnLm(4), READING, MEMORY, MEMORY.textOnly())) {
        try (var adapted = arm.adapt(task)) {
          double[][] off = adapted.logLikelihoods(task.validation(), 0);
          assertTrue(Arrays.deepEquals(alone, off), arm.name());
          double share = adapted.share(task.validation());
          double[][] on = adapted.logLikelihoods(task.validation(), share);
          assertTrue(Interpolation.loss(on) <= Interpolation.loss(alone), arm.name());
        }
      }
      for (DomainArm arm : arms()) {
        arm.adapt(task).close();
        assertEquals(before, base.weights().digest(), arm.name() + " leaves the base alone");
      }
    }
  }

  @Test
  void theBestRateOnValidationIsTaken() {
    try (var base = model(24, 2);
        var small = model(16, 1)) {
      var task = task(base, small);
      double both = loss(new Dapt(TUNING, RATES), task);
      double least =
          RATES.stream()
              .mapToDouble(rate -> loss(new Dapt(TUNING, List.of(rate)), task))
              .min()
              .orElseThrow();
      assertEquals(least, both);
    }
  }

  private static double loss(DomainArm arm, DomainTask task) {
    try (var adapted = arm.adapt(task)) {
      return Interpolation.loss(adapted.logLikelihoods(task.validation(), 0));
    }
  }

  @Test
  void whatIsMissingIsNamed() {
    assertThrows(IllegalStateException.class, () -> DomainStudy.on(sizes()).run());
    assertThrows(IllegalArgumentException.class, () -> new Dapt(TUNING, List.of()));
    assertThrows(IllegalArgumentException.class, () -> new KnnLm(0));
    assertThrows(IllegalArgumentException.class, () -> new InContext(0, 1, 1, List.of(1)));
    assertThrows(IllegalArgumentException.class, () -> new InContext(1, 1, 1, List.of()));
    assertThrows(IllegalArgumentException.class, () -> new InContext(1, 1, 1, List.of(2, 0)));
    assertThrows(IllegalArgumentException.class, () -> study().texts(0, 1, 1));
    var unknown = study().vary(DomainStudy.SIZE, "huge").run();
    assertTrue(
        unknown.failures().getFirst().error().orElseThrow().contains("small, large"),
        unknown.failures().toString());
    assertEquals("CE decoder", MEMORY.textOnly().name());
    assertEquals(
        "Memory Decoder, alpha 0.9",
        new MemoryDecoder(new Imitation(0.9), 4, TUNING, RATES).name());
  }
}

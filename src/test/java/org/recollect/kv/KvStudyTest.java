package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.kv.KvMeasures.BITS;
import static org.recollect.kv.KvMeasures.BYTES_PER_TOKEN;
import static org.recollect.kv.KvMeasures.DECODE_SPEED;
import static org.recollect.kv.KvMeasures.KL;
import static org.recollect.kv.KvMeasures.PERPLEXITY_DELTA;
import static org.recollect.kv.KvMeasures.RECALL;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.Corpora;
import org.recollect.data.Corpus;
import org.recollect.data.Recall;
import org.recollect.lab.Measure;
import org.recollect.lab.Results;
import org.recollect.lab.Row;
import org.recollect.model.BytePairTrainer;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.tensor.RandomStream;

class KvStudyTest {

  private static final Corpus CORPUS =
      Corpora.text(
          IntStream.range(0, 60)
              .mapToObj(i -> text(RandomStream.of(i, "text")))
              .toArray(String[]::new));

  private static LanguageModel model;

  @TempDir Path folder;

  @BeforeAll
  static void makeSubject() {
    var tokenizer =
        BytePairTrainer.train(CORPUS.documents().stream().map(d -> d.text()).toList(), 400);
    var config =
        new ModelConfig(tokenizer.vocabularySize(), 64, 96, 2, 4, 4, 16, 10_000, 1e-5, 256, true);
    try (var plain = Models.random(config, 1)) {
      model = new LanguageModel(config, plain.weights().copy(), tokenizer);
    }
  }

  @AfterAll
  static void closeSubject() {
    model.close();
  }

  private KvStudy study() {
    return KvStudy.on("tiny", model)
        .reading(CORPUS.tokens(80))
        .recalling(Recall.associative(2).in(CORPUS))
        .sizes(2, 12, 2)
        .storedIn(folder);
  }

  @Test
  void everyArmIsMeasured() {
    var results =
        study()
            .compare(
                Kv.full(),
                Kv.half(),
                Kv.int8(),
                Kv.int4(),
                Kv.rtn(2),
                Kv.kivi(2).recent(8),
                Kv.streamingLlm(),
                Kv.h2o(),
                Kv.snapKv(),
                Rotate.bits(2),
                Rotate.bits(2).withoutRounding(),
                Kv.turboQuant(2).unbiased(),
                Kv.polarQuant(),
                Kv.polarPairs(2),
                Kv.kvQuant(2),
                Kv.kvQuant(3))
            .vary(Outliers.SETTING, "none", "one head")
            .measure(PERPLEXITY_DELTA, KL, RECALL, BYTES_PER_TOKEN, BITS)
            .run();
    assertEquals(List.of(), results.failures().stream().map(row -> row.error()).toList());
    for (Row row : results.rows()) {
      if (row.arm().equals("full f32")) {
        assertEquals(0, value(row, PERPLEXITY_DELTA));
        assertEquals(0, value(row, KL), 1e-12);
        assertEquals(32 * 128.0 / 79, value(row, BITS), 0.1, "two pages of 64 for 79 tokens");
      }
      if (row.arm().startsWith("rotate-kv, f32")) {
        assertEquals(0, value(row, PERPLEXITY_DELTA), 1e-3);
      }
      assertEquals(2, row.samples().get(RECALL.name()).items().size());
    }
    assertTrue(of(results, "rtn-2", BYTES_PER_TOKEN) < of(results, "int4", BYTES_PER_TOKEN));
    assertTrue(of(results, "int4", BYTES_PER_TOKEN) < of(results, "int8", BYTES_PER_TOKEN));
    assertTrue(of(results, "int8", KL) < of(results, "int4", KL));
  }

  @Test
  void theSameStudyGivesTheSameRows() {
    var study =
        study()
            .compare(Kv.rtn(2), Rotate.bits(2), Kv.h2o())
            .measure(PERPLEXITY_DELTA, KL, RECALL, BYTES_PER_TOKEN)
            .vary(Budget.SETTING, 0.25, 0.5)
            .seeds(2);
    var first = study.run();
    var again = study.afresh().run();
    assertEquals(first.reproducible(), again.reproducible());
    assertEquals(12, first.rows().size());
    assertTrue(of(first, "H2O", BYTES_PER_TOKEN) > 0, "an arm that evicts looks at the budget");
  }

  @Test
  void speedIsARatioToTheFullCache() {
    var results = study().compare(Kv.full()).measure(DECODE_SPEED).run();
    double ratio = of(results, "full f32", DECODE_SPEED);
    assertTrue(ratio > 0 && Double.isFinite(ratio), "ratio " + ratio);
    assertTrue(study().compare(Kv.full()).run().failures().isEmpty(), "all that is offered");
  }

  @Test
  void depthIsASetting() {
    var results =
        study().compare(Kv.streamingLlm()).measure(RECALL).vary(KvStudy.DEPTH, 0, 0.5, 1).run();
    assertEquals(3, results.rows().size());
    assertEquals(List.of(), results.failures());
  }

  @Test
  void whatMakesNoSenseFailsWithAReasonAndTheStudyGoesOn() {
    var results = study().measure(KL).compare(Kv.snapKv().store(Rotate.bits(2)), Kv.int8()).run();
    assertEquals(1, results.failures().size());
    var reason = results.failures().getFirst().error().orElseThrow();
    assertTrue(reason.contains("codes 4 heads as one vector"), reason);
  }

  @Test
  void anUnfinishedSentenceSaysWhatIsMissing() {
    var nothingRead = KvStudy.on(model).compare(Kv.full()).storedIn(folder);
    var missing = assertThrows(IllegalStateException.class, nothingRead::run);
    assertTrue(missing.getMessage().contains("reading("), missing.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> KvStudy.on(model).reading(CORPUS.tokens(9999)));
    assertThrows(
        IllegalArgumentException.class,
        () -> KvStudy.on(model).reading(CORPUS.tokens(80)).measure(RECALL));
    assertThrows(IllegalArgumentException.class, () -> study().sizes(0, 2, 1));
    var noPrompt = study().sizes(1, 80, 1).compare(Kv.full());
    assertThrows(IllegalStateException.class, noPrompt::run);
  }

  /// Pairs, so that their words become tokens, and lines that can stand between them.
  private static String text(RandomStream random) {
    var words = List.of("int", "long", "x", "y", "=", "+", "return", "if", "0", "1");
    var text = new StringBuilder();
    for (int line = 0; line < 30; line++) {
      text.append(Recall.practice(1, random)).append('\n');
      for (int word = 0; word < 6; word++) {
        text.append(random.pick(words)).append(' ');
      }
    }
    return text.toString();
  }

  private static double of(Results results, String arm, Measure measure) {
    var row = results.rows().stream().filter(r -> r.arm().equals(arm)).findFirst().orElseThrow();
    return value(row, measure);
  }

  private static double value(Row row, Measure measure) {
    return row.samples().get(measure.name()).value();
  }
}

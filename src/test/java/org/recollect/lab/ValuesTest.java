package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// The small words of the grammar: scale, measure, settings, outcome, ledger, progress.
class ValuesTest {
  @AfterEach
  void restore() {
    System.clearProperty("recollect.scale");
  }

  @Test
  void theScaleIsReadAndPicks() {
    System.setProperty("recollect.scale", " Smoke ");
    assertEquals(Scale.SMOKE, Scale.current());
    assertEquals(2, Scale.current().pick(2, 20, 200));
    assertEquals("full", Scale.FULL.toString());
    System.setProperty("recollect.scale", "tiny");
    var e = assertThrows(IllegalArgumentException.class, Scale::current);
    assertEquals(
        "Unknown scale 'tiny' in the system property recollect.scale: set it to smoke, laptop or full.",
        e.getMessage());
  }

  @Test
  void aMeasureSaysWhichWayIsBetter() {
    var lower = Measure.lower("perplexity", "").range(1, 1e9);
    assertEquals("perplexity ↓", lower.header());
    assertEquals(1, lower.ideal());
    assertTrue(lower.loss(2) < lower.loss(3));
    var higher = Measure.higher("speed", "tokens/s");
    assertEquals("speed [tokens/s] ↑", higher.header());
    assertTrue(higher.loss(3) < higher.loss(2));
    var closer = Measure.closer("length ratio", "", 1).range(0, 9);
    assertEquals("length ratio → 1", closer.header());
    assertEquals(1, closer.ideal());
    assertEquals(closer.loss(0.5), closer.loss(1.5));
  }

  @Test
  void aMeasureThatMakesNoSenseIsRefused() {
    refused("needs a name", () -> Measure.lower(" ", ""));
    refused("from low to high", () -> Measure.lower("x", "").range(1, 1));
    refused("must lie in its range", () -> Measure.closer("x", "", 5).range(0, 1));
    refused("positive values", () -> Measure.lower("x", "").geometric());
    refused("0 to 12", () -> Measure.lower("x", "").digits(-1));
  }

  @Test
  void aHarmonicAverageLetsNoneMakeUpForAnother() {
    // 2 / (1 + 1 / 0.5) = 2/3
    assertEquals(2 / 3.0, Average.HARMONIC.of(1, 0.5), 1e-12);
    assertEquals(0, Average.HARMONIC.of(1, 0));
    assertEquals(0, Average.HARMONIC.of(0, 0));
  }

  @Test
  void settingsKeepTheirKindAndOrder() {
    var settings = Settings.NONE.with("budget", 0.25f).with("bits", 2).with("kind", Scale.FULL);
    assertEquals("budget=0.25, bits=2, kind=FULL", settings.toString());
    assertEquals(2, settings.integer("bits"));
    assertEquals("FULL", settings.text("kind"));
    assertTrue(settings.with("wide", true).flag("wide"));
    assertTrue(settings.match(Map.of("bits", "2")), "claims give values as text");
    assertFalse(settings.match(Map.of("bits", "3")));
    assertFalse(settings.match(Map.of("absent", "2")));
    assertEquals(2, settings.count("bits", 8));
    assertEquals(8, settings.count("heads", 8), "all, where it is not swept");
    refused("counts from 1 to 1, but it is 2", () -> settings.count("bits", 1));
    refused("must be a whole number", () -> settings.integer("budget"));
    refused("must be a number, but it is FULL", () -> settings.number("kind"));
    refused("vary(\"depth\", ...)", () -> settings.number("depth"));
  }

  @Test
  void anOutcomeIsCheckedAsItIsMeasured() {
    var recall = Measure.higher("recall", "").range(0, 1);
    assertEquals(0.75, Outcome.of(recall, new double[] {1, 1, 1, 0}).samples().get(recall).value());
    refused("0.0 to 1.0, but 1.5", () -> Outcome.of(recall, 1.5));
    refused("but NaN was measured", () -> Outcome.of(recall, new double[] {1, Double.NaN}));
    refused("on no item", () -> Outcome.of(recall, new double[0]));
  }

  @Test
  void aLedgerReadsInUnits() {
    var meter = new Meter().tokens(34_000).bytes(1_500_000).flop(2.5e12).modelCalls(1);
    var spent = meter.read().untimed();
    assertEquals("0 ms, 34 k tokens, 1.50 MB, 2.50 TFLOP, 1 call", spent.toString());
    assertEquals(68_000, spent.plus(spent).tokens());
    assertEquals(spent, spent.plus(spent).dividedBy(2));
    assertEquals("90 s", new Ledger(90, 0, 0, 0, 0).toString());
  }

  @Test
  void progressInALogIsALineEveryFewSeconds() {
    var bytes = new ByteArrayOutputStream();
    var sink = new PlainLines(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    for (int second = 0; second < 12; second++) {
      sink.show(progress(second, 12, second));
    }
    sink.show(progress(12, 12, 12));
    sink.show(progress(0, 12, 0));
    String[] lines = bytes.toString(StandardCharsets.UTF_8).split(System.lineSeparator());
    assertEquals(5, lines.length, () -> bytes.toString(StandardCharsets.UTF_8));
    assertEquals("Toy: trial 6 of 12, int8, bits=2, seed 1; 5 s, about 1 min 10 s left", lines[1]);
    assertEquals("Toy: 12 trials in 12 s, 3 reused, 1 failed", lines[3]);
  }

  private static Progress progress(int done, int total, int seconds) {
    return new Progress(
        "Toy",
        done,
        total,
        3,
        1,
        "int8",
        Settings.NONE.with("bits", 2),
        1,
        Duration.ofSeconds(seconds),
        Optional.of(Duration.ofSeconds(70)));
  }

  private static void refused(String about, org.junit.jupiter.api.function.Executable mistake) {
    var e = assertThrows(IllegalArgumentException.class, mistake);
    assertTrue(e.getMessage().contains(about), e.getMessage());
  }
}

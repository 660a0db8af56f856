package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Floats;

/// The reference against the formula over rebuilt rows, and the others against the reference.
class DecodeAttentionTest {

  private static final DecodeAttention REFERENCE = new ReferenceAttention();
  private static final DecodeAttention SIMD = new SimdAttention(2);

  @ParameterizedTest
  @MethodSource({
    "org.recollect.kernel.Samples#keyFormats",
    "org.recollect.kernel.Samples#byteRadii"
  })
  void referenceIsTheFormulaOverRebuiltRows(PageFormat format) {
    for (long seed = 0; seed < 6; seed++) {
      try (Arena arena = Arena.ofConfined()) {
        var step = new StepMaker(arena, seed).keys(format).make();
        var attended = REFERENCE.attend(step);
        double[][] logits = logits(step);
        for (int query = 0; query < logits.length; query++) {
          assertFormula(step, query, logits[query], attended, "seed " + seed);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource({
    "org.recollect.kernel.Samples#keyFormats",
    "org.recollect.kernel.Samples#byteRadii"
  })
  void simdAgrees(PageFormat format) {
    for (long seed = 0; seed < 60; seed++) {
      try (Arena arena = Arena.ofConfined()) {
        assertAgreement(new StepMaker(arena, seed).keys(format).make(), seed, format);
      }
    }
  }

  @ParameterizedTest
  @MethodSource({
    "org.recollect.kernel.Samples#keyFormats",
    "org.recollect.kernel.Samples#byteRadii"
  })
  void simdAgreesOnKeysBeforeRope(PageFormat format) {
    for (long seed = 0; seed < 20; seed++) {
      try (Arena arena = Arena.ofConfined()) {
        assertAgreement(new StepMaker(arena, seed).keys(format).beforeRope().make(), seed, format);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void simdAgreesOnMixedFormats(long seed) {
    try (Arena arena = Arena.ofConfined()) {
      var formats =
          Stream.concat(Samples.keyFormats(), Samples.byteRadii()).toArray(PageFormat[]::new);
      assertAgreement(new StepMaker(arena, seed).keys(formats).pages(20).make(), seed, null);
    }
  }

  @ParameterizedTest
  @MethodSource({
    "org.recollect.kernel.Samples#keyFormats",
    "org.recollect.kernel.Samples#byteRadii"
  })
  void edges(PageFormat format) {
    for (int headDim : new int[] {16, 48, 128, 256}) {
      for (int heads : new int[] {1, 64}) {
        try (Arena arena = Arena.ofConfined()) {
          var maker = new StepMaker(arena, headDim + heads).keys(format);
          assertAgreement(maker.heads(heads, 1, headDim).pages(1).tokens(1).make(), 0, format);
        }
      }
    }
    try (Arena arena = Arena.ofConfined()) {
      var equalKeys = new StepMaker(arena, 7).keys(format).heads(2, 4, 64).scaled(0).make();
      var attended = SIMD.attend(equalKeys);
      float share = 4f / equalKeys.tokens();
      for (float sum : attended.columnSums()) {
        assertEquals(share, sum, 1e-5 * share, "equal keys share attention: " + format);
      }
      assertAgreement(new StepMaker(arena, 8).keys(format).scaled(1e-30f).make(), 8, format);
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {1e-42f, 1e-20f, 1e4f, 1e18f})
  void hugeAndDenormalLogits(float scale) {
    for (long seed = 0; seed < 10; seed++) {
      try (Arena arena = Arena.ofConfined()) {
        assertAgreement(
            new StepMaker(arena, seed).keys(Floats.F32).scaled(scale).make(), seed, Floats.F32);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.recollect.kernel.Samples#formats")
  void anyNumberOfThreadsGivesTheSameResult(PageFormat format) {
    try (Arena arena = Arena.ofShared()) {
      var step = new StepMaker(arena, 3).keys(format).heads(2, 4, 64).pages(150).make();
      var one = new SimdAttention(1).attend(List.of(step, step));
      var three = new SimdAttention(3).attend(List.of(step, step));
      for (int i = 0; i < 2; i++) {
        assertArrayEquals(one.get(i).output(), three.get(i).output());
        assertArrayEquals(one.get(i).columnSums(), three.get(i).columnSums());
        assertArrayEquals(one.get(i).argmax(), three.get(i).argmax());
      }
    }
  }

  @Test
  void statisticsOnlyOnRequest() {
    try (Arena arena = Arena.ofConfined()) {
      var step = new StepMaker(arena, 1).make();
      var plain = new DecodeStep(step.pages(), step.heads(), step.keys(), step.queries(), false);
      for (var attention : List.of(REFERENCE, SIMD)) {
        assertNull(attention.attend(plain).columnSums());
        assertNull(attention.attend(plain).argmax());
        assertArrayEquals(attention.attend(step).output(), attention.attend(plain).output());
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (Arena arena = Arena.ofConfined()) {
      var step = new StepMaker(arena, 1).heads(2, 2, 16).make();
      var heads = step.heads();
      float[] queries = step.queries();
      assertThrows(
          IllegalArgumentException.class,
          () -> new DecodeStep(List.of(), heads, step.keys(), queries, false));
      assertThrows(
          IllegalArgumentException.class,
          () -> new DecodeStep(step.pages(), heads, step.keys(), new float[3], false));
      assertThrows(
          IllegalArgumentException.class,
          () -> new DecodeStep(step.pages(), new Heads(4, 1, 8), step.keys(), queries, false));
      float[] bad = queries.clone();
      bad[5] = Float.NaN;
      assertThrows(
          IllegalArgumentException.class,
          () -> new DecodeStep(step.pages(), heads, step.keys(), bad, false));
      var before = new KeyForm.BeforeRope(Basis.identity(), StepMaker.QUARTER_TURNS);
      assertThrows(
          IllegalArgumentException.class,
          () -> new DecodeStep(step.pages(), heads, before, queries, false));
      var page = step.pages().getFirst();
      assertThrows(
          IllegalArgumentException.class,
          () -> new KeyValuePage(page.values(), page.keys(), 1, null));
      assertThrows(
          IllegalArgumentException.class,
          () -> new KeyValuePage(page.keys(), page.values(), 65, null));
    }
  }

  static void assertAgreement(DecodeStep step, long seed, PageFormat format) {
    var expected = REFERENCE.attend(step);
    var actual = SIMD.attend(step);
    var tolerance = Tolerance.of(step);
    String what =
        "seed " + seed + ", " + step.heads() + ", " + step.tokens() + " tokens, " + format;
    for (int i = 0; i < expected.output().length; i++) {
      assertEquals(expected.output()[i], actual.output()[i], tolerance.output(), what + " at " + i);
    }
    for (int i = 0; i < expected.columnSums().length; i++) {
      assertEquals(
          expected.columnSums()[i],
          actual.columnSums()[i],
          tolerance.weight() * step.heads().queriesPerHead(),
          what + ", token " + i);
    }
    double[][] logits = logits(step);
    for (int query = 0; query < expected.argmax().length; query++) {
      double best = logits[query][expected.argmax()[query]];
      double found = logits[query][actual.argmax()[query]];
      assertEquals(best, found, tolerance.logit() * 2 + 1e-5 * Math.abs(best), what);
    }
  }

  /// How far a result may be off: rounding of floats, and of tables where a book is looked up.
  ///
  /// @param logit of any logit
  /// @param weight of any weight
  /// @param output of any number of the output
  private record Tolerance(double logit, double weight, double output) {

    static Tolerance of(DecodeStep step) {
      double logit = 0;
      double largest = 0;
      double value = 0;
      boolean valueTables = false;
      for (double[] logits : logits(step)) {
        for (double x : logits) {
          largest = Math.max(largest, Math.abs(x));
        }
      }
      for (var page : step.pages()) {
        if (page.keys().format() instanceof Book && step.keys() instanceof KeyForm.Turned) {
          logit = Math.max(logit, tableError(step, page.keys(), page.tokens()));
        }
        valueTables |= page.values().format() instanceof Book;
        float[] row = new float[page.values().channels()];
        for (int t = 0; t < page.tokens(); t++) {
          page.values().read(t, row, 0);
          for (float x : row) {
            value = Math.max(value, Math.abs(x));
          }
        }
      }
      logit += 4e-6 * largest + 1e-7;
      double weight = Math.expm1(2 * logit) + 1e-6;
      // The ranges of the tables of all pages add up to twice the largest value at most.
      double tables = valueTables ? tableError(Page.TOKENS, 2 * value) : 0;
      return new Tolerance(logit, weight, value * (2 * weight + 1e-5) + tables);
    }

    /// What rounding does to a sum over tables: half a step each.
    private static double tableError(int tables, double ranges) {
      return 0.5 * tables * ranges / SimdTables.LEVELS;
    }

    private static double tableError(DecodeStep step, Page keys, int tokens) {
      var book = ((Book) keys.format()).book();
      if (book.halfByteColumns() == null) {
        return 0;
      }
      double query = 0;
      for (int from = 0; from < step.queries().length; from += step.heads().headDim()) {
        double sum = 0;
        for (int i = from; i < from + step.heads().headDim(); i++) {
          sum += Math.abs(step.queries()[i]);
        }
        query = Math.max(query, sum);
      }
      double point = 0;
      for (float p : book.points()) {
        point = Math.max(point, Math.abs(p));
      }
      double radius = 0;
      for (int t = 0; t < tokens; t++) {
        for (int c = 0; c < keys.channels(); c++) {
          radius = Math.max(radius, keys.scale(t, c));
        }
      }
      int tables = step.heads().headDim() / SimdTables.rowsTogether(book);
      return tableError(tables, 2 * query * point) * radius;
    }
  }

  /// `[queryHeads][tokens]`
  private static double[][] logits(DecodeStep step) {
    var heads = step.heads();
    double[][] logits = new double[heads.queryHeads()][step.tokens()];
    int at = 0;
    for (var page : step.pages()) {
      for (int t = 0; t < page.tokens(); t++, at++) {
        float[] key = StepMaker.key(step, page, t);
        for (int query = 0; query < logits.length; query++) {
          int q = query * heads.headDim();
          int k = query / heads.queriesPerHead() * heads.headDim();
          for (int c = 0; c < heads.headDim(); c++) {
            logits[query][at] += (double) step.queries()[q + c] * key[k + c];
          }
        }
      }
    }
    return logits;
  }

  private static void assertFormula(
      DecodeStep step, int query, double[] logits, Attended attended, String message) {
    var heads = step.heads();
    double top = Arrays.stream(logits).max().orElseThrow();
    assertEquals(top, logits[attended.argmax()[query]], 0, message);
    double[] weights = Arrays.stream(logits).map(logit -> Math.exp(logit - top)).toArray();
    double total = Arrays.stream(weights).sum();
    int head = query / heads.queriesPerHead();
    double[] sums = new double[heads.headDim()];
    float[] row = new float[heads.channels()];
    int at = 0;
    for (var page : step.pages()) {
      for (int t = 0; t < page.tokens(); t++) {
        page.values().read(t, row, 0);
        double weight = weights[at++] / total;
        for (int c = 0; c < sums.length; c++) {
          sums[c] += weight * row[head * heads.headDim() + c];
        }
      }
    }
    for (int c = 0; c < sums.length; c++) {
      assertEquals(sums[c], attended.output()[query * heads.headDim() + c], 1e-5, message);
    }
    if (heads.queriesPerHead() == 1) {
      for (int t = 0; t < weights.length; t++) {
        assertEquals(
            weights[t] / total, attended.columnSums()[head * weights.length + t], 1e-6, message);
      }
    }
  }
}

package org.recollect.kernel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.kernel.PageFormat.Grid;
import org.recollect.kernel.cuda.Where;

/// Attention on a device against the reference.
class CudaAttentionTest {

  private static final DecodeAttention REFERENCE = new ReferenceAttention();

  static Stream<Arguments> formats() {
    return Arrays.stream(Where.values())
        .flatMap(where ->
            Stream.concat(Samples.keyFormats(), others())
                .map(format -> Arguments.of(where, format)));
  }

  /// Cells that no octet of rows, or no quad of lanes, shares.
  private static Stream<PageFormat> others() {
    return Stream.of(
        Grid.perToken(8, 128),
        Grid.perToken(8, 12),
        Grid.perChannel(4, 6),
        Grid.perChannel(2, 64).centred(),
        new Grid(3, 12, 24, false, 1));
  }

  @ParameterizedTest
  @MethodSource("formats")
  void agreesOnEveryFormat(Where where, PageFormat format) {
    for (long seed = 0; seed < 24; seed++) {
      try (var arena = Arena.ofConfined()) {
        assertAgreement(where, List.of(new StepMaker(arena, seed).keys(format).make()), seed);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void agreesOnKeysBeforeRope(Where where, PageFormat format) {
    for (long seed = 0; seed < 6; seed++) {
      try (var arena = Arena.ofConfined()) {
        var step = new StepMaker(arena, seed).keys(format).beforeRope().make();
        assertAgreement(where, List.of(step), seed);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void agreesOnManyStepsOfAllKinds(Where where) {
    var formats = Stream.concat(Samples.keyFormats(), others()).toArray(PageFormat[]::new);
    for (long seed = 0; seed < 6; seed++) {
      try (var arena = Arena.ofConfined()) {
        var steps = new ArrayList<DecodeStep>();
        for (int i = 0; i < 4; i++) {
          var maker = new StepMaker(arena, 10 * seed + i).keys(formats).pages(3 + 5 * i);
          steps.add((i == 2 ? maker.beforeRope() : maker).make());
        }
        var last = steps.getLast();
        steps.add(new DecodeStep(last.pages(), last.heads(), last.keys(), last.queries(), false));
        assertAgreement(where, steps, seed);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("formats")
  void edges(Where where, PageFormat format) {
    try (var arena = Arena.ofConfined()) {
      for (int headDim : new int[] {16, 48, 256}) {
        var one = new StepMaker(arena, headDim).keys(format).heads(1, 1, headDim).pages(1);
        var many = new StepMaker(arena, headDim).keys(format).heads(64, 1, headDim).pages(1);
        assertAgreement(where, List.of(one.tokens(1).make(), many.tokens(1).make()), headDim);
      }
      var equal = new StepMaker(arena, 7).keys(format).heads(2, 4, 64).pages(9).scaled(0).make();
      var attended = where.cuda().attention().attend(equal);
      float share = 4f / equal.tokens();
      for (float sum : attended.columnSums()) {
        assertEquals(share, sum, 1e-5 * share, "equal keys share attention: " + format);
      }
      assertArrayEquals(new int[8], attended.argmax(), "the first of equal keys: " + format);
      assertAgreement(
          where, List.of(new StepMaker(arena, 8).keys(format).scaled(1e-30f).make()), 8);
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void anyHeadSize(Where where) {
    for (int headDim = 16; headDim <= 80; headDim += 7) {
      try (var arena = Arena.ofConfined()) {
        for (var format : List.of(Floats.F16, Grid.perToken(2, 32), Grid.perChannel(3, 16))) {
          var step = new StepMaker(arena, headDim).keys(format).heads(2, 3, headDim).make();
          assertAgreement(where, List.of(step), headDim);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void anyNumberOfQueriesShareAHead(Where where) {
    for (int queries = 1; queries <= 64; queries += 7) {
      try (var arena = Arena.ofConfined()) {
        var step = new StepMaker(arena, queries).heads(2, queries, 32).make();
        assertAgreement(where, List.of(step), queries);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void threadsMayCallTogether(Where where) {
    where.cuda();
    IntStream.range(0, 16)
        .parallel()
        .forEach(seed -> {
          try (var arena = Arena.ofConfined()) {
            var step = new StepMaker(arena, seed).keys(Grid.perToken(2, 32)).make();
            assertAgreement(where, List.of(step), seed);
          }
        });
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void hugeAndDenormalLogits(Where where) {
    for (float scale : new float[] {1e-42f, 1e-20f, 1e4f, 1e18f}) {
      for (long seed = 0; seed < 4; seed++) {
        try (var arena = Arena.ofConfined()) {
          var step = new StepMaker(arena, seed).keys(Floats.F32).scaled(scale).make();
          assertAgreement(where, List.of(step), seed);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void writtenPagesAreReadAgain(Where where) {
    try (var arena = Arena.ofConfined()) {
      var step = new StepMaker(arena, 4).keys(Grid.perToken(4, 32)).heads(2, 2, 32).make();
      assertAgreement(where, List.of(step), 4);
      var keys = step.pages().getFirst().keys();
      var random = new java.util.Random(9);
      keys.write(0, Samples.gaussian(random, keys.capacity() * 64), 0, keys.capacity());
      assertAgreement(where, List.of(step), 9);
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void statisticsOnlyOnRequestAndAlwaysTheSameOutput(Where where) {
    try (var arena = Arena.ofConfined()) {
      var step = new StepMaker(arena, 1).pages(9).make();
      var plain = new DecodeStep(step.pages(), step.heads(), step.keys(), step.queries(), false);
      var attention = where.cuda().attention();
      assertNull(attention.attend(plain).columnSums());
      assertNull(attention.attend(plain).argmax());
      assertArrayEquals(attention.attend(step).output(), attention.attend(plain).output());
      assertEquals(List.of(), attention.attend(List.of()));
    }
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void refusesWhatDoesNotFitABlock(Where where) {
    var attention = where.cuda().attention();
    try (var arena = Arena.ofConfined()) {
      var odd = new StepMaker(arena, 1).heads(1, 1, 17).beforeRope().make();
      var wide = new StepMaker(arena, 1).heads(13, 1, 256).beforeRope().make();
      var huge = new StepMaker(arena, 1).heads(1, 1, 3000).make();
      assertRefused(attention, odd, "17");
      assertRefused(attention, wide, "3328");
      assertRefused(attention, huge, "3000");
    }
  }

  private static void assertRefused(DecodeAttention attention, DecodeStep step, String why) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> attention.attend(step));
    assertTrue(refusal.getMessage().contains(why), refusal.getMessage());
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void figuresHaveARowForEveryFormat(Where where) {
    String table = CudaFigures.table(where.cuda(), 70, 1, 1 << 20);
    assertEquals(4 + 11, table.lines().count(), table);
    assertTrue(table.lines().skip(4).allMatch(row -> row.startsWith("| ")), table);
  }

  private static void assertAgreement(Where where, List<DecodeStep> steps, long seed) {
    var actual = where.cuda().attention().attend(steps);
    var expected = REFERENCE.attend(steps);
    for (int i = 0; i < steps.size(); i++) {
      assertAgreement(steps.get(i), expected.get(i), actual.get(i), "seed " + seed + ", step " + i);
    }
  }

  /// Rounding of floats moves a logit by some parts in a million of the largest, and a weight by as
  /// much in all.
  private static void assertAgreement(
      DecodeStep step, Attended expected, Attended actual, String message) {
    double[][] logits = logits(step);
    double largest =
        Arrays.stream(logits).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElseThrow();
    double logit = 4e-6 * largest + 1e-7;
    double weight = Math.expm1(2 * logit) + 1e-6;
    String what = message + ", " + step.heads() + ", " + step.tokens() + " tokens";
    double value = largestValue(step);
    for (int i = 0; i < expected.output().length; i++) {
      assertEquals(
          expected.output()[i], actual.output()[i], value * (2 * weight + 1e-5), what + " at " + i);
    }
    if (!step.statistics()) {
      assertNull(actual.columnSums(), what);
      return;
    }
    assertEquals(expected.columnSums().length, actual.columnSums().length, what);
    for (int i = 0; i < expected.columnSums().length; i++) {
      double bound = weight * step.heads().queriesPerHead();
      assertEquals(expected.columnSums()[i], actual.columnSums()[i], bound, what + ", token " + i);
    }
    for (int query = 0; query < expected.argmax().length; query++) {
      double best = logits[query][expected.argmax()[query]];
      double found = logits[query][actual.argmax()[query]];
      assertEquals(best, found, 2 * logit, what + ", query " + query);
    }
  }

  private static double largestValue(DecodeStep step) {
    double largest = 0;
    for (var page : step.pages()) {
      float[] row = new float[page.values().channels()];
      for (int t = 0; t < page.tokens(); t++) {
        page.values().read(t, row, 0);
        for (float x : row) {
          largest = Math.max(largest, Math.abs(x));
        }
      }
    }
    return largest;
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
          int k = query / heads.queriesPerHead() * heads.headDim();
          for (int c = 0; c < heads.headDim(); c++) {
            logits[query][at] += (double) step.queries()[query * heads.headDim() + c] * key[k + c];
          }
        }
      }
    }
    return logits;
  }
}

package org.recollect.kv.omni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.kv.omni.Seats.Sharing;
import org.recollect.tensor.RandomStream;

class WindowBudgetsTest {

  /// Windows of up to 6 patches and up to 4 tones, some of them without either.
  private static Layout layout(RandomStream random) {
    var modalities = new ArrayList<>(List.of(Modality.TEXT));
    var windows = IntStream.builder().add(-1);
    int count = 1 + random.nextInt(6);
    for (int window = 0; window < count; window++) {
      for (int i = random.nextInt(7); i > 0; i--) {
        modalities.add(Modality.VIDEO);
        windows.add(window);
      }
      for (int i = random.nextInt(5); i > 0; i--) {
        modalities.add(Modality.AUDIO);
        windows.add(window);
      }
    }
    modalities.add(Modality.TEXT);
    return new Layout(modalities, windows.add(-1).build().toArray());
  }

  /// All that holds of any sharing: exact totals, no token twice, text left out.
  private static void check(
      Layout layout, double[] relevance, int video, int audio, Sharing sharing, String seed) {
    int[] kept = new WindowBudgets(layout, relevance).keep(video, audio, sharing);
    assertEquals(video + audio, kept.length, seed);
    assertEquals(kept.length, Arrays.stream(kept).distinct().count(), seed);
    assertTrue(Arrays.stream(kept).noneMatch(layout::isText), seed);
    if (sharing == Sharing.MODALITY) {
      var left = layout.pick(kept);
      assertEquals(video, left.count(Modality.VIDEO), seed);
      assertEquals(audio, left.count(Modality.AUDIO), seed);
      return;
    }
    var occupied = Arrays.stream(layout.windows()).filter(w -> w >= 0).distinct().toArray();
    for (int window : occupied) {
      checkWindow(layout, relevance, kept, window, kept.length >= occupied.length, seed);
    }
  }

  private static void checkWindow(
      Layout layout, double[] relevance, int[] kept, int window, boolean enough, String seed) {
    int total = 0;
    int[] counts = new int[2];
    for (var modality : List.of(Modality.VIDEO, Modality.AUDIO)) {
      int[] there = layout.of(modality, window, window + 1);
      int[] stay = Arrays.stream(there).filter(i -> contains(kept, i)).toArray();
      counts[modality == Modality.VIDEO ? 0 : 1] = there.length == 0 ? -1 : stay.length;
      total += stay.length;
      double least = Arrays.stream(stay).mapToDouble(i -> relevance[i]).min().orElse(1);
      for (int token : there) {
        assertTrue(contains(kept, token) || relevance[token] <= least, seed);
      }
    }
    assertTrue(!enough || total >= 1, seed);
    assertTrue(total < 2 || counts[0] != 0 && counts[1] != 0, seed);
  }

  private static boolean contains(int[] sorted, int token) {
    return Arrays.binarySearch(sorted, token) >= 0;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void totalsAreExactAndNoModalityIsForgotten(long seed) {
    var random = RandomStream.of(seed, "budgets");
    var layout = layout(random);
    // From even to one token that takes nearly all.
    double sharpness = 8 * random.nextDouble();
    double[] relevance =
        random.doubles(layout.tokens()).map(x -> Math.exp(-sharpness * 4 * x)).toArray();
    double sum = Arrays.stream(relevance).sum();
    relevance = Arrays.stream(relevance).map(x -> x / sum).toArray();
    int video = random.nextInt(layout.count(Modality.VIDEO) + 1);
    int audio = random.nextInt(layout.count(Modality.AUDIO) + 1);
    for (var sharing : Sharing.values()) {
      check(layout, relevance, video, audio, sharing, "seed " + seed + ", " + sharing);
    }
  }

  private static final Layout FOUR = ClipWorldTest.small(4).layout(1);

  @ParameterizedTest
  @EnumSource(Sharing.class)
  void whatIsRelevantStays(Sharing sharing) {
    double[] relevance = new double[FOUR.tokens()];
    int[] patches = FOUR.of(Modality.VIDEO, 2, 3);
    relevance[patches[1]] = .6;
    relevance[FOUR.of(Modality.AUDIO, 2, 3)[0]] = .3;
    int[] kept = new WindowBudgets(FOUR, relevance).keep(4, 4, sharing);
    assertTrue(contains(kept, patches[1]), Arrays.toString(kept));
  }

  @Test
  void theWindowThatIsAskedAboutGetsMore() {
    double[] relevance = new double[FOUR.tokens()];
    for (int token : FOUR.of(Modality.VIDEO, 2, 3)) {
      relevance[token] = .25;
    }
    var budgets = new WindowBudgets(FOUR, relevance);
    assertArrayEquals(new int[] {2, 2, 2, 2}, byWindow(budgets.keep(4, 4, Sharing.UNIFORM)));
    // The softmax of (0, 0, .25, 0) / .1 is .80 at window 2 and .07 elsewhere; with 1/4 each for
    // tones, 4.21 and 1.26 are due, and the first of those furthest from their due gets the eighth.
    assertArrayEquals(new int[] {2, 1, 4, 1}, byWindow(budgets.keep(4, 4, Sharing.RELEVANCE)));
  }

  private static int[] byWindow(int[] kept) {
    int[] counts = new int[FOUR.windowCount()];
    Arrays.stream(kept).forEach(token -> counts[FOUR.windows()[token]]++);
    return counts;
  }

  @Test
  void fewerTokensThanWindowsGoToTheMostRelevant() {
    double[] relevance = new double[FOUR.tokens()];
    relevance[FOUR.of(Modality.VIDEO, 1, 2)[0]] = .5;
    relevance[FOUR.of(Modality.VIDEO, 3, 4)[0]] = .4;
    int[] kept = new WindowBudgets(FOUR, relevance).keep(2, 0, Sharing.RELEVANCE);
    assertArrayEquals(new int[] {0, 1, 0, 1}, byWindow(kept));
    assertEquals(0, new WindowBudgets(FOUR, relevance).keep(0, 0, Sharing.RELEVANCE).length);
  }
}

package org.recollect.kv.stream;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.kv.stream.Scenes.at;
import static org.recollect.kv.stream.Scenes.axis;
import static org.recollect.kv.stream.Scenes.cells;
import static org.recollect.kv.stream.Scenes.row;
import static org.recollect.kv.stream.Scenes.zeros;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.recollect.data.FrameStream;
import org.recollect.data.Ink;

/// Each stage of SAVEMem by itself.
class StagesTest {

  @Test
  void otsuPartsTwoHeapsBetweenThem() {
    double threshold = Otsu.threshold(new double[] {.1, .12, .11, .1, 1.5, 1.6});
    assertTrue(threshold > .12 && threshold <= 1.5, "" + threshold);
    assertEquals(.3, Otsu.threshold(new double[] {.3, .3, .3}), "all in one bin: the median");
    assertEquals(.7, Otsu.threshold(new double[] {.7}));
  }

  /// The threshold has the largest variance between classes of all edges of bins, the variance
  /// computed from the classes themselves.
  @Test
  void otsuFindsTheBestOfAllThresholds() {
    for (int seed = 0; seed < 200; seed++) {
      var random = new Random(seed);
      double[] values = random.doubles(2 + random.nextInt(40), 0, 2).map(x -> bin(x)).toArray();
      if (Arrays.stream(values).distinct().count() == 1) {
        continue;
      }
      double best = 0;
      for (int edge = 1; edge < 128; edge++) {
        best = Math.max(best, between(values, edge / 64.0));
      }
      assertEquals(best, between(values, Otsu.threshold(values)), 1e-9, "seed " + seed);
    }
  }

  private static double bin(double x) {
    return ((int) (x * 64) + .5) / 64;
  }

  private static double between(double[] values, double threshold) {
    double mean = Arrays.stream(values).average().orElseThrow();
    double sum = 0;
    for (boolean above : new boolean[] {false, true}) {
      DoubleStream part = Arrays.stream(values).filter(x -> x >= threshold == above);
      double[] members = part.toArray();
      double gap = Arrays.stream(members).average().orElse(mean) - mean;
      sum += members.length * gap * gap;
    }
    return sum;
  }

  @Test
  void distancesAreToTheNearestOfNineCells() {
    for (int seed = 0; seed < 50; seed++) {
      var random = new Random(seed);
      int height = 1 + random.nextInt(6);
      int width = 1 + random.nextInt(6);
      var frames = Scenes.random(2, height, width, 1 + random.nextInt(20), random);
      double[] distances = frames.get(0).distances(frames.get(1));
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          double largest = -1;
          for (int v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
            for (int u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
              float[] here = frames.get(0).vectors()[y * width + x];
              largest =
                  Math.max(largest, Vectors.dot(here, frames.get(1).vectors()[v * width + u]));
            }
          }
          assertEquals(1 - largest, distances[y * width + x], 1e-5, "seed " + seed);
        }
      }
    }
  }

  /// A thing that moves by one cell is not new, one that moves by two is.
  @Test
  void whatMovesToANeighbouringCellIsTheSame() {
    var thing = row(0, axis(1), axis(0), axis(0), axis(0));
    double[] near = row(1, axis(0), axis(1), axis(0), axis(0)).distances(thing);
    double[] far = row(1, axis(0), axis(0), axis(1), axis(0)).distances(thing);
    assertEquals(0, near[1], 1e-6);
    assertEquals(1, far[2], 1e-6);
  }

  @Test
  void aStillFrameLeavesNothing() {
    var still = new float[][] {axis(0), axis(1), axis(2), axis(3)};
    var pruning = new TemporalPruning();
    assertEquals(
        List.of(),
        pruning.survivors(row(1, still), row(0, still), row(2, still), new double[] {1, 1, 1, 1}));
  }

  @Test
  void whatGoesStaysInMemoryAndWhatLastsWaits() {
    var empty = row(0, axis(0), axis(0), axis(0), axis(0));
    var shown = row(1, axis(1), axis(0), axis(0), axis(0));
    var none = zeros(4);
    assertEquals(List.of(0), cells(new TemporalPruning().survivors(shown, empty, empty, none)));
    assertEquals(List.of(0), cells(new TemporalPruning().survivors(shown, null, empty, none)));
    assertEquals(
        List.of(), new TemporalPruning().survivors(shown, empty, shown, none), "still there next");
  }

  /// A cosine of .9 to the next frame is above .8, and below .8 + .15 only for a salient token.
  @Test
  void salienceProtectsWhatIsNearlyRepeated() {
    var frame = row(1, axis(0), axis(2), axis(2), axis(2), axis(2));
    var after = row(2, at(.9), axis(2), axis(2), axis(2), axis(2));
    double[] salient = {1, 0, 0, 0, 0};
    assertEquals(List.of(), new TemporalPruning().survivors(frame, null, after, zeros(5)));
    assertEquals(List.of(0), cells(new TemporalPruning().survivors(frame, null, after, salient)));
  }

  @Test
  void whereTheSceneChangesRepetitionIsNoReasonToForget() {
    var calm = row(0, axis(0), axis(0), axis(0), axis(0));
    var nearly = row(1, at(.99), at(.99), at(.99), at(.99));
    var other = row(2, axis(2), axis(2), axis(2), axis(3));
    var pruning = new TemporalPruning();
    pruning.survivors(nearly, calm, nearly, zeros(4));
    var kept = pruning.survivors(other, nearly, other, zeros(4));
    assertEquals(4, kept.size(), "all differ from before; all are repeated after");
    assertEquals(4, pruning.survivors(other, nearly, other, zeros(4)).size(), "1 > 1.5 * .505");
    assertEquals(0, pruning.survivors(other, nearly, other, zeros(4)).size(), "1 < 1.5 * .67");
  }

  /// Sixteen tokens of mean salience .25: .15 + .25 * .25 of them are 3.4, so 4, one a quarter.
  @Test
  void selectionSpreadsOverTheQuarters() {
    double[] salience = zeros(16);
    salience[0] = 1;
    salience[1] = .9;
    salience[4] = .8;
    salience[5] = .7;
    salience[10] = .6;
    var grid = TokenGrid.of(0, 4, 4, vectors(16, new Random(1)));
    var kept = cells(new LongTerm(8).compress(grid.tokens(salience), grid, true));
    assertEquals(4, kept.size());
    assertTrue(kept.contains(0) && kept.contains(10), kept + "");
    assertEquals(4, new HashSet<>(kept.stream().map(StagesTest::quarter).toList()).size());
  }

  /// Forty-nine tokens of salience 1: .4 of them are 19.6, so 19, four a quarter and three more.
  @Test
  void selectionKeepsItsShare() {
    double[] salience = new double[49];
    Arrays.fill(salience, 1);
    var grid = TokenGrid.of(0, 7, 7, vectors(49, new Random(2)));
    assertEquals(19, new LongTerm(20).compress(grid.tokens(salience), grid, true).size());
    Arrays.fill(salience, -1);
    assertEquals(7, new LongTerm(20).compress(grid.tokens(salience), grid, true).size());
  }

  @Test
  void mergingJoinsNeighboursThatLookAlike() {
    var grid = row(3, axis(0), at(.98), axis(2), axis(2), axis(3), axis(0));
    var merged = new LongTerm(99).compress(grid.tokens(zeros(6)), grid, true);
    assertEquals(4, merged.size(), "the last looks like the first but is no neighbour");
    for (var token : merged) {
      assertEquals(1, Vectors.dot(token.vector(), token.vector()), 1e-6);
    }
    var first = merged.getFirst();
    assertEquals(Vectors.dot(first.vector(), axis(0)), Vectors.dot(first.vector(), at(.98)), 1e-6);
    var alone = List.of(grid.tokens(zeros(6)).get(2));
    assertEquals(alone, new LongTerm(99).compress(alone, grid, true));
    assertEquals(List.of(), new LongTerm(99).compress(List.of(), grid, true));
  }

  @Test
  void withoutAPriorTheLongTierMerges() {
    var grid = row(0, axis(0), axis(0), axis(1), axis(1), axis(1));
    var tokens = grid.tokens(zeros(5));
    assertEquals(2, new LongTerm(1).compress(tokens, grid, false).size());
    assertEquals(4, new LongTerm(1).compress(tokens, grid, true).size());
  }

  @Test
  void whatDoesNotPartIsNotMerged() {
    var pair = row(0, axis(0), axis(1));
    assertEquals(
        pair.tokens(zeros(2)), new LongTerm(9).compress(pair.tokens(zeros(2)), pair, true));
    var same = row(0, axis(0), axis(0), axis(0));
    assertEquals(3, new LongTerm(9).compress(same.tokens(zeros(3)), same, true).size());
  }

  /// averages: 1, .2 * .5 + .8 * 1 = .9, .2 * .85 + .8 * .9 = .89
  @Test
  void theGateComparesWithTheRunningAverage() {
    var gate = RecencyGate.ratio(.9).new State();
    assertTrue(gate.passes(1), "the first question is its own average");
    assertFalse(gate.passes(.5), ".5 < .9 * .9");
    assertTrue(gate.passes(.85), ".85 >= .9 * .89");
    var never = RecencyGate.ratio(6).new State();
    assertFalse(never.passes(1));
    assertFalse(never.passes(1.1), "even the newest share of .2 is above, at a ratio of 6");
    assertThrows(IllegalArgumentException.class, () -> RecencyGate.ratio(-1));
  }

  @Test
  void framesAreReadByHowMuchTheirRelevancesVary() {
    var retrieval = new FrameRetrieval(10, 0);
    assertEquals(9, retrieval.frames(alternating(9, 0, 1)), "no more than the count");
    assertEquals(40, retrieval.frames(alternating(40, .96, 1.04)), "cv .04");
    assertEquals(10, retrieval.frames(alternating(40, .69, 1.31)), "cv .31");
    assertEquals(25, retrieval.frames(alternating(40, .8275, 1.1725)), "cv .175, half way");
    assertEquals(36, new FrameRetrieval(10, .9).frames(alternating(40, 0, 1)), "the floor");
    assertEquals(40, retrieval.frames(zeros(40)), "nothing is relevant");
    assertThrows(IllegalArgumentException.class, () -> new FrameRetrieval(0, 0));
  }

  private static double[] alternating(int count, double low, double high) {
    double[] values = new double[count];
    Arrays.setAll(values, i -> i % 2 == 0 ? low : high);
    if (count % 2 == 1) {
      values[0] = (low + high) / 2;
    }
    return values;
  }

  @Test
  void theMostRelevantFramesAreRead() {
    var tokens = new ArrayList<VisualToken>();
    for (int frame = 0; frame < 20; frame++) {
      String word = frame == 7 || frame == 3 ? "red" : "sign";
      tokens.add(new VisualToken(frame, 0, Scenes.sees(word), 0));
    }
    var phrase = Scenes.lexicon().phrase(List.of("which", "letter", "is", "red", "now"));
    var read = new FrameRetrieval(2, 0).read(tokens, phrase);
    assertEquals(List.of(3, 7), Scenes.frames(read));
  }

  @Test
  void theGenericQuestionsFindObjectsWhateverTheyAre() {
    var lexicon = Scenes.lexicon();
    for (String letter : List.of("A", "Z")) {
      for (Ink ink : Ink.hues()) {
        var grid =
            row(
                0,
                Scenes.sees("object", "letter", letter, ink.word()),
                Scenes.sees("background", "sign", "+", ink.word()));
        assertArrayEquals(new double[] {.5, 0}, Salience.generic().of(grid, grid, lexicon), 1e-6);
        assertArrayEquals(new double[] {0, .5}, Salience.misled().of(grid, grid, lexicon), 1e-6);
        assertArrayEquals(new double[2], new Salience.None().of(grid, grid, lexicon));
        assertArrayEquals(new double[2], new Salience.Change().of(grid, grid, lexicon), 1e-6);
      }
    }
    var vocabulary = FrameStream.of(64).vocabulary();
    for (String question : Salience.generic().questions()) {
      assertTrue(vocabulary.containsAll(List.of(question.split(" "))), question);
    }
  }

  private static float[][] vectors(int count, Random random) {
    var vectors = new float[count][];
    Arrays.setAll(vectors, i -> Scenes.direction(8, random));
    return vectors;
  }

  private static int quarter(int cell) {
    return cell / 8 * 2 + cell % 4 / 2;
  }
}

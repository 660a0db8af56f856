package org.recollect.continual.replay;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.RandomStream;

class HerdingTest {

  @Test
  void beginsAtTheMeanAndBalancesIt() {
    // The mean direction is (1, 1): the diagonal is nearest, then one axis, then the other.
    float[][] features = {{1, 0}, {0, 1}, {3, 3}, {1, 0.2f}};
    var chosen = Herding.choose(features, 3);
    assertEquals(2, chosen.getFirst());
    assertEquals(3, new HashSet<>(chosen).size());
  }

  @Test
  void shorterChoiceIsTheBeginningOfALongerOne() {
    var random = RandomStream.of(4, "herding");
    float[][] features = new float[30][];
    for (int i = 0; i < features.length; i++) {
      features[i] = random.gaussians(5);
    }
    var all = Herding.choose(features, 30);
    assertEquals(30, new HashSet<>(all).size());
    assertEquals(all.subList(0, 7), Herding.choose(features, 7));
    assertEquals(30, Herding.choose(features, 99).size());
  }

  @Test
  void meanOfTheChosenIsNearerThanThatOfRandomOnes() {
    for (int seed = 0; seed < 10; seed++) {
      var random = RandomStream.of(seed, "herding");
      float[][] features = new float[60][];
      for (int i = 0; i < features.length; i++) {
        features[i] = random.gaussians(6);
        features[i][0] += 1;
      }
      double herded = distance(features, Herding.choose(features, 8));
      double drawn = 0;
      for (int draw = 0; draw < 20; draw++) {
        var some = java.util.Arrays.stream(random.indices(8, 60)).boxed().toList();
        drawn += distance(features, some) / 20;
      }
      assertTrue(herded < drawn, "seed " + seed + ": " + herded + " and " + drawn);
    }
  }

  private static double distance(float[][] features, List<Integer> chosen) {
    double squares = 0;
    for (int i = 0; i < features[0].length; i++) {
      double off = 0;
      for (float[] row : features) {
        off += row[i] / length(row) / features.length;
      }
      for (int place : chosen) {
        off -= features[place][i] / length(features[place]) / chosen.size();
      }
      squares += off * off;
    }
    return Math.sqrt(squares);
  }

  private static double length(float[] row) {
    double squares = 0;
    for (float value : row) {
      squares += value * value;
    }
    return Math.sqrt(squares);
  }
}

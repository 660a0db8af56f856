package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.lab.AverageLinkage.Merge;
import org.recollect.tensor.RandomStream;

class AverageLinkageTest {

  /// Points 0, 1, 5 and 9 on a line: 0 and 1 are joined at 1; 5 and 9 are next, at 4, because 5 is
  /// (5 + 4) / 2 = 4.5 from the first two; then (5 + 9 + 4 + 8) / 4 = 6.5.
  @Test
  void byHand() {
    var linkage = AverageLinkage.of(AverageLinkage.distances(new double[][] {{0}, {5}, {1}, {9}}));
    assertEquals(
        List.of(
            new Merge(List.of(0), List.of(2), 1),
            new Merge(List.of(1), List.of(3), 4),
            new Merge(List.of(0, 2), List.of(1, 3), 6.5)),
        linkage.merges());
    assertEquals(List.of(0, 2, 1, 3), linkage.order());
  }

  @Test
  void oneThingIsACluster() {
    var linkage = AverageLinkage.of(new double[][] {{0}});
    assertEquals(List.of(), linkage.merges());
    assertEquals(List.of(0), linkage.order());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void clustersJoinAtGrowingDistancesAndStandSideBySide(long seed) {
    var random = RandomStream.of(seed, "points");
    double[][] points = new double[9][3];
    for (double[] point : points) {
      IntStream.range(0, 3).forEach(i -> point[i] = random.nextGaussian());
    }
    var linkage = AverageLinkage.of(AverageLinkage.distances(points));
    assertEquals(8, linkage.merges().size());
    double before = 0;
    for (var merge : linkage.merges()) {
      assertTrue(merge.distance() >= before, "seed " + seed);
      before = merge.distance();
      var members = Stream.concat(merge.left().stream(), merge.right().stream()).toList();
      int from = linkage.order().indexOf(members.getFirst());
      assertEquals(members, linkage.order().subList(from, from + members.size()), "seed " + seed);
    }
    assertEquals(
        IntStream.range(0, 9).boxed().toList(), linkage.order().stream().sorted().toList());
  }

  @Test
  void refusesWhatIsNoDistance() {
    for (double[][] bad :
        List.of(
            new double[0][0],
            new double[][] {{0, 1}},
            new double[][] {{0, 1}, {2, 0}},
            new double[][] {{0, -1}, {-1, 0}})) {
      assertThrows(IllegalArgumentException.class, () -> AverageLinkage.of(bad));
    }
  }
}

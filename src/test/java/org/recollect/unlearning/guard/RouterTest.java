package org.recollect.unlearning.guard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.RandomStream;

class RouterTest {
  private static final int WIDTH = 16;

  /// Around a centre of each kind's own.
  private static List<double[]> states(int count, double centre, String name) {
    var random = RandomStream.of(1, name);
    return IntStream.range(0, count)
        .mapToObj(_ ->
            IntStream.range(0, WIDTH)
                .mapToDouble(d -> random.nextGaussian() + (d % 2 == 0 ? centre : -centre))
                .toArray())
        .toList();
  }

  @Test
  void learnsASeparableSetHoweverRareOneKindIs() {
    var router = Router.learn(states(6, 1.5, "rare"), states(300, -1.5, "common"), 1);
    for (double[] state : states(50, 1.5, "rare, tried")) {
      assertTrue(router.score(state) > 0.5, "a routed prompt scores " + router.score(state));
    }
    for (double[] state : states(50, -1.5, "common, tried")) {
      assertTrue(router.score(state) < 0.5, "another prompt scores " + router.score(state));
    }
  }

  @Test
  void oneSeedMakesOneRouter() {
    var some = states(5, 0.3, "some");
    var others = states(9, -0.3, "others");
    double score = Router.learn(some, others, 7).score(some.getFirst());
    assertEquals(score, Router.learn(some, others, 7).score(some.getFirst()));
    assertTrue(score != Router.learn(some, others, 8).score(some.getFirst()));
  }

  @Test
  void promptsOfBothKindsAreNeeded() {
    var some = states(1, 0, "some");
    assertThrows(IllegalArgumentException.class, () -> Router.learn(some, List.of(), 1));
    assertThrows(IllegalArgumentException.class, () -> Router.learn(List.of(), some, 1));
  }
}

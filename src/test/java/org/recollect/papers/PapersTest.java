package org.recollect.papers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.papers.Expectation.Better;
import org.recollect.papers.Expectation.Within;

class PapersTest {

  @ParameterizedTest
  @ValueSource(strings = {"rotatekv", "RotateKV", "rotate_kv", "rotate-vk", "rotate", "rotat-kv"})
  void anUnknownIdNamesItsNeighbour(String id) {
    var error = assertThrows(NoSuchElementException.class, () -> Papers.byId(id));
    assertTrue(error.getMessage().contains("did you mean \"rotate-kv\""), error.getMessage());
  }

  @Test
  void anIdLikeNoOtherGetsNoSuggestion() {
    var error = assertThrows(NoSuchElementException.class, () -> Papers.byId("zzzzzzzzzzzz"));
    assertFalse(error.getMessage().contains("did you mean"), error.getMessage());
    assertTrue(error.getMessage().contains("Papers.all()"), error.getMessage());
  }

  @Test
  void rotateKvIsDeclaredInFull() {
    for (Claim claim : Papers.ROTATE_KV.claims()) {
      assertTrue(claim.expectation().isPresent(), claim.id());
    }
    assertEquals(
        new Better(
            "perplexity delta",
            "grouped H, 2 bits",
            "per-head H, 2 bits",
            0,
            Map.of("outliers", "one head")),
        Papers.ROTATE_KV.claim("grouping").expectation().orElseThrow());
    assertEquals(
        new Within("perplexity delta", "rotate-kv, 2 bits", 0.3, Map.of("outliers", "none")),
        Papers.ROTATE_KV.claim("two-bit-loss").expectation().orElseThrow());
  }

  @Test
  void anUnknownClaimListsThoseThereAre() {
    var error = assertThrows(NoSuchElementException.class, () -> Papers.ROTATE_KV.claim("beauty"));
    assertTrue(error.getMessage().startsWith("RotateKV has no claim \"beauty\""));
    assertTrue(error.getMessage().contains("reordering"), error.getMessage());
  }

  @Test
  void citesThePaperAndItsNotebook() {
    assertEquals(
        """
        RotateKV: Accurate and Robust 2-Bit KV Cache Quantization for LLMs via Outlier-Aware Adaptive Rotations (2025).

        @misc{recollect-rotate-kv,
          title        = {{RotateKV}, an experiment in {Recollect}},
          year         = {2026},
          howpublished = {Jupyter notebook, notebooks/kv/rotate-kv.ipynb},
          note         = {After {RotateKV: Accurate and Robust 2-Bit KV Cache Quantization for LLMs via Outlier-Aware Adaptive Rotations} (2025)}
        }\
        """,
        Papers.ROTATE_KV.cite());
  }
}

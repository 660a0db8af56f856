package org.recollect.papers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.papers.Expectation.Better;
import org.recollect.papers.Expectation.Within;

class PapersTest {
  /// The catalogue in the order of its numbers, from 1.
  private static final List<String> IDS =
      List.of(
          """
          spherical-kv prefix-kv window-kv rotate-kv retrieval-head attention-gate seats savemem
          flexq chunkflow momentum dual-process miras hcam spatial-transformer
          key-value-bottleneck fast-slow synaptic-resonance hrvmamba memory-rewriting karma
          adaptive-note adapt-llm mbc evolvemem ama agent-memory-survey witqa memreread adaptmi
          rmm cmt inforage med-r3 agentfly evokernel gag openseeker memory-decoder remodetect
          active-learning guard-attribution shred gs-lora acu guard-generation unforgettable iau
          ssd digital-forgetting-survey refresh cotta psmt ecotta stability-gap cl-survey
          cl-llm-survey lifelong-llm-survey scole fpf cl-dst sparcl adaptive-rr view-batch adept
          mix-ratio osft mora share gere i-lora brainstacks rft-forget rapo lifelong-rft hft
          infimed ogpsa compass-ecda past api-evolution gcwm cpt-insights scilitllm
          smart-llama-dpo weak-rlvr structtuning jiuzhang skill-it sefe slm lcia lt-sft simple-cpt
          mllm-ctbench scalezero codyra fscil-tricks adapt-infinity sema duet prd igsp dphyper
          moca vr-lwf cheem fomo-in-flux chips l2m usat rwm mos dualmix onpro medical-cl uer fscl
          coda-prompt hyperinterval
          """
              .strip()
              .split("\\s+"));

  @Test
  void listsAllPapersInOrder() {
    assertEquals(IDS, Papers.all().stream().map(Paper::id).toList());
    assertEquals(
        IntStream.rangeClosed(1, 120).boxed().toList(),
        Papers.all().stream().map(Paper::number).toList());
    for (String id : IDS) {
      assertEquals(id, Papers.byId(id).id());
    }
  }

  @Test
  void everyPaperIsInItsFamily() {
    var counts = new EnumMap<Family, Integer>(Family.class);
    for (Family family : Family.values()) {
      var papers = Papers.family(family);
      papers.forEach(paper -> assertEquals(family, paper.family()));
      counts.put(family, papers.size());
    }
    assertEquals(
        Map.of(
            Family.KV, 10,
            Family.MEMORY, 10,
            Family.RETRIEVAL, 21,
            Family.CONTINUAL, 70,
            Family.UNLEARNING, 9),
        counts);
  }

  @Test
  void everySentenceIsOne() {
    for (Paper paper : Papers.all()) {
      isSentence(paper.id(), paper.problem());
      isSentence(paper.id(), paper.idea());
      for (Claim claim : paper.claims()) {
        isSentence(paper.id(), claim.statement());
      }
    }
  }

  @Test
  void noSentenceIsUsedTwice() {
    var names = new HashSet<String>();
    var seen = new HashSet<String>();
    for (Paper paper : Papers.all()) {
      assertTrue(names.add(paper.shortName()), paper.id());
      assertTrue(seen.add(paper.title()), paper.id());
      assertTrue(seen.add(paper.problem()), paper.id());
      assertTrue(seen.add(paper.idea()), paper.id());
      for (Claim claim : paper.claims()) {
        assertTrue(seen.add(claim.statement()), paper.id() + ": " + claim.id());
      }
    }
  }

  /// A figure is a number or, in these exact words, none.
  @Test
  void everyClaimHasAFigureOrSaysThatThereIsNone() {
    for (Paper paper : Papers.all()) {
      for (Claim claim : paper.claims()) {
        String figure = claim.paperFigure();
        assertTrue(
            figure.equals(Claim.NOT_STATED) || figure.matches(".*\\d.*"),
            () -> paper.id() + ": " + figure);
      }
      assertTrue(paper.claims().size() <= 3 || paper.notebook().isPresent(), paper.id());
    }
  }

  @Test
  void everyEntryRestsOnItsAbstractAtLeast() {
    var sheets =
        Set.of(
            "kv-and-memory.md",
            "retrieval.md",
            "unlearning-and-theory.md",
            "continual-language.md",
            "continual-vision-rl.md");
    for (Paper paper : Papers.all()) {
      assertTrue(sheets.contains(paper.sheet().file()), paper.id());
      assertTrue(paper.sheet().provenance().contains(Provenance.ABSTRACT), paper.id());
      assertTrue(Set.of("000", "001", "002").containsAll(paper.seeds()), paper.id());
    }
  }

  private static void isSentence(String id, String text) {
    assertTrue(text.matches("[A-Z][^\n]{20,280}\\."), () -> id + ": " + text);
    assertFalse(text.contains(". "), () -> id + ": " + text);
  }

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
    assertThrows(NoSuchElementException.class, () -> Papers.byId(null));
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

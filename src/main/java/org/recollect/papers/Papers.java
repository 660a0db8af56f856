package org.recollect.papers;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// The 120 papers, by number, by id and by family.
public final class Papers {
  private static final List<Paper> ALL = Catalogue.read();
  private static final Map<String, Paper> BY_ID = index(ALL);

  /// PrefixKV: the same share of attention mass in every layer.
  public static final Paper PREFIX_KV = byId("prefix-kv");

  /// SPHERICAL KV: keys as directions, tokens and bits from one budget.
  public static final Paper SPHERICAL_KV = byId("spherical-kv");

  /// RotateKV: a 2-bit cache by outlier-aware rotations.
  public static final Paper ROTATE_KV = byId("rotate-kv");

  /// FlexQ: six-bit weights and activations, multiplied bit plane by bit plane.
  public static final Paper FLEXQ = byId("flexq");

  /// Attention-Gate: learned gates that decide which tokens of a prompt enter the cache.
  public static final Paper ATTENTION_GATE = byId("attention-gate");

  /// Retrieval Head: the few heads that copy facts from an arbitrary place of the context.
  public static final Paper RETRIEVAL_HEAD = byId("retrieval-head");

  /// SEATS: pictures and sound thinned in stages.
  public static final Paper SEATS = byId("seats");

  /// SAVEMem: a memory of a video stream that generic questions thin out.
  public static final Paper SAVEMEM = byId("savemem");

  /// ChunkFlow: training on long texts chunk by chunk.
  public static final Paper CHUNKFLOW = byId("chunkflow");

  /// WindowKV: windows of neighbours, chosen once for a group of layers.
  public static final Paper WINDOW_KV = byId("window-kv");

  /// The survey of digital forgetting: where methods act, and what they promise.
  public static final Paper DIGITAL_FORGETTING = byId("digital-forgetting-survey");

  /// GUARD by data attribution: items on which the rest depends are forgotten more gently.
  public static final Paper GUARD_ATTRIBUTION = byId("guard-attribution");

  /// SHRED: a model teaches itself its own predictions without those to be forgotten.
  public static final Paper SHRED = byId("shred");

  /// SSD: unlearning by shrinking what matters to the forgotten.
  public static final Paper SSD = byId("ssd");

  /// IAU: unlearning by one learning step on the opposite gradient.
  public static final Paper IAU = byId("iau");

  /// GS-LoRA++: requests to forget, one after the other, in few blocks.
  public static final Paper GS_LORA = byId("gs-lora");

  /// GUARD at generation time: a router, forbidden words and a search around them.
  public static final Paper GUARD_GENERATION = byId("guard-generation");

  /// ACU: samples are subtracted from a classifier in closed form.
  public static final Paper ACU = byId("acu");

  /// Unforgettable generalisation: random labels, and how far forgetting by them reaches.
  public static final Paper UNFORGETTABLE = byId("unforgettable");

  /// Adaptive-Note: one note, and a search for what it lacks.
  public static final Paper ADAPTIVE_NOTE = byId("adaptive-note");

  /// Memory Decoder: a small model that says what a look-up would.
  public static final Paper MEMORY_DECODER = byId("memory-decoder");

  /// GeRe: a few general samples throughout, and what the base made of them.
  public static final Paper GERE = byId("gere");

  /// The stability gap: what happens to old tasks right after a switch.
  public static final Paper STABILITY_GAP = byId("stability-gap");

  /// OSFT, after "Sculpting Subspaces".
  public static final Paper OSFT = byId("osft");

  /// OGPSA.
  public static final Paper OGPSA = byId("ogpsa");

  /// MoRA: ranks that choose themselves.
  public static final Paper MORA = byId("mora");

  /// ADEPT: copies of the layers that general text needs least.
  public static final Paper ADEPT = byId("adept");

  private Papers() {}

  /// Every paper, by number.
  public static List<Paper> all() {
    return ALL;
  }

  /// The papers of one family, by number.
  public static List<Paper> family(Family family) {
    return ALL.stream().filter(paper -> paper.family() == family).toList();
  }

  /// The paper with this id, such as `rotate-kv`.
  ///
  /// @throws NoSuchElementException when there is none; the message names those that look alike
  public static Paper byId(String id) {
    Paper paper = id == null ? null : BY_ID.get(id);
    if (paper == null) {
      throw new NoSuchElementException(
          "No paper has the id \"%s\"%s; Papers.all() lists all %d."
              .formatted(id, suggestion(id), ALL.size()));
    }
    return paper;
  }

  private static Map<String, Paper> index(List<Paper> papers) {
    var byId = new HashMap<String, Paper>();
    papers.forEach(paper -> byId.put(paper.id(), paper));
    return Map.copyOf(byId);
  }

  private static String suggestion(String id) {
    String wanted = letters(id == null ? "" : id);
    String near =
        ALL.stream()
            .filter(paper -> distance(wanted, paper) <= Math.max(2, wanted.length() / 3))
            .sorted(Comparator.comparingInt(paper -> distance(wanted, paper)))
            .limit(3)
            .map(paper -> '"' + paper.id() + '"')
            .collect(Collectors.joining(" or "));
    return near.isEmpty() ? "" : " (did you mean " + near + "?)";
  }

  /// How far a wanted name is from a paper's id or short name, whichever is closer; a name that
  /// contains the other is one step away.
  private static int distance(String wanted, Paper paper) {
    return Stream.of(paper.id(), paper.shortName())
        .map(Papers::letters)
        .mapToInt(name ->
            wanted.length() > 2 && !name.equals(wanted) && name.contains(wanted)
                ? 1
                : edits(wanted, name))
        .min()
        .orElseThrow();
  }

  private static String letters(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
  }

  /// Levenshtein's distance: the least number of insertions, deletions and substitutions.
  private static int edits(String from, String to) {
    int[] row = IntStream.rangeClosed(0, to.length()).toArray();
    for (int i = 1; i <= from.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= to.length(); j++) {
        int substituted = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(substituted, 1 + Math.min(row[j], row[j - 1]));
      }
    }
    return row[to.length()];
  }
}

package org.recollect.kv.omni;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// SEATS ("Stage-adaptive Token Selection for Efficient Omni-modal LLMs", 2026).
///
/// Pictures and sound are most of a prompt, and the deeper the layer, the less it needs them. So
/// they are thinned in stages: before the model by what is unlike the rest, inside it by what the
/// question attends to, and near its end altogether. Nothing is trained.
///
/// - *Stage I, before the first layer*: per modality, in windows of 2 pictures or the sound that
///   goes with them, greedy max-min selection ([DiverseTokens]) by `D(i, j) = a(j) (1 - cos(x(i),
///   x(j)))`, where `a(j)` is what token `j` receives in the encoder's last block, mean of its
///   queries. `round(ρ N)` tokens of a window of `N` stay, at least one (inferred), with `ρ =
///   min(1, 1.4 target)`.
/// - *Schedule*: after layers 16, 18 and 20 of 28 tokens are dropped, after 23 all that are left.
///   In a model of another depth these are the nearest layers, each once: 3 and 4, and 5, of 6
///   (inferred). How many go at each is found by bisection, such that the average over the layers
///   is the target, per modality ([RetentionSchedule]).
/// - *Stage II, at a drop point*: the relevance of a token is the attention of the last word, in
///   the layer just passed, softmax over all tokens that are left, mean of the heads. Windows, here
///   a picture and its sound, get budgets by it ([WindowBudgets]), and the most relevant stay.
/// - *Stage III*: behind the removal only text is left.
/// - A token that is dropped leaves the hidden states and the cache of all layers; the positions of
///   the others stay.
///
/// @param attention whether stage I weighs distances by the encoder's attention
/// @param span pictures in a window of stage I; 2 in the paper, 0 for all
/// @param enlargement `ρ / target`; 1.4 in the paper, 0 for no stage I
/// @param points after how many layers tokens are dropped
/// @param removal after how many layers the rest is removed; 0 for never
/// @param sharing how the tokens of a drop point are shared out
public record Seats(
    String name,
    boolean attention,
    int span,
    double enlargement,
    List<Integer> points,
    int removal,
    Sharing sharing)
    implements TokenSelection {

  private static final double PAPER_LAYERS = 28;
  private static final int[] PAPER_POINTS = {16, 18, 20};
  private static final int PAPER_REMOVAL = 23;

  /// How the tokens that are kept at a drop point are shared out.
  public enum Sharing {
    /// By the relevance of windows.
    RELEVANCE,
    /// To all windows alike.
    UNIFORM,
    /// Not to windows at all: each modality keeps its scheduled number, wherever they stand.
    MODALITY
  }

  public Seats {
    points = List.copyOf(points);
    if (span < 0 || !(enlargement >= 0) || removal < 0) {
      throw new IllegalArgumentException(
          "A span, an enlargement and a removal are 0 or more; got %d, %s and %d."
              .formatted(span, enlargement, removal));
    }
  }

  /// The complete method for a model of so many layers, at least 4.
  public static Seats of(int layers) {
    if (layers < 4) {
      throw new IllegalArgumentException(
          "Stages need room: take a model of at least 4 layers, not %d.".formatted(layers));
    }
    int removal = (int) Math.round(PAPER_REMOVAL * layers / PAPER_LAYERS);
    var points =
        IntStream.of(PAPER_POINTS)
            .map(point -> (int) Math.round(point * layers / PAPER_LAYERS))
            .filter(point -> point < removal)
            .distinct()
            .boxed()
            .toList();
    return new Seats("SEATS", true, 2, 1.4, points, removal, Sharing.RELEVANCE);
  }

  /// Selection before the model alone, of as many tokens as the target says.
  public Seats onlyBefore() {
    return new Seats("stage I only", attention, span, 1, List.of(), 0, sharing);
  }

  /// Selection inside the model alone, and the removal. Where the layers before the first drop
  /// point take more than the target allows, the average comes out above it.
  public Seats onlyInside() {
    return new Seats("stage II only", attention, span, 0, points, removal, sharing);
  }

  /// The method with its stages at other places.
  ///
  /// @param enlargement of the target before the first layer; it must leave room for what the later
  ///   stages drop
  public Seats placed(String name, double enlargement, List<Integer> points, int removal) {
    return new Seats(name, attention, span, enlargement, points, removal, sharing);
  }

  /// Without stage III: what is left behind the last drop point stays to the end.
  public Seats withoutRemoval() {
    return new Seats("stages I and II", attention, span, enlargement, points, 0, sharing);
  }

  /// Every window gets as many tokens as any other at a drop point.
  public Seats uniformWindows() {
    return new Seats(
        "uniform windows", attention, span, enlargement, points, removal, Sharing.UNIFORM);
  }

  /// Each modality keeps its scheduled number at a drop point, and windows play no part.
  public Seats fixedRatios() {
    return new Seats(
        "fixed ratios", attention, span, enlargement, points, removal, Sharing.MODALITY);
  }

  /// Selection before the model alone, by distance alone, among all tokens of a modality: DivPrune
  /// (Alvar et al., "DivPrune: Diversity-based Visual Token Pruning for Large Multimodal Models",
  /// 2025).
  public Seats onlyDiversity() {
    return new Seats("diversity only", false, 0, 1, List.of(), 0, sharing);
  }

  @Override
  public int[] keep(Stage stage) {
    if (stage.executed() == 0) {
      return enlargement == 0 ? all(stage) : withText(stage, before(stage));
    }
    if (stage.executed() == removal) {
      return withText(stage, new int[0]);
    }
    int point = points.indexOf(stage.executed());
    return point < 0 ? all(stage) : withText(stage, inside(stage, point));
  }

  /// Stage I.
  private int[] before(Stage stage) {
    float[][] vectors = stage.vectors().get();
    var kept = IntStream.builder();
    for (var modality : List.of(Modality.VIDEO, Modality.AUDIO)) {
      for (int[] window : windows(stage.whole(), modality)) {
        int count = entering(stage, modality, window.length);
        if (count < window.length) {
          double[] weights =
              Arrays.stream(window)
                  .mapToDouble(i -> attention ? stage.attention()[i] : 1)
                  .toArray();
          float[][] members =
              Arrays.stream(window).mapToObj(i -> vectors[i]).toArray(float[][]::new);
          stage.meter().flop(2.0 * window.length * window.length * vectors[0].length);
          for (int chosen : DiverseTokens.choose(members, weights, count)) {
            kept.add(window[chosen]);
          }
        } else {
          Arrays.stream(window).forEach(kept);
        }
      }
    }
    return kept.build().toArray();
  }

  /// Stage II.
  private int[] inside(Stage stage, int point) {
    var budgets = new WindowBudgets(stage.present(), stage.relevance().get());
    return budgets.keep(
        scheduled(stage, Modality.VIDEO, point), scheduled(stage, Modality.AUDIO, point), sharing);
  }

  /// How many tokens of a modality are left behind a drop point.
  private int scheduled(Stage stage, Modality modality, int point) {
    int all = stage.whole().count(modality);
    if (all == 0) {
      return 0;
    }
    int entered =
        windows(stage.whole(), modality).stream()
            .mapToInt(window -> entering(stage, modality, window.length))
            .sum();
    var schedule =
        new RetentionSchedule(stage.layers(), points, removal == 0 ? stage.layers() : removal);
    double target = ModalityShares.of(stage.retention(), stage.whole()).of(modality);
    double[] shares = schedule.shares((double) entered / all, target);
    return (int) Math.round(shares[point + 1] * all);
  }

  /// How many of a window's tokens enter the model.
  private int entering(Stage stage, Modality modality, int tokens) {
    double target = ModalityShares.of(stage.retention(), stage.whole()).of(modality);
    double share = enlargement == 0 ? 1 : Math.min(1, enlargement * target);
    return (int) Math.max(1, Math.round(share * tokens));
  }

  /// The windows of stage I that have tokens of a modality.
  private List<int[]> windows(Layout layout, Modality modality) {
    int step = span == 0 ? Math.max(1, layout.windowCount()) : span;
    return IntStream.iterate(0, from -> from < layout.windowCount(), from -> from + step)
        .mapToObj(from -> layout.of(modality, from, from + step))
        .filter(window -> window.length > 0)
        .toList();
  }

  private static int[] all(Stage stage) {
    return IntStream.range(0, stage.present().tokens()).toArray();
  }

  private static int[] withText(Stage stage, int[] media) {
    return IntStream.concat(Arrays.stream(stage.present().of(Modality.TEXT)), Arrays.stream(media))
        .sorted()
        .toArray();
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "attention", attention,
        "span", span,
        "enlargement", enlargement,
        "points", points,
        "removal", removal,
        "sharing", sharing);
  }
}

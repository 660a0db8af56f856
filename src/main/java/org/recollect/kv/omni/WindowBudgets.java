package org.recollect.kv.omni;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.recollect.kv.omni.Seats.Sharing;

/// Shares a number of tokens out to windows of time, and within each to its patches and tones, by
/// what the last word of the question finds relevant (SEATS, stage II).
///
/// With `v(w)` and `a(w)` for the mean relevance of a window's patches and tones, `Wv = softmax(v /
/// .1)` and `Wa = softmax(a / .1)` over the windows, a window's budget is `(Wv + Wa) / 2` of the
/// total, rounded, at least 1 and at most its tokens; single tokens are then given or taken until
/// the total is exact. Of a budget, the patches get the share `Wv V / (Wv V + Wa A)`, where `V` and
/// `A` are the scheduled numbers of both, but from 2 on at least one of each that is present. In
/// both the most relevant stay. Which window gives or takes is inferred: the one furthest from its
/// due; so is that windows get nothing where there are more of them than tokens to keep.
final class WindowBudgets {

  private static final double TEMPERATURE = .1;

  private final Layout present;
  private final double[] relevance;
  private final int windows;

  /// @param present the tokens that are left
  /// @param relevance of each `[tokens]`
  WindowBudgets(Layout present, double[] relevance) {
    this.present = present;
    this.relevance = relevance;
    this.windows = present.windowCount();
  }

  /// The patches and tones to keep, ascending: `video + audio` of them, or all if there are fewer.
  int[] keep(int video, int audio, Sharing sharing) {
    if (sharing == Sharing.MODALITY) {
      return IntStream.concat(
              top(present.of(Modality.VIDEO), video), top(present.of(Modality.AUDIO), audio))
          .sorted()
          .toArray();
    }
    boolean uniform = sharing == Sharing.UNIFORM;
    double[] videoWeights = weights(Modality.VIDEO, uniform);
    double[] audioWeights = weights(Modality.AUDIO, uniform);
    int[] budgets = budgets(videoWeights, audioWeights, video + audio);
    var kept = IntStream.builder();
    for (int window = 0; window < windows; window++) {
      int[] patches = present.of(Modality.VIDEO, window, window + 1);
      int[] tones = present.of(Modality.AUDIO, window, window + 1);
      double forVideo = videoWeights[window] * video;
      double both = forVideo + audioWeights[window] * audio;
      int seen =
          split(budgets[window], both == 0 ? .5 : forVideo / both, patches.length, tones.length);
      top(patches, seen).forEach(kept);
      top(tones, budgets[window] - seen).forEach(kept);
    }
    return kept.build().sorted().toArray();
  }

  /// How many of a window's budget are patches.
  private static int split(int budget, double share, int patches, int tones) {
    int spare = budget > 1 ? 1 : 0;
    int least = Math.max(budget - tones, Math.min(spare, patches));
    int most = Math.min(patches, budget - Math.min(spare, tones));
    return (int) Math.clamp(Math.round(share * budget), least, most);
  }

  /// `[windows]`
  private int[] budgets(double[] videoWeights, double[] audioWeights, int total) {
    int[] sizes =
        IntStream.range(0, windows)
            .map(w ->
                present.of(Modality.VIDEO, w, w + 1).length
                    + present.of(Modality.AUDIO, w, w + 1).length)
            .toArray();
    double sum = Arrays.stream(videoWeights).sum() + Arrays.stream(audioWeights).sum();
    double[] due = new double[windows];
    int[] budgets = new int[windows];
    for (int w = 0; w < windows; w++) {
      due[w] = (videoWeights[w] + audioWeights[w]) / sum * total;
      budgets[w] = (int) Math.clamp(Math.round(due[w]), Math.min(1, sizes[w]), sizes[w]);
    }
    int missing = Math.min(total, Arrays.stream(sizes).sum()) - Arrays.stream(budgets).sum();
    for (; missing > 0; missing--) {
      budgets[furthest(w -> budgets[w] < sizes[w] ? due[w] - budgets[w] : -1e9)]++;
    }
    for (; missing < 0; missing++) {
      // A window gives its last token only when no other has more than one.
      budgets[
          furthest(
              w -> budgets[w] > 0 ? budgets[w] - due[w] - (budgets[w] > 1 ? 0 : 1e6) : -1e9)]--;
    }
    return budgets;
  }

  private int furthest(IntToDoubleFunction distance) {
    int best = 0;
    for (int w = 1; w < windows; w++) {
      if (distance.applyAsDouble(w) > distance.applyAsDouble(best)) {
        best = w;
      }
    }
    return best;
  }

  /// The softmax over the windows that have tokens of a modality, 0 for the others.
  private double[] weights(Modality modality, boolean uniform) {
    double[] weights = new double[windows];
    for (int window = 0; window < windows; window++) {
      int[] tokens = present.of(modality, window, window + 1);
      double mean = Arrays.stream(tokens).mapToDouble(i -> relevance[i]).average().orElse(0);
      weights[window] = tokens.length == 0 ? 0 : uniform ? 1 : Math.exp(mean / TEMPERATURE);
    }
    double sum = Arrays.stream(weights).sum();
    return sum == 0 ? weights : Arrays.stream(weights).map(weight -> weight / sum).toArray();
  }

  /// The most relevant of some tokens; of equals the first.
  private IntStream top(int[] tokens, int count) {
    return Arrays.stream(tokens)
        .boxed()
        .sorted(Comparator.comparingDouble(token -> -relevance[token]))
        .limit(count)
        .mapToInt(Integer::intValue);
  }
}

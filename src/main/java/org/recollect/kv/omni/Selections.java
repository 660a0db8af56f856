package org.recollect.kv.omni;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/// What [Seats] is compared with.
public final class Selections {

  private Selections() {}

  /// Every token in every layer.
  public static TokenSelection all() {
    return new All();
  }

  /// Tokens chosen by chance before the model, of each modality as many as SEATS keeps on average.
  public static TokenSelection random() {
    return new Random();
  }

  /// FastV (Chen et al., "An Image is Worth 1/2 Tokens After Layer 2", 2024): behind layer 2, the
  /// tokens that the last word attends to most in that layer. The share that is kept there is the
  /// target's, so that its average over the layers is above the target.
  public static TokenSelection fastV() {
    return new FastV(2);
  }

  /// VisionZip (Yang et al., 2024): before the model, what the encoder attends to most stays, and
  /// the rest is merged into a few tokens.
  public static TokenSelection visionZip() {
    return new VisionZip();
  }

  /// No token of some modalities behind a layer: how long the model needs them.
  public static TokenSelection without(String name, Modality... modalities) {
    return new Removal(name, List.of(modalities), -1);
  }

  /// Text alone behind a layer.
  ///
  /// @param layer from how many layers on, 0 for none
  public static TokenSelection textOnlyAfter(int layer) {
    return new Removal(
        "text only after layer " + layer, List.of(Modality.VIDEO, Modality.AUDIO), layer);
  }

  private record All() implements TokenSelection {
    @Override
    public String name() {
      return "all tokens";
    }

    @Override
    public int[] keep(Stage stage) {
      return everything(stage);
    }

    @Override
    public boolean ignores(String setting) {
      return true;
    }
  }

  private record Random() implements TokenSelection {
    @Override
    public String name() {
      return "random";
    }

    @Override
    public int[] keep(Stage stage) {
      if (stage.executed() > 0) {
        return everything(stage);
      }
      var targets = ModalityShares.of(stage.retention(), stage.whole());
      var kept = IntStream.builder();
      for (var modality : Modality.values()) {
        int[] tokens = stage.present().of(modality);
        int count = (int) Math.round(targets.of(modality) * tokens.length);
        Arrays.stream(stage.random().indices(count, tokens.length))
            .forEach(i -> kept.add(tokens[i]));
      }
      return kept.build().sorted().toArray();
    }
  }

  /// @param layer behind which tokens are dropped
  private record FastV(int layer) implements TokenSelection {
    @Override
    public String name() {
      return "FastV";
    }

    @Override
    public int[] keep(Stage stage) {
      if (stage.executed() != layer) {
        return everything(stage);
      }
      var layout = stage.present();
      double[] relevance = stage.relevance().get();
      int media = layout.tokens() - layout.count(Modality.TEXT);
      var best =
          IntStream.range(0, layout.tokens())
              .filter(token -> !layout.isText(token))
              .boxed()
              .sorted(Comparator.comparingDouble(token -> -relevance[token]))
              .limit(Math.round(stage.retention() * media))
              .mapToInt(Integer::intValue);
      return IntStream.concat(best, Arrays.stream(layout.of(Modality.TEXT))).sorted().toArray();
    }
  }

  /// @param layer after which the modalities are removed; below 0 for the one of the setting
  private record Removal(String name, List<Modality> modalities, int layer)
      implements TokenSelection {
    @Override
    public int[] keep(Stage stage) {
      int last = layer < 0 ? stage.settings().integer(Stage.LAYER) : layer;
      if (stage.executed() != last) {
        return everything(stage);
      }
      return IntStream.range(0, stage.present().tokens())
          .filter(token -> !modalities.contains(stage.present().modalities().get(token)))
          .toArray();
    }

    @Override
    public boolean ignores(String setting) {
      return layer >= 0 || setting.equals(Stage.RETENTION);
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of("modalities", modalities, "layer", layer);
    }
  }

  private static int[] everything(Stage stage) {
    return IntStream.range(0, stage.present().tokens()).toArray();
  }
}

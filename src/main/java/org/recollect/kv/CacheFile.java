package org.recollect.kv;

import ai.djl.ndarray.NDArray;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.kernel.PageFormat;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.lab.Fingerprint;
import org.recollect.model.ModelConfig;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Safetensors;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A compressed cache as a safetensors file: the pages byte for byte as they lie in memory, the
/// positions of their tokens, and as text what they are.
///
/// | array | |
/// |---|---|
/// | `layers.0.lanes.1.blocks.2.keys`, `.values` | U8, the page |
/// | `.positions` | I64 `[tokens]` |
/// | `.importance` | F32 `[tokens]`, empty unless tokens compete while decoding |
///
/// | text | |
/// |---|---|
/// | `policy` | fingerprint of the policy, what it has learned included, and of the model's shape |
/// | `position` | tokens seen |
/// | `layers.0` | how many lanes |
/// | `layers.0.lanes.1` | tokens kept of how many, hole and number of blocks |
/// | `layers.0.lanes.1.blocks.2` | tier and capacity |
final class CacheFile {

  /// Positions are tabulated below this, and no page is longer.
  private static final int MOST = 1 << 24;

  private CacheFile() {}

  static void write(
      Policy policy, ModelConfig config, int position, List<List<Lane.State>> layers, Path file) {
    var arrays = new LinkedHashMap<String, NDArray>();
    var text = new LinkedHashMap<String, String>();
    text.put("policy", identity(policy, config));
    text.put("position", Integer.toString(position));
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      for (int l = 0; l < layers.size(); l++) {
        var lanes = layers.get(l);
        text.put("layers." + l, Integer.toString(lanes.size()));
        for (int i = 0; i < lanes.size(); i++) {
          var lane = lanes.get(i);
          String name = "layers.%d.lanes.%d".formatted(l, i);
          text.put(
              name,
              "%d %d %d %d"
                  .formatted(lane.kept(), lane.prompt(), lane.hole(), lane.blocks().size()));
          for (int b = 0; b < lane.blocks().size(); b++) {
            var block = lane.blocks().get(b);
            String prefix = name + ".blocks." + b;
            text.put(prefix, block.tier() + " " + block.capacity());
            arrays.put(prefix + ".keys", Memory.ofBytes(manager, block.keys()));
            arrays.put(prefix + ".values", Memory.ofBytes(manager, block.values()));
            arrays.put(prefix + ".positions", Memory.ofInts(manager, block.positions()));
            arrays.put(prefix + ".importance", Memory.ofFloats(manager, block.importance()));
          }
        }
      }
      try (var weights = Weights.of(arrays)) {
        Safetensors.write(file, weights, Dtype.F32, text);
      }
    }
  }

  static KvCache read(Policy policy, ModelConfig config, Path file) {
    var source = new Source(file, Safetensors.metadata(file));
    if (!identity(policy, config).equals(source.text.get("policy"))) {
      throw new IllegalArgumentException(
          "%s was not written by '%s' as it is here, for a model of this shape: read it with the policy that wrote it, fitted to the same texts."
              .formatted(file, policy.name()));
    }
    int position = source.numbers("position", 1)[0];
    try (var arrays = Safetensors.read(file)) {
      var layers =
          IntStream.range(0, config.layers())
              .mapToObj(layer -> source.lanes(layer, position, policy, config, arrays))
              .toList();
      return KvCache.restored(policy, config, position, layers);
    }
  }

  /// A file's text.
  private record Source(Path file, Map<String, String> text) {

    List<Lane.State> lanes(
        int layer, int position, Policy policy, ModelConfig config, Weights arrays) {
      int expected = config.kvHeads() / policy.headsOfLane(policy.formats(layer, config));
      if (numbers("layers." + layer, 1)[0] != expected) {
        throw malformed("layers." + layer);
      }
      var lanes = new ArrayList<Lane.State>();
      for (int lane = 0; lane < expected; lane++) {
        String name = "layers.%d.lanes.%d".formatted(layer, lane);
        int[] numbers = numbers(name, 4);
        if (numbers[1] < 1) {
          throw malformed(name);
        }
        var blocks = new ArrayList<Block.State>();
        for (int b = 0; b < numbers[3]; b++) {
          int tiers = policy.formats(layer, config).getFirst().tiers();
          blocks.add(block(name + ".blocks." + b, position, tiers, arrays));
        }
        lanes.add(new Lane.State(numbers[0], numbers[1], numbers[2], blocks));
      }
      return lanes;
    }

    private Block.State block(String name, int position, int tiers, Weights arrays) {
      int[] numbers = numbers(name, 2);
      int[] positions =
          Arrays.stream(Memory.toLongs(arrays.get(name + ".positions")))
              .mapToInt(Math::toIntExact)
              .toArray();
      boolean inside = Arrays.stream(positions).allMatch(p -> p >= 0 && p < position);
      if (numbers[0] < Block.UNCODED
          || numbers[0] >= tiers
          || numbers[1] < positions.length
          || numbers[1] > arrays.get(name + ".keys").size()
          || !inside) {
        throw malformed(name);
      }
      float[] importance = Memory.toFloats(arrays.get(name + ".importance"));
      if (importance.length != 0 && importance.length != positions.length) {
        throw malformed(name);
      }
      return new Block.State(
          numbers[0],
          numbers[1],
          Memory.view(arrays.get(name + ".keys")),
          Memory.view(arrays.get(name + ".values")),
          positions,
          importance);
    }

    int[] numbers(String key, int count) {
      try {
        int[] numbers =
            Arrays.stream(text.getOrDefault(key, "").split(" "))
                .mapToInt(Integer::parseInt)
                .toArray();
        if (numbers.length == count
            && Arrays.stream(numbers).allMatch(number -> number >= -1 && number <= MOST)) {
          return numbers;
        }
      } catch (NumberFormatException refused) {
        throw malformed(key);
      }
      throw malformed(key);
    }

    private IllegalArgumentException malformed(String key) {
      return new IllegalArgumentException(
          "%s is no cache that was saved here: its '%s' is missing or wrong; save it again."
              .formatted(file, key));
    }
  }

  /// What decides how pages are to be read.
  private static String identity(Policy policy, ModelConfig config) {
    return Fingerprint.of(
        policy.configuration(),
        config,
        IntStream.range(0, config.layers())
            .mapToObj(
                layer -> policy.formats(layer, config).stream().map(each -> content(each)).toList())
            .toList());
  }

  private static List<Object> content(LayerFormat format) {
    int[] order = format.keyBasis().order();
    return List.of(
        format.turned(),
        format.headsTogether(),
        format.recent(),
        order == null ? "in order" : Arrays.toString(order),
        IntStream.range(0, format.tiers()).mapToObj(tier -> content(format.keys(tier))).toList(),
        content(format.values()));
  }

  private static String content(PageFormat format) {
    return format instanceof Book book
        ? "book %d %d %d %b %s"
            .formatted(
                book.book().dimensions(),
                book.radiusChannels(),
                book.radiusBits(),
                book.keepsLength(),
                Arrays.toString(book.book().points()))
        : format.toString();
  }
}

package org.recollect.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.recollect.model.ModelConfig;
import org.recollect.model.Prompt;
import org.recollect.model.Prompt.Activation;

/// What is remembered of a text that is read in pieces, so that a scorer can choose among its
/// tokens later: the attention that each has received, the last queries, and the largest entries of
/// the stream. Mutable.
///
/// It takes four bytes a token, layer and query head, beside the cache and not counted with it: a
/// scorer that looks at the last queries only needs none of them.
final class Evidence implements KvCache.Witness {

  private final ModelConfig config;
  private final int window;
  private final List<Layer> layers = new ArrayList<>();
  private int length;

  /// One layer's. Mutable.
  private static final class Layer {
    /// Attention received by each token, `[heads][capacity]`.
    final float[][] received;

    /// The last queries, before RoPE, each `[heads][headDim]`; the newest last.
    final ArrayList<float[]> queries = new ArrayList<>();

    List<Activation> massive = List.of();

    Layer(int heads) {
      received = new float[heads][0];
    }
  }

  /// @param window queries to remember
  Evidence(ModelConfig config, int window) {
    this.config = config;
    this.window = window;
    for (int layer = 0; layer < config.layers(); layer++) {
      layers.add(new Layer(config.heads()));
    }
  }

  /// Takes in a text that was read at once.
  void read(Prompt prompt) {
    reach(prompt.length());
    for (int l = 0; l < layers.size(); l++) {
      var read = prompt.layer(l);
      for (int head = 0; head < config.heads(); head++) {
        System.arraycopy(
            read.columnSums(),
            head * prompt.length(),
            layers.get(l).received[head],
            0,
            prompt.length());
      }
      remember(l, read.queries(), prompt.length());
      layers.get(l).massive = read.massive();
    }
  }

  /// Takes in one layer of a further piece of text.
  ///
  /// @param position of its first token
  /// @param queries before RoPE `[heads][tokens][headDim]`
  /// @param seen what is held, the piece included
  /// @param massive the largest entries of the stream, of tokens counted from the piece's first
  void read(int layer, int position, float[] queries, Unpacked seen, List<Activation> massive) {
    int headDim = config.headDim();
    int tokens = queries.length / config.heads() / headDim;
    reach(position + tokens);
    var known = layers.get(layer);
    for (int head = 0; head < config.heads(); head++) {
      for (int token = 0; token < tokens; token++) {
        int from = (head * tokens + token) * headDim;
        float[] query = Arrays.copyOfRange(queries, from, from + headDim);
        seen.attend(head, query, position + token, known.received[head], 0);
      }
    }
    remember(layer, queries, tokens);
    var all = new ArrayList<>(known.massive);
    for (var entry : massive) {
      all.add(new Activation(position + entry.token(), entry.channel(), entry.value()));
    }
    all.sort(Comparator.comparingDouble(entry -> -Math.abs(entry.value())));
    known.massive = List.copyOf(all.subList(0, Math.max(known.massive.size(), massive.size())));
  }

  /// Takes in the last queries of a piece, `[heads][tokens][headDim]`.
  private void remember(int layer, float[] queries, int tokens) {
    int headDim = config.headDim();
    for (int token = Math.max(0, tokens - window); token < tokens; token++) {
      float[] query = new float[config.heads() * headDim];
      for (int head = 0; head < config.heads(); head++) {
        System.arraycopy(
            queries, (head * tokens + token) * headDim, query, head * headDim, headDim);
      }
      asked(layer, query);
    }
  }

  @Override
  public void asked(int layer, float[] queries) {
    var last = layers.get(layer).queries;
    last.add(queries.clone());
    if (last.size() > window) {
      last.removeFirst();
    }
  }

  @Override
  public void attended(int layer, int firstHead, int[] positions, float[] received) {
    reach(Arrays.stream(positions).max().orElse(0) + 1);
    int queryHeads = received.length / positions.length * config.groupSize();
    for (int i = 0; i < queryHeads; i++) {
      float[] sums = layers.get(layer).received[firstHead * config.groupSize() + i];
      int row = i / config.groupSize() * positions.length;
      for (int t = 0; t < positions.length; t++) {
        // The kernel adds up the queries that share a key; scorers take their mean.
        sums[positions[t]] += received[row + t] / config.groupSize();
      }
    }
  }

  /// Makes room for so many tokens.
  private void reach(int tokens) {
    length = Math.max(length, tokens);
    for (var layer : layers) {
      for (int head = 0; head < config.heads(); head++) {
        if (layer.received[head].length < length) {
          int larger = Math.max(length, 2 * layer.received[head].length);
          layer.received[head] = Arrays.copyOf(layer.received[head], larger);
        }
      }
    }
  }

  /// The text so far as a scorer sees it. Tokens that are gone have keys and values of zero; the
  /// inputs of the layers, and queries but the last, are not known any more.
  ///
  /// @param held what is there, by layer
  Prompt prompt(int[] tokens, List<Unpacked> held) {
    var read = new ArrayList<Prompt.Layer>();
    for (int layer = 0; layer < layers.size(); layer++) {
      read.add(layer(layers.get(layer), tokens.length, held.get(layer)));
    }
    return new Prompt(config, tokens, layers.getFirst().queries.size(), read, new float[0]);
  }

  private Prompt.Layer layer(Layer known, int length, Unpacked held) {
    int headDim = config.headDim();
    float[] keys = new float[config.kvHeads() * length * headDim];
    float[] values = new float[keys.length];
    for (int h = 0; h < config.kvHeads(); h++) {
      var head = held.heads().get(h);
      for (int i = 0; i < head.positions().length; i++) {
        int to = (h * length + head.positions()[i]) * headDim;
        System.arraycopy(head.keys(), i * headDim, keys, to, headDim);
        System.arraycopy(head.values(), i * headDim, values, to, headDim);
      }
    }
    int asked = known.queries.size();
    float[] queries = new float[config.heads() * asked * headDim];
    float[] sums = new float[config.heads() * length];
    float[] rows = new float[config.heads() * asked * length];
    int[] argmax = new int[config.heads()];
    for (int head = 0; head < config.heads(); head++) {
      System.arraycopy(known.received[head], 0, sums, head * length, length);
      for (int i = 0; i < asked; i++) {
        int from = head * headDim;
        float[] query = Arrays.copyOfRange(known.queries.get(i), from, from + headDim);
        System.arraycopy(query, 0, queries, (head * asked + i) * headDim, headDim);
        held.attend(head, query, length - asked + i, rows, (head * asked + i) * length);
      }
      argmax[head] = largest(rows, ((head + 1) * asked - 1) * length, length);
    }
    return new Prompt.Layer(new float[0], queries, keys, values, sums, rows, argmax, known.massive);
  }

  private static int largest(float[] rows, int from, int count) {
    int largest = 0;
    for (int token = 1; token < count; token++) {
      if (rows[from + token] > rows[from + largest]) {
        largest = token;
      }
    }
    return largest;
  }
}

package org.recollect.kv.omni;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.SequencedMap;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Weights;

/// Turns the raw tokens of a window, patches or tones, into vectors of the model's width: a linear
/// map, a vector for the place in the window, one block of self-attention with a single head among
/// the window's tokens, and a vector for the window. The least that has an attention of its own.
///
/// @param name the prefix of its weights
/// @param inputs numbers of a raw token
/// @param places tokens of a window
/// @param windows of an input
/// @param hidden the model's width
record Encoder(String name, int inputs, int places, int windows, int hidden) {

  private static final double EPSILON = 1e-5;

  /// @param vectors `[batch][windows][places][hidden]`
  /// @param attention weights of the block, the receiver last `[batch][windows][places][places]`
  record Encoded(NDArray vectors, NDArray attention) {}

  /// What is added to a vector is called an embedding, so that optimisers for matrices leave it
  /// alone.
  SequencedMap<String, Shape> shapes() {
    var shapes = new LinkedHashMap<String, Shape>();
    shapes.put(name + ".input_proj.weight", new Shape(hidden, inputs));
    shapes.put(name + ".embed_tokens.place", new Shape(places, hidden));
    shapes.put(name + ".embed_tokens.window", new Shape(windows, 1, hidden));
    shapes.put(name + ".norm.weight", new Shape(hidden));
    for (String map : new String[] {"q", "k", "v", "o"}) {
      shapes.put(name + "." + map + "_proj.weight", new Shape(hidden, hidden));
    }
    return shapes;
  }

  /// @param raw `[batch][windows][places][inputs]`
  Encoded encode(Weights weights, NDArray raw) {
    var x =
        Ops.linear(raw, weights.get(name + ".input_proj.weight"))
            .add(weights.get(name + ".embed_tokens.place"));
    var normed = Ops.rmsNorm(x, weights.get(name + ".norm.weight"), EPSILON);
    var queries = Ops.scale(project(weights, "q", normed), 1 / Math.sqrt(hidden));
    var keys = project(weights, "k", normed);
    var attention = Ops.softmax(Ops.matmul(queries, keys.transpose(0, 1, 3, 2)));
    var mixed = Ops.matmul(attention, project(weights, "v", normed));
    var vectors = x.add(project(weights, "o", mixed));
    return new Encoded(vectors.add(weights.get(name + ".embed_tokens.window")), attention);
  }

  private NDArray project(Weights weights, String map, NDArray x) {
    return Ops.linear(x, weights.get(name + "." + map + "_proj.weight"));
  }
}

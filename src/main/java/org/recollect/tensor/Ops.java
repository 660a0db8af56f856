package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.List;

/// The operators that models are written in, each differentiable and each one line over ATen.
///
/// What [NDArray] itself has (sums, means, reshapes, products of two arrays) is used from there,
/// except `mul`, `div` and `pow` with a Java number: DJL hands LibTorch a pointer to a buffer that
/// the garbage collector may free before the backward pass. [#scale] and [#square] stand in for
/// them. A result belongs to the manager of the first argument and to the innermost open scope.
public final class Ops {
  private static final int MEAN = 1;

  // LibTorch's numbers of its types, c10/core/ScalarType.h.
  private static final int FLOAT32 = 6;
  private static final int BFLOAT16 = 15;

  private static final int NO_PADDING = -1;

  /// A target of [#crossEntropy] that does not count.
  public static final int IGNORED = -100;

  private Ops() {}

  /// The product x · weightᵀ of x `[...][in]` and weight `[out][in]`: `[...][out]`.
  public static NDArray linear(NDArray x, NDArray weight) {
    return Aten.call("linear", x, weight, null);
  }

  /// The same product with both factors rounded to a precision.
  public static NDArray linear(NDArray x, NDArray weight, Precision precision) {
    return switch (precision) {
      case FLOAT32 -> linear(x, weight);
      case BFLOAT16 -> to(linear(to(x, BFLOAT16), to(weight, BFLOAT16)), FLOAT32);
    };
  }

  /// The product of a `[...][n][k]` and b `[...][k][m]`: `[...][n][m]`, leading dimensions
  /// broadcast.
  public static NDArray matmul(NDArray a, NDArray b) {
    return Aten.call("matmul", a, b);
  }

  /// The same product with both factors rounded to a precision.
  public static NDArray matmul(NDArray a, NDArray b, Precision precision) {
    return switch (precision) {
      case FLOAT32 -> matmul(a, b);
      case BFLOAT16 -> to(matmul(to(a, BFLOAT16), to(b, BFLOAT16)), FLOAT32);
    };
  }

  /// The same numbers in another of LibTorch's types. DJL cannot handle bfloat16 arrays, so none
  /// may leave this class.
  private static NDArray to(NDArray x, int type) {
    return Aten.call("to.dtype", x, type, false, false, null);
  }

  /// The root-mean-square norm x / √(mean(x²) + epsilon) · weight over the last dimension, of x
  /// `[...][dim]` and weight `[dim]` (Zhang and Sennrich 2019, arXiv:1910.07467, equation 4).
  public static NDArray rmsNorm(NDArray x, NDArray weight, double epsilon) {
    var meanSquare = square(x).mean(new int[] {-1}, true);
    return x.mul(rsqrt(meanSquare.add(epsilon))).mul(weight);
  }

  /// The layer norm (x - mean) / √(variance + epsilon) · weight + bias over the last dimension, of
  /// x `[...][dim]`, weight and bias `[dim]` (Ba, Kiros and Hinton 2016, arXiv:1607.06450, equation
  /// 4).
  public static NDArray layerNorm(NDArray x, NDArray weight, NDArray bias, double epsilon) {
    return Aten.script("layer_norm", x, List.of(weight.getShape().get(0)), weight, bias, epsilon);
  }

  /// The activation max(x, 0).
  public static NDArray relu(NDArray x) {
    return Aten.call("relu", x);
  }

  /// The activation x · Φ(x) with the normal distribution function Φ (Hendrycks and Gimpel 2016,
  /// arXiv:1606.08415, section 2).
  public static NDArray gelu(NDArray x) {
    return Aten.script("gelu", x);
  }

  /// The activation x · sigmoid(x).
  public static NDArray silu(NDArray x) {
    return Aten.call("silu", x);
  }

  /// The logistic function 1 / (1 + exp(-x)).
  public static NDArray sigmoid(NDArray x) {
    return Aten.call("sigmoid", x);
  }

  /// The logarithm of the logistic function, also where that is 0 in float32.
  public static NDArray logSigmoid(NDArray x) {
    return Aten.call("log_sigmoid", x);
  }

  /// The gated activation silu(gate) · up of two arrays of one shape (Shazeer 2020,
  /// arXiv:2002.05202, equation 6).
  public static NDArray swiglu(NDArray gate, NDArray up) {
    return silu(gate).mul(up);
  }

  /// The rotary position embedding of x `[...][tokens][headDim]` by the angles' cosines and sines
  /// `[tokens][headDim / 2]` (Su et al. 2021, arXiv:2104.09864, equation 34), where dimension i
  /// turns with dimension i + headDim / 2, as in Hugging Face's Llama.
  public static NDArray rope(NDArray x, NDArray cos, NDArray sin) {
    if (2 * cos.getShape().getLastDimension() != x.getShape().getLastDimension()) {
      throw new IllegalArgumentException(
          "The table of cosines is %s for x %s: expected half its last dimension, [tokens][headDim / 2]."
              .formatted(cos.getShape(), x.getShape()));
    }
    var halves = x.split(2, x.getShape().dimension() - 1);
    var first = halves.get(0);
    var second = halves.get(1);
    return NDArrays.concat(
        new NDList(first.mul(cos).sub(second.mul(sin)), second.mul(cos).add(first.mul(sin))), -1);
  }

  /// Attention softmax(q · kᵀ / √headDim) · v of queries `[batch][heads][queries][headDim]` over
  /// keys and values `[batch][kvHeads][tokens][headDim]`: `[batch][heads][queries][headDim]`. Each
  /// key head serves heads / kvHeads successive query heads.
  ///
  /// @param causal whether query i sees the tokens up to i only; there are then as many queries as
  ///   tokens
  public static NDArray attention(NDArray q, NDArray k, NDArray v, boolean causal) {
    expectAttention(q.getShape(), k.getShape(), v.getShape(), causal);
    long heads = q.getShape().get(1);
    return Aten.call(
        "scaled_dot_product_attention",
        q,
        repeatHeads(k, heads),
        repeatHeads(v, heads),
        null,
        0.0,
        causal,
        null,
        false);
  }

  /// The same with a mask that is added to the logits, 0 where a query sees a key and minus
  /// infinity where it does not; every query sees at least one.
  ///
  /// @param mask to be broadcast to `[batch][heads][queries][tokens]`
  public static NDArray attention(NDArray q, NDArray k, NDArray v, NDArray mask) {
    expectAttention(q.getShape(), k.getShape(), v.getShape(), false);
    long heads = q.getShape().get(1);
    long kvHeads = k.getShape().get(1);
    var of = mask.getShape();
    boolean oneMask = of.dimension() == 4 && of.get(0) == 1 && of.get(1) == 1;
    if (kvHeads < heads && oneMask) {
      return groupedAttention(q, k, v, mask);
    }
    return Aten.script(
        "scaled_dot_product_attention", q, repeatHeads(k, heads), repeatHeads(v, heads), mask);
  }

  /// The same with each key head as a batch of its own, whose query heads all read it in place: for
  /// keys so long that copies of them would count.
  private static NDArray groupedAttention(NDArray q, NDArray k, NDArray v, NDArray mask) {
    var shape = q.getShape();
    long groups = k.getShape().get(0) * k.getShape().get(1);
    long group = shape.get(1) / k.getShape().get(1);
    long tokens = k.getShape().get(2);
    var shared = new Shape(groups, group, tokens, shape.get(3));
    return Aten.script(
            "scaled_dot_product_attention",
            q.reshape(groups, group, shape.get(2), shape.get(3)),
            k.reshape(groups, 1, tokens, shape.get(3)).broadcast(shared),
            v.reshape(groups, 1, tokens, shape.get(3)).broadcast(shared),
            mask)
        .reshape(shape);
  }

  /// Repeats each head of x `[batch][kvHeads][tokens][headDim]` in place until there are as many as
  /// queries have. LibTorch's own grouping would take its slow path, half as long again.
  private static NDArray repeatHeads(NDArray x, long heads) {
    var shape = x.getShape();
    long kvHeads = shape.get(1);
    if (kvHeads == heads) {
      return x;
    }
    return x.expandDims(2)
        .broadcast(shape.get(0), kvHeads, heads / kvHeads, shape.get(2), shape.get(3))
        .reshape(shape.get(0), heads, shape.get(2), shape.get(3));
  }

  private static void expectAttention(Shape q, Shape k, Shape v, boolean causal) {
    if (q.dimension() != 4 || k.dimension() != 4 || q.get(1) % k.get(1) != 0) {
      throw new IllegalArgumentException(
          "Attention was given queries %s and keys %s, expected [batch][heads][tokens][headDim] with"
                  .formatted(q, k)
              + " a multiple of the keys' heads in the queries.");
    }
    if (!k.equals(v) || causal && q.get(2) != k.get(2)) {
      throw new IllegalArgumentException(
          "Attention was given queries %s, keys %s and values %s, expected keys like values, and as"
                  .formatted(q, k, v)
              + " many queries as keys when it is causal.");
    }
  }

  /// The mean negative log-likelihood in nats of targets `[n]` (int64) under logits `[n][classes]`;
  /// a target of [#IGNORED] does not count.
  public static NDArray crossEntropy(NDArray logits, NDArray targets) {
    return Aten.call("cross_entropy_loss", logits, targets, null, MEAN, IGNORED, 0.0);
  }

  /// The probabilities over the last dimension.
  public static NDArray softmax(NDArray x) {
    return Aten.call("softmax.int", x, -1, null);
  }

  /// The logarithms, in nats, of the probabilities over the last dimension.
  public static NDArray logSoftmax(NDArray x) {
    return Aten.call("log_softmax.int", x, -1, null);
  }

  /// The rows of weight `[vocab][dim]` at ids `[...]` (int64): `[...][dim]`.
  public static NDArray embedding(NDArray weight, NDArray ids) {
    return Aten.call("embedding", weight, ids, NO_PADDING, false, false);
  }

  /// The product with a number: the safe form of `x.mul(number)`.
  public static NDArray scale(NDArray x, double factor) {
    try (var constant = constant(x.getManager(), factor)) {
      return x.mul(constant);
    }
  }

  /// The elementwise square: the safe form of `x.pow(2)`.
  public static NDArray square(NDArray x) {
    return x.mul(x);
  }

  /// The elementwise 1 / √x: the safe form of `x.pow(-0.5)`.
  public static NDArray rsqrt(NDArray x) {
    return Aten.call("rsqrt", x);
  }

  /// A number as a float32 array `[]` whose memory LibTorch owns. Keep it in a field where a step
  /// uses it often.
  public static NDArray constant(NDManager manager, double value) {
    return manager.full(new Shape(), (float) value);
  }
}

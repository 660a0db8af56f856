package org.recollect.kv;

import java.util.Map;
import org.recollect.kernel.Basis;
import org.recollect.kernel.CodeBook;
import org.recollect.kernel.PageFormat;
import org.recollect.kernel.PageFormat.Book;
import org.recollect.kernel.PageFormat.Coded;
import org.recollect.kernel.PageFormat.Floats;
import org.recollect.model.ModelConfig;

/// TurboQuant (Zandieh et al., "TurboQuant: Online Vector Quantization with Near-optimal Distortion
/// Rate", 2025, arXiv:2504.19874).
///
/// After a random rotation every channel of every vector is nearly normal, whatever the data: one
/// scalar quantiser, known beforehand, fits all of them. No calibration and no scale but the norm.
///
/// - *Rotation*: `y = H D x`, random signs and the Walsh-Hadamard transform, each head by itself,
///   in place of a rotation drawn from all (inferred: the usual fast substitute). Heads must have a
///   power of two of channels. Queries are rotated once a step; so is, backwards, the output.
/// - *MSE form*: `y[c] / rms(y)` takes the nearest of the `2^bits` Lloyd-Max points `p` of the
///   normal distribution; `y' = radius * p`. The radius kept, in half precision, is the one that
///   fits these points best; the paper keeps the norm, from which it hardly differs (inferred).
///   Squared error of unit vectors: .36, .117, .033 and .009 for 1 to 4 bits. Effective bits are
///   `bits + 16/headDim`.
/// - *Inner-product form*, [#unbiased]: rebuilt vectors are too short, so that the MSE form
///   underestimates logits, by a factor of .64, .88, .97 and .99 for 1 to 4 bits. Here keys have
///   one bit less and the residual goes through a [QuantizedJl], whose expectation over its
///   projection is exact; its variance is larger. Values keep the MSE form, as they are averaged
///   (inferred).
///
/// Keys are coded after RoPE. Fitting learns nothing: the method is free of data.
///
/// @param bits of a channel, 1 to 8; 2 to 8 in the inner-product form
/// @param isUnbiased whether keys are in the inner-product form
/// @param seed of the signs and of the projection
/// @param book of the normal distribution, of `bits` bits
/// @param keyBook what keys are first rounded to: the same, or with a bit less
public record TurboQuant(int bits, boolean isUnbiased, long seed, CodeBook book, CodeBook keyBook)
    implements Codec {

  /// The MSE form.
  public static TurboQuant bits(int bits) {
    var book = CodeBook.gaussian(1, bits);
    return new TurboQuant(bits, false, 0, book, book);
  }

  /// The inner-product form for keys.
  ///
  /// @throws IllegalArgumentException if there is no bit to spare
  public TurboQuant unbiased() {
    if (bits < 2) {
      throw new IllegalArgumentException(
          "The inner-product form gives one bit of a key's channel to the residual and needs another: ask for 2 bits or more.");
    }
    return new TurboQuant(bits, true, seed, book, CodeBook.gaussian(1, bits - 1));
  }

  /// Another rotation, and another projection.
  public TurboQuant seed(long other) {
    return new TurboQuant(bits, isUnbiased, other, book, keyBook);
  }

  @Override
  public String name() {
    return series() + "-" + bits;
  }

  @Override
  public String series() {
    return isUnbiased ? "turbo-ip" : "turbo";
  }

  @Override
  public LayerFormat layer(int layer, ModelConfig config) {
    var basis = Basis.hadamard(config.headDim()).signed(seed);
    var values = new Book(book, config.headDim());
    PageFormat keys =
        isUnbiased ? new Coded(new QuantizedJl(config.headDim(), keyBook, seed)) : values;
    return new LayerFormat(true, 1, basis, keys, basis, values, 0, Floats.F16);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("bits", bits, "unbiased", isUnbiased, "seed", seed);
  }
}

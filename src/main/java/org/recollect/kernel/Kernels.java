package org.recollect.kernel;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/// The implementations of the hot loops in use on this machine: the fastest that it can run, unless
/// the environment variable `RECOLLECT_KERNELS` or [#use] names another. All compute the same up to
/// rounding.
public final class Kernels {

  /// Who computes.
  public enum Implementation {
    /// Plain scalar Java with sums in double precision: defines what the others must compute.
    REFERENCE,
    /// Java's Vector API.
    SIMD;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String VARIABLE = "RECOLLECT_KERNELS";
  private static final boolean VECTORS =
      ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();

  /// Null until it is asked for first.
  private static volatile Implementation inUse;

  private Kernels() {}

  /// Who computes from now on.
  ///
  /// @throws IllegalStateException if this Java cannot run it
  public static void use(Implementation implementation) {
    if (implementation == Implementation.SIMD && !VECTORS) {
      throw new IllegalStateException(
          "The simd kernels need the Vector API: start Java with --add-modules jdk.incubator.vector.");
    }
    inUse = implementation;
  }

  /// Who computes now.
  ///
  /// @throws IllegalArgumentException if `RECOLLECT_KERNELS` names no implementation
  public static Implementation inUse() {
    var current = inUse;
    if (current == null) {
      current = chosen(System.getenv(VARIABLE));
      inUse = current;
    }
    return current;
  }

  /// Decode attention as caches use it.
  public static DecodeAttention decodeAttention() {
    return decodeAttention(inUse());
  }

  /// Decode attention as one implementation computes it.
  public static DecodeAttention decodeAttention(Implementation implementation) {
    return decodeAttention(implementation, Runtime.getRuntime().availableProcessors());
  }

  /// Decode attention as one implementation computes it, by so many threads; the reference takes
  /// one.
  ///
  /// @param threads that share the work of a step, at least 1
  public static DecodeAttention decodeAttention(Implementation implementation, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException(
          "Attention takes at least one thread, not " + threads + ".");
    }
    return switch (implementation) {
      case REFERENCE -> new ReferenceAttention();
      case SIMD -> new SimdAttention(threads);
    };
  }

  /// Rotation, rounding and packing as pages use them.
  public static Encoding encoding() {
    return encoding(inUse());
  }

  /// Rotation, rounding and packing as one implementation does them.
  public static Encoding encoding(Implementation implementation) {
    return switch (implementation) {
      case REFERENCE -> new ReferenceEncoding();
      case SIMD -> new SimdEncoding();
    };
  }

  /// Dot products as searches use them.
  public static DotProducts dotProducts() {
    return dotProducts(inUse());
  }

  /// Dot products as one implementation computes them.
  public static DotProducts dotProducts(Implementation implementation) {
    return switch (implementation) {
      case REFERENCE -> new ReferenceDotProducts();
      case SIMD -> new SimdDotProducts();
    };
  }

  /// What computes here, a line each.
  public static String describe() {
    String search =
        switch (inUse()) {
          case REFERENCE -> "reference, scalar Java";
          case SIMD ->
              "simd, %d float lanes of %d bits in all"
                  .formatted(Lanes.FLOATS.length(), Lanes.FLOATS.vectorBitSize());
        };
    return "search, rotation: %s\ndecode attention: reference, scalar Java".formatted(search);
  }

  /// @param name what the reader asked for, or null
  static Implementation chosen(String name) {
    if (name == null || name.isBlank()) {
      return VECTORS ? Implementation.SIMD : Implementation.REFERENCE;
    }
    return Arrays.stream(Implementation.values())
        .filter(each -> each.toString().equals(name.strip().toLowerCase(Locale.ROOT)))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "%s is '%s', but there are only %s: choose one of them or leave it unset."
                    .formatted(
                        VARIABLE,
                        name,
                        Arrays.stream(Implementation.values())
                            .map(Implementation::toString)
                            .collect(Collectors.joining(", ")))));
  }
}

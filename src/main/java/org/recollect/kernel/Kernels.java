package org.recollect.kernel;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.recollect.kernel.cuda.Cuda;

/// The implementations of the hot loops in use on this machine: the Vector API's where this Java
/// has it, unless the environment variable `RECOLLECT_KERNELS` or [#use] names another. All compute
/// the same up to rounding. A GPU is used on request only: its kernels have been tested as host
/// code, but not yet been run on a device.
public final class Kernels {

  /// Who computes.
  public enum Implementation {
    /// Plain scalar Java with sums in double precision: defines what the others must compute.
    REFERENCE,
    /// Java's Vector API, on the vectors and threads of the processor.
    SIMD,
    /// A GPU, through the CUDA driver: decode attention and search. Coding and the rest stay with
    /// [#SIMD].
    CUDA;

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
    requireAvailable(implementation);
    inUse = implementation;
  }

  /// Those that this Java and this machine can run.
  public static List<Implementation> available() {
    return Arrays.stream(Implementation.values())
        .filter(each ->
            switch (each) {
              case REFERENCE -> true;
              case SIMD -> VECTORS;
              case CUDA -> VECTORS && Cuda.find().isPresent();
            })
        .toList();
  }

  /// Who computes now.
  ///
  /// @throws IllegalArgumentException if `RECOLLECT_KERNELS` names no implementation
  /// @throws IllegalStateException if it names one that cannot run here
  public static Implementation inUse() {
    var current = inUse;
    if (current == null) {
      current = chosen(System.getenv(VARIABLE));
      requireAvailable(current);
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
      case CUDA -> cuda().attention();
    };
  }

  /// Attention over whole texts as models use it.
  public static PrefillAttention prefillAttention() {
    return prefillAttention(inUse());
  }

  /// Attention over whole texts as one implementation computes it.
  public static PrefillAttention prefillAttention(Implementation implementation) {
    return switch (implementation) {
      case REFERENCE -> new ReferencePrefillAttention();
      case SIMD, CUDA -> new SimdPrefillAttention(Runtime.getRuntime().availableProcessors());
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
      case SIMD, CUDA -> new SimdEncoding();
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
      case CUDA -> cuda().search();
    };
  }

  /// Products of integers on bit planes.
  public static IntegerProduct integerProduct() {
    return integerProduct(inUse());
  }

  /// Products of integers as one implementation computes them.
  public static IntegerProduct integerProduct(Implementation implementation) {
    return switch (implementation) {
      case REFERENCE -> new ReferenceIntegerProduct();
      case SIMD, CUDA -> new SimdIntegerProduct();
    };
  }

  /// What computes here, and why.
  public static KernelReport describe() {
    var current = inUse();
    String named = System.getenv(VARIABLE);
    String why =
        current != chosen(named)
            ? "as Kernels.use says"
            : named == null || named.isBlank()
                ? "unless another is named"
                : "as %s says".formatted(VARIABLE);
    var others = current == Implementation.CUDA ? Implementation.SIMD : current;
    int processors = Runtime.getRuntime().availableProcessors();
    return new KernelReport(
        "%s, %s".formatted(current, why),
        List.of(
            row("decode attention", current, processors),
            row("prefill attention", others, processors),
            row("encoding and rotation", others, 1),
            row("search", current, processors),
            row("integer product", others, 1),
            row("a GPU, on request", Implementation.CUDA, 1)));
  }

  /// @param threads that vector kernels share the work among
  private static KernelReport.Row row(
      String operation, Implementation implementation, int threads) {
    String detail =
        switch (implementation) {
          case REFERENCE -> "scalar Java";
          case SIMD ->
              "%d float lanes of %d bits in all, %s"
                  .formatted(
                      Lanes.FLOATS.length(),
                      Lanes.FLOATS.vectorBitSize(),
                      threads == 1 ? "one thread" : "up to %d threads".formatted(threads));
          case CUDA -> Cuda.describeHere();
        };
    return new KernelReport.Row(operation, implementation, detail);
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

  private static void requireAvailable(Implementation implementation) {
    if (implementation != Implementation.REFERENCE && !VECTORS) {
      throw new IllegalStateException(
          "The %s kernels need the Vector API: start Java with --add-modules jdk.incubator.vector."
              .formatted(implementation));
    }
    if (implementation == Implementation.CUDA) {
      cuda();
    }
  }

  /// @throws IllegalStateException if there is no GPU to use, saying why
  private static Cuda cuda() {
    return Cuda.find().orElseThrow(() -> new IllegalStateException(Cuda.describeHere()));
  }
}

package org.recollect.tensor;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.pytorch.jni.JniUtils;
import ai.djl.training.GradientCollector;

/// The tensor engine: LibTorch, started once, offline, from the class path.
///
/// What belongs to a thread here (scopes, the recording of gradients) belongs to a native one: use
/// platform threads, not virtual ones. Native memory is not freed by the garbage collector. Arrays
/// that live long belong to a [#manager()], arrays of one step to a [#newScope()]:
///
/// ```java
/// try (var manager = Torch.manager(); var scope = Torch.newScope()) {
///   var logits = Ops.linear(x, weight);   // closed with the scope
/// }
/// ```
public final class Torch {
  private static final Engine ENGINE = start();

  /// LibTorch records gradients in every new thread, which would keep every intermediate array
  /// alive: the first use in a thread switches that off.
  private static final ThreadLocal<Boolean> QUIET =
      ThreadLocal.withInitial(() -> {
        JniUtils.setGradMode(false);
        return true;
      });

  private Torch() {}

  /// A root manager on the CPU: what is created by it lives until it is closed. The caller closes
  /// it.
  public static NDManager manager() {
    enter();
    return ENGINE.newBaseManager(Device.cpu());
  }

  /// Opens a scope in the calling thread: every array made in this thread until the scope is closed
  /// is closed with it, except those handed to [NDScope#unregister] (which [Weights] does for its
  /// own).
  public static NDScope newScope() {
    enter();
    return new NDScope();
  }

  /// Opens the recording of gradients in the calling thread; only one may be open in the JVM.
  ///
  /// ```java
  /// try (var tape = Torch.gradients()) {
  ///   tape.backward(Ops.crossEntropy(model.apply(x), targets));
  /// }
  /// ```
  ///
  /// Gradients add up in [ai.djl.ndarray.NDArray#getGradient()], which attaches a new handle at
  /// each call.
  ///
  /// @throws IllegalStateException when one is open already
  public static GradientCollector gradients() {
    enter();
    boolean before = JniUtils.isGradMode();
    try {
      return ENGINE.newGradientCollector();
    } catch (IllegalStateException open) {
      JniUtils.setGradMode(before);
      throw new IllegalStateException(
          "Gradients are being recorded already and LibTorch records one at a time:"
              + " close the other Torch.gradients() first.",
          open);
    }
  }

  /// Whether gradients are being recorded in the calling thread.
  public static boolean recording() {
    enter();
    return JniUtils.isGradMode();
  }

  /// Stops the recording of gradients in the calling thread until the result is closed: what is
  /// computed meanwhile keeps no intermediate arrays and lets no gradient through.
  public static Pause withoutGradients() {
    enter();
    boolean before = JniUtils.isGradMode();
    JniUtils.setGradMode(false);
    return () -> JniUtils.setGradMode(before);
  }

  /// A recording of gradients that goes on, if it was on, when this is closed.
  public interface Pause extends AutoCloseable {
    @Override
    void close();
  }

  /// Sets how many threads one operator may use, in the calling thread and in those started later.
  /// One is best for small arrays and singular value decompositions.
  public static void threads(int count) {
    if (count < 1) {
      throw new IllegalArgumentException("threads is " + count + ", expected at least 1.");
    }
    enter();
    JniUtils.setNumThreads(count);
  }

  /// The same until what is returned is closed, in the calling thread.
  public static Threads withThreads(int count) {
    enter();
    int before = JniUtils.getNumThreads();
    threads(count);
    return () -> threads(before);
  }

  /// A number of threads that lasts until this is closed.
  public interface Threads extends AutoCloseable {
    @Override
    void close();
  }

  /// The engine in one line: its version, its threads, and how operators are called.
  public static String describe() {
    enter();
    return "PyTorch %s, %d threads, operators by %s"
        .formatted(
            ENGINE.getVersion(),
            JniUtils.getNumThreads(),
            Aten.direct() ? "LibTorch's C ABI" : "TorchScript");
  }

  /// Starts the engine where it is not running, and switches the recording of gradients off in a
  /// thread that is new to it.
  static void enter() {
    QUIET.get();
  }

  private static Engine start() {
    preset("ai.djl.offline", "true");
    preset("OPT_OUT_TRACKING", "true");
    var unpacked = CacheFolder.path().resolve("djl");
    preset("DJL_CACHE_DIR", unpacked.toString());
    // OpenMP's waiting threads spin by default: any other busy process slows every operator down.
    CLibrary.presetVariable("OMP_WAIT_POLICY", "PASSIVE");
    CLibrary.keepFreedMemory();
    try {
      return Engine.getEngine("PyTorch");
    } catch (EngineException | IllegalStateException | UnsatisfiedLinkError failure) {
      throw new IllegalStateException(
          "LibTorch cannot be loaded on %s %s: put pytorch-native-cpu for this platform on the class"
                  .formatted(System.getProperty("os.name"), System.getProperty("os.arch"))
              + " path, and leave 450 MB of room in the folder that DJL_CACHE_DIR names, else "
              + unpacked,
          failure);
    }
  }

  /// Sets a switch of DJL's, which reads the environment first: what the user has set stands.
  private static void preset(String name, String value) {
    if (System.getProperty(name) == null) {
      System.setProperty(name, value);
    }
  }
}

package org.recollect.notebook;

import org.recollect.lab.Scale;
import org.recollect.tensor.Torch;

/// What a notebook runs on.
///
/// @param java version and maker of the JVM
/// @param system operating system and processor architecture
/// @param cores processors that the JVM may use
/// @param heap the most memory that Java objects may take, with its unit; tensors lie outside it
/// @param tensors the tensor engine and its threads
/// @param scale how large studies run
public record Machine(
    String java, String system, int cores, String heap, String tensors, Scale scale) {

  public static Machine current() {
    var runtime = Runtime.getRuntime();
    return new Machine(
        Runtime.version() + ", " + System.getProperty("java.vendor"),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        runtime.availableProcessors(),
        (runtime.maxMemory() >> 20) + " MiB",
        Torch.describe(),
        Scale.current());
  }
}

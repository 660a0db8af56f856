package org.recollect.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.recollect.tensor.CacheFolder;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Safetensors;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// Weights that are trained once and read ever after: each file is named by the [Fingerprint] of
/// what made it and of the library's code.
///
/// ```java
/// Weights full = Checkpoints.cached().get(() -> train(items, seed), "full", items.digest(), seed);
/// ```
///
/// @param folder of the files
public record Checkpoints(Path folder) {

  /// The checkpoints in the cache folder.
  public static Checkpoints cached() {
    return new Checkpoints(CacheFolder.path().resolve("checkpoints"));
  }

  /// The weights of a recipe; the caller closes them. A file that is missing is written whole or
  /// not at all. Training runs on one thread.
  ///
  /// @param training is run if no earlier call with this recipe has left its weights
  /// @param recipe all that decides the weights: values of which a [Fingerprint] can be taken
  /// @throws java.io.UncheckedIOException if the folder cannot be written
  public Weights get(Supplier<Weights> training, Object... recipe) {
    String name = Fingerprint.of(Fingerprint.library(), Fingerprint.of(recipe));
    var file = folder.resolve(name.substring(0, 32) + ".safetensors");
    if (!Files.exists(file)) {
      // Two threads give other last bits, and what is kept would depend on who asked first.
      try (var _ = Torch.withThreads(1);
          var trained = training.get()) {
        Safetensors.write(file, trained, Dtype.F32, Map.of());
      }
    }
    return Safetensors.read(file);
  }
}

package org.recollect.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.recollect.data.Captioned;
import org.recollect.model.PatchEncoder;
import org.recollect.tensor.CacheFolder;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Safetensors;
import org.recollect.tensor.Torch;

/// A recipe for a [PatchEncoder]: contrastive training on pictures and the words that are true of
/// them.
///
/// Every pair of a picture and a word of the vocabulary is a question of its own, true or false,
/// with the loss `log(1 + exp(-z (scale * cos + bias)))`, `z` 1 or -1 (Zhai et al., "Sigmoid Loss
/// for Language Image Pre-Training", 2023, section 3.2), so that several words may be true of one
/// picture. The loss is summed over words and averaged over pictures.
///
/// ```java
/// try (var encoder = SigmoidPairs.of(FrameStream.of(64)).steps(2000).encoder()) { ... }
/// ```
///
/// @param source of the pictures
/// @param pictures drawn once, of which batches are picked
/// @param steps of the optimiser
/// @param batch pictures in a step
/// @param learningRate the highest, of AdamW without weight decay
/// @param hidden width of the encoder
/// @param dimensions of the common space
/// @param seed of weights, pictures and batches
public record SigmoidPairs(
    Captioned.Source source,
    int pictures,
    int steps,
    int batch,
    double learningRate,
    int hidden,
    int dimensions,
    long seed) {

  public SigmoidPairs {
    if (pictures < 1 || steps < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "A training takes at least one picture, one step and a batch of one; got %d, %d and %d."
              .formatted(pictures, steps, batch));
    }
  }

  /// 3000 steps on batches of 256 out of 16384 pictures; 64 dimensions.
  public static SigmoidPairs of(Captioned.Source source) {
    return new SigmoidPairs(source, 16_384, 3000, 256, 3e-3, 128, 64, 1);
  }

  /// The same with another number of steps.
  public SigmoidPairs steps(int steps) {
    return new SigmoidPairs(source, pictures, steps, batch, learningRate, hidden, dimensions, seed);
  }

  /// The same with another number of pictures.
  public SigmoidPairs pictures(int pictures) {
    return new SigmoidPairs(source, pictures, steps, batch, learningRate, hidden, dimensions, seed);
  }

  /// The trained encoder, which the caller closes. It is kept in the cache folder under the hash of
  /// this recipe, and read from there the next time.
  public PatchEncoder encoder() {
    return encoder(CacheFolder.path());
  }

  /// The trained encoder, kept in a folder of choice.
  public PatchEncoder encoder(Path folder) {
    var file = folder.resolve("encoders").resolve(digest() + ".safetensors");
    if (Files.isRegularFile(file)) {
      return new PatchEncoder(Safetensors.read(file), source.vocabulary());
    }
    var encoder = train();
    Safetensors.write(file, encoder.weights(), Dtype.F32, Map.of("recipe", toString()));
    return encoder;
  }

  /// Trains the encoder, whether or not it was trained before.
  public PatchEncoder train() {
    var random = RandomStream.of(seed, "sigmoid pairs");
    var drawn = draw(random.split("pictures"));
    int numbers = 3 * source.pixels() * source.pixels();
    var encoder =
        PatchEncoder.random(
            source.vocabulary(), numbers, hidden, dimensions, random.split("weights"));
    var schedule = new Schedule.Cosine(learningRate, steps / 20, steps, 0);
    var optimizer = new AdamW(.9, .95, 1e-8, 0);
    var batches = random.split("batches");
    try (var trainer = new Trainer(encoder.weights(), optimizer, schedule, 1);
        var manager = Torch.manager()) {
      for (int step = 0; step < steps; step++) {
        var chosen = batches.indices(Math.min(batch, pictures), pictures);
        trainer.step(() -> loss(encoder, manager, chosen, drawn));
      }
    }
    return encoder;
  }

  private List<Captioned> draw(RandomStream random) {
    var drawn = new ArrayList<Captioned>();
    for (int i = 0; i < pictures; i++) {
      drawn.add(source.draw(random));
    }
    return drawn;
  }

  /// The loss of true or false is the cross-entropy of two classes with the logits `0, x`.
  private static NDArray loss(
      PatchEncoder encoder, NDManager manager, int[] chosen, List<Captioned> drawn) {
    int words = encoder.vocabulary().size();
    var pictures = new float[chosen.length][][][];
    int[] truths = new int[chosen.length * words];
    for (int i = 0; i < chosen.length; i++) {
      var captioned = drawn.get(chosen[i]);
      pictures[i] = captioned.picture();
      for (String word : captioned.words()) {
        truths[i * words + encoder.row(word)] = 1;
      }
    }
    float[] numbers = PatchEncoder.flat(pictures);
    var input = Memory.ofFloats(manager, numbers, chosen.length, numbers.length / chosen.length);
    var logits = encoder.logits(input).reshape(-1, 1);
    var classes = NDArrays.concat(new NDList(logits.zerosLike(), logits), 1);
    return Ops.scale(Ops.crossEntropy(classes, Memory.ofInts(manager, truths)), words);
  }

  private String digest() {
    try {
      var sha = MessageDigest.getInstance("SHA-256");
      byte[] hash = sha.digest(toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }
}

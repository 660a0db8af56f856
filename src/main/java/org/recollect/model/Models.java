package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.recollect.tensor.AtomicFile;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Safetensors;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// Where subjects come from: shipped with the library, a folder in Hugging Face's layout, or
/// chance.
public final class Models {

  private static final List<String> SHIPPED = List.of("nanoJava", "microJava", "miniJava");

  private Models() {}

  /// The smallest shipped subject, about 0.3 million parameters: for tests and smoke runs.
  public static LanguageModel nanoJava() {
    return shipped("nanoJava");
  }

  /// The middle one, about a million parameters.
  public static LanguageModel microJava() {
    return shipped("microJava");
  }

  /// The largest, 3.5 million parameters and a context of 1024 tokens: the default of the language
  /// families.
  public static LanguageModel miniJava() {
    return shipped("miniJava");
  }

  /// The names of the subjects that come with the library, from small to large.
  public static List<String> shipped() {
    return SHIPPED;
  }

  /// How a shipped subject came about.
  ///
  /// @param name `nanoJava`, `microJava` or `miniJava`
  public static Manifest manifest(String name) {
    String file = name + "/manifest.json";
    return Manifest.parse(text(file), file);
  }

  /// Reads a folder in Hugging Face's layout: `config.json` of a Llama, `tokenizer.json`, and the
  /// weights in one or more `*.safetensors` files.
  ///
  /// @throws IllegalArgumentException if a file is missing or malformed, or the files do not fit
  ///   together
  /// @throws UncheckedIOException if a file cannot be read
  public static LanguageModel load(Path folder) {
    var configFile = folder.resolve("config.json");
    if (!Files.isRegularFile(configFile)) {
      throw new IllegalArgumentException(
          "There is no model at '%s': give a folder with config.json, tokenizer.json and *.safetensors, as Hugging Face has them."
              .formatted(folder));
    }
    try (var listing = Files.list(folder)) {
      var config = ModelConfig.read(configFile);
      var files =
          listing.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
      if (files.isEmpty()) {
        throw new IllegalArgumentException(
            "There are no weights at '%s': a *.safetensors file is needed beside config.json."
                .formatted(folder));
      }
      var tokenizer = Tokenizer.read(folder);
      return assemble(config, merged(files), tokenizer);
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "The model at '%s' cannot be read (%s): check its permissions."
              .formatted(folder, failure.getMessage()),
          failure);
    }
  }

  /// Writes a model with its tokenizer as a folder that [#load] and Hugging Face's libraries read.
  ///
  /// @param dtype how the weights are stored
  public static void save(LanguageModel model, Path folder, Dtype dtype) {
    Safetensors.write(
        folder.resolve("model.safetensors"),
        model.weights(),
        dtype,
        java.util.Map.of("format", "pt"));
    model.tokenizer().write(folder.resolve("tokenizer.json"));
    byte[] config = model.config().toJson().getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(folder.resolve("config.json"), out -> out.write(config));
  }

  /// A model that has learned nothing: normal weights of standard deviation 0.02, those that write
  /// to the residual stream divided by `sqrt(2 layers)` (Radford et al., "Language Models are
  /// Unsupervised Multitask Learners", 2019, section 2.3), and norms of 1. It has no tokenizer.
  public static LanguageModel random(ModelConfig config, long seed) {
    return random(config, null, seed);
  }

  /// The same with a tokenizer, which the model owns.
  public static LanguageModel random(ModelConfig config, Tokenizer tokenizer, long seed) {
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager()) {
      config
          .shapes()
          .forEach((name, shape) -> {
            boolean residual = name.endsWith("o_proj.weight") || name.endsWith("down_proj.weight");
            double deviation = residual ? 0.02 / Math.sqrt(2.0 * config.layers()) : 0.02;
            arrays.put(
                name,
                shape.dimension() == 1
                    ? manager.ones(shape)
                    : RandomStream.of(seed, "initialisation", name)
                        .gaussian(manager, shape, deviation));
          });
      return assemble(config, Weights.of(arrays), tokenizer);
    }
  }

  /// A model of whole words that has learned nothing, such as for a generated world: its vocabulary
  /// is that of some texts, its feed-forward layer 8/3 as wide as its residual stream.
  ///
  /// @param texts all that the model will ever read
  /// @param hidden width, a multiple of the heads' width
  /// @param headDim width of a head, even
  /// @param context tokens at most
  /// @throws IllegalArgumentException if the sizes do not fit together
  public static LanguageModel ofWords(
      Iterable<String> texts, int hidden, int headDim, int layers, int context, long seed) {
    if (hidden < headDim || hidden % headDim != 0 || layers < 1) {
      throw new IllegalArgumentException(
          "A model of words has heads of %d channels and at least one layer, not %d channels and %d layers."
              .formatted(headDim, hidden, layers));
    }
    var words = WordVocabulary.of(texts);
    int heads = hidden / headDim;
    var shape =
        new ModelConfig(
            words.vocabularySize(),
            hidden,
            8 * hidden / 3,
            layers,
            heads,
            heads,
            headDim,
            10_000,
            1e-5,
            context,
            true);
    return random(shape, words, seed);
  }

  /// A shipped subject by its name.
  ///
  /// @param name `nanoJava`, `microJava` or `miniJava`
  /// @throws IllegalArgumentException if there is none of that name
  public static LanguageModel shipped(String name) {
    if (!SHIPPED.contains(name)) {
      throw new IllegalArgumentException(
          "There is no subject '%s': take nanoJava, microJava or miniJava.".formatted(name));
    }
    var config = ModelConfig.parse(text(name + "/config.json"), name + "/config.json");
    var tokenizer = Tokenizer.parse(text(name + "/tokenizer.json"));
    String weights = name + "/model.safetensors";
    return assemble(config, Safetensors.read(resource(weights), weights), tokenizer);
  }

  private static LanguageModel assemble(ModelConfig config, Weights weights, Tokenizer tokenizer) {
    if (tokenizer != null && tokenizer.vocabularySize() > config.vocabSize()) {
      throw new IllegalArgumentException(
          "The tokenizer has %d tokens, but the model's vocabulary has %d: take both from the same folder."
              .formatted(tokenizer.vocabularySize(), config.vocabSize()));
    }
    return new LanguageModel(config, weights, tokenizer);
  }

  private static Weights merged(List<Path> files) {
    var arrays = new LinkedHashMap<String, NDArray>();
    for (var file : files) {
      Safetensors.read(file)
          .asMap()
          .forEach((name, array) -> {
            if (arrays.put(name, array) != null) {
              throw new IllegalArgumentException(
                  "%s holds '%s', which another file of the folder holds too: keep one of them."
                      .formatted(file, name));
            }
          });
    }
    return Weights.of(arrays);
  }

  private static String text(String name) {
    try (var in = resource(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException failure) {
      throw new UncheckedIOException("The resource " + name + " cannot be read.", failure);
    }
  }

  private static InputStream resource(String name) {
    var in = Models.class.getResourceAsStream(name);
    if (in == null) {
      throw new IllegalStateException(
          "This build carries no %s: train the subject with org.recollect.train.ShippedSubjects, or take one of Models.shipped()."
              .formatted(name));
    }
    return in;
  }
}

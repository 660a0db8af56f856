package org.recollect.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.recollect.data.Corpora;
import org.recollect.data.Corpus;
import org.recollect.data.Recall;
import org.recollect.data.RecallItem.Part;
import org.recollect.model.BytePairTrainer;
import org.recollect.model.LanguageModel;
import org.recollect.model.Manifest;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.AtomicFile;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Precision;
import org.recollect.tensor.RandomStream;
import org.recollect.train.Pretraining.Phase;

/// How `nanoJava`, `microJava` and `miniJava` were trained: text of the JDK's sources mixed with
/// tasks that can be solved by looking back only, from weights with a [CopyingCircuit]. From a
/// command line,
///
/// ```
/// environment/java org.recollect.train.ShippedSubjects miniJava target/miniJava
/// ```
///
/// trains one into a folder, goes on from the checkpoint there if the run was killed, and ends with
/// the files that [Models#load] reads and the manifest. An optional third argument is the share of
/// the recipe's steps to take, such as 0.01 for a trial run. On an idle machine
/// `OMP_WAIT_POLICY=ACTIVE` before the command made the largest subject's steps 1.6 times as fast;
/// beside another busy process it makes them slower.
public final class ShippedSubjects {

  private static final long SEED = 20_261_122;
  private static final int STEPS_A_CHECKPOINT = 100;
  private static final String MATERIAL =
      "sources of java.base of JDK %s (GPL-2.0 with Classpath exception), mixed with generated recall tasks";

  private ShippedSubjects() {}

  /// @param arguments the subject's name, the folder, and perhaps the share of steps
  static void main(String... arguments) {
    if (arguments.length < 2 || arguments.length > 3) {
      throw new IllegalArgumentException(
          "give the subject (nanoJava, microJava or miniJava), a folder, and perhaps the share of steps to take.");
    }
    double share = arguments.length == 3 ? Double.parseDouble(arguments[2]) : 1;
    var folder = Path.of(arguments[1]);
    train(arguments[0], folder, share, System.out::println).close();
  }

  /// Trains a subject into a folder, or finishes what was begun there.
  ///
  /// @param name `nanoJava`, `microJava` or `miniJava`
  /// @param share of the recipe's steps, above 0 to 1
  /// @param log takes the lines of progress
  /// @return the model as it was stored, weights rounded to bfloat16
  public static LanguageModel train(String name, Path folder, double share, Consumer<String> log) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "the share of steps is " + share + ", but it must be above 0 and at most 1.");
    }
    var shape = shape(name);
    var corpus = Corpora.jdk();
    var tokenizer = tokenizer(folder.resolve("tokenizer.json"), corpus.train(), shape.vocabSize());
    var recipe = recipe(name, corpus.train(), tokenizer, share);
    log.accept(
        "%s: %,d parameters, %,d steps, %,d tokens"
            .formatted(name, shape.parameters(), recipe.steps(), recipe.tokens()));
    try (var trained = recipe.start(tokenizer)) {
      recipe.run(
          trained,
          folder.resolve("checkpoint").resolve("training.safetensors"),
          STEPS_A_CHECKPOINT,
          report -> log.accept(report.toString()));
      Models.save(trained, folder, Dtype.BF16);
    }
    var stored = Models.load(folder);
    var manifest = manifest(name, recipe, corpus, stored);
    write(folder.resolve("manifest.json"), manifest.toJson());
    log.accept(manifest.toJson());
    return stored;
  }

  /// The shape of a shipped subject.
  ///
  /// @throws IllegalArgumentException if there is none of that name
  public static ModelConfig shape(String name) {
    return switch (name) {
      case "nanoJava" -> new ModelConfig(1024, 96, 256, 2, 4, 2, 24, 500_000, 1e-5, 1024, true);
      case "microJava" -> new ModelConfig(2048, 128, 352, 4, 4, 2, 32, 500_000, 1e-5, 1024, true);
      case "miniJava" -> new ModelConfig(2048, 256, 704, 4, 8, 4, 32, 500_000, 1e-5, 1024, true);
      default ->
          throw new IllegalArgumentException(
              "There is no subject '%s': take nanoJava, microJava or miniJava.".formatted(name));
    };
  }

  /// The recipe of a shipped subject.
  ///
  /// @param text what it reads
  /// @param tokenizer the subject's; not owned by the recipe
  /// @param share of the full number of steps
  public static Pretraining recipe(String name, Corpus text, Tokenizer tokenizer, double share) {
    var windows = TextWindows.of("text", text, tokenizer);
    var repeats =
        new WordRepeats(
            "copy",
            Stream.concat(Recall.KEYS.stream(), Recall.VALUES.stream())
                .map(word -> tokenizer.encode(" " + word))
                .filter(ids -> ids.length == 1)
                .map(ids -> ids[0])
                .toList(),
            2,
            12);
    var dense =
        new RecallSequences(
            "dense",
            tokenizer,
            2,
            6,
            3,
            Optional.empty(),
            Map.of(Part.QUERY, 0.1, Part.ANSWER, 1.0));
    var spread =
        new RecallSequences(
            "spread",
            tokenizer,
            1,
            12,
            1,
            Optional.of(text),
            Map.of(Part.FILLER, 1.0, Part.QUERY, 0.1, Part.ANSWER, 4.0));
    var copying = Mixture.of(windows).and(dense, 1.5).and(repeats, 1);
    var reachingOut = Mixture.of(windows).and(dense, 1).and(spread, 0.5);
    var reading = Mixture.of(windows).and(dense, 0.2).and(spread, 0.4);
    var phases =
        List.of(
            phase(share, 500, 32, 64, copying),
            phase(share, 300, 16, 128, copying),
            phase(share, 300, 8, 256, reachingOut),
            phase(share, 200, 8, 512, reachingOut),
            phase(share, 2200, 4, 1024, reading));
    long steps = phases.stream().mapToLong(Phase::steps).sum();
    var schedule =
        new Schedule.WarmupStableDecay(3e-3, Math.min(100, steps / 10), steps, steps / 3, 0.02);
    var precision = Precision.fastest();
    var optimizer =
        Optimizer.split(new Muon(0.95, 0, precision), new AdamW(0.9, 0.95, 1e-8, 0), 0.5);
    return new Pretraining(shape(name), true, SEED, phases, optimizer, schedule, 1, precision);
  }

  private static Phase phase(double share, int steps, int rows, int length, Mixture mixture) {
    return new Phase(Math.max(1, Math.round(share * steps)), rows, length, mixture);
  }

  /// The tokenizer of the folder, or a new one: of a sample of the text, with so many lines of
  /// recall tasks that each of their words becomes one token.
  private static Tokenizer tokenizer(Path file, Corpus text, int size) {
    if (Files.exists(file)) {
      return Tokenizer.read(file);
    }
    var random = RandomStream.of(SEED, "tokenizer");
    String practice = Recall.practice(size < 2048 ? 60_000 : 30_000, random);
    var sample = text.sample(4_000_000).documents().stream().map(d -> d.text());
    var tokenizer =
        BytePairTrainer.train(Stream.concat(sample, Stream.of(practice)).toList(), size);
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException failure) {
      throw new UncheckedIOException(
          "The folder of '%s' cannot be made: check the path.".formatted(file), failure);
    }
    tokenizer.write(file);
    return tokenizer;
  }

  private static Manifest manifest(
      String name, Pretraining recipe, Corpus corpus, LanguageModel model) {
    var figures = SubjectFigures.of(model, corpus, SEED);
    return new Manifest(
        name,
        model.config().parameters(),
        recipe.steps(),
        recipe.tokens(),
        SEED,
        recipe.toString(),
        MATERIAL.formatted(Runtime.version()),
        corpus.train().digest(),
        model.weights().digest(),
        figures.bitsPerByte(),
        figures.recall());
  }

  private static void write(Path file, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(bytes));
  }
}

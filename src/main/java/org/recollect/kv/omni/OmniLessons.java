package org.recollect.kv.omni;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.recollect.lab.Fingerprint;
import org.recollect.model.Placement;
import org.recollect.tensor.CacheFolder;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Precision;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Safetensors;
import org.recollect.train.AdamW;
import org.recollect.train.Muon;
import org.recollect.train.Optimizer;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;

/// How an [OmniModel] learns to answer: after each clip a dozen questions are asked, and the loss
/// is that of the words behind them. A later question follows earlier ones, but no answers.
///
/// In every other step of the second half, a random share of the patches and tones is missing, the
/// same ones in all of the step's clips: real films come in all resolutions and frame rates, and a
/// model that has only met whole clips has no use for parts of one.
///
/// ```java
/// var model = OmniLessons.of(ClipWorld.usual()).steps(600).learned(System.out::println);
/// ```
///
/// Encoders and language model are trained together, matrices by [Muon], all else by [AdamW].
///
/// @param world of the clips
/// @param hidden width of the model, a multiple of 16
/// @param layers of the model
/// @param steps of training
/// @param clips in a step
/// @param rate the highest learning rate
/// @param seed decides weights and clips
public record OmniLessons(
    ClipWorld world, int hidden, int layers, int steps, int clips, double rate, long seed) {

  /// Changes with what the recipe's numbers do not say, so that no older weights are taken.
  private static final int EDITION = 1;

  private static final int STEPS_A_LINE = 100;

  /// Of the patches and tones that a thinned step has.
  private static final double LEAST_SHARE = .25;

  public OmniLessons {
    if (hidden < 16 || hidden % 16 != 0 || layers < 1 || steps < 10 || clips < 1) {
      throw new IllegalArgumentException(
          "A model has heads of 16 channels and at least one layer, and learns in at least 10 steps of at least one clip; got a width of %d, %d layers, %d steps of %d clips."
              .formatted(hidden, layers, steps, clips));
    }
  }

  /// The recipe for a model of width 48 with 6 layers, about 0.2 million parameters: 600 steps of
  /// 16 clips.
  public static OmniLessons of(ClipWorld world) {
    return new OmniLessons(world, 48, 6, 600, 16, 4e-3, 1);
  }

  /// The same with another number of steps, at least 10.
  public OmniLessons steps(int steps) {
    return new OmniLessons(world, hidden, layers, steps, clips, rate, seed);
  }

  /// The same for a model of another shape.
  public OmniLessons shape(int hidden, int layers) {
    return new OmniLessons(world, hidden, layers, steps, clips, rate, seed);
  }

  /// The model that has learned; the one of an earlier call with the same recipe, if the cache
  /// folder has it.
  ///
  /// @param log takes a line every 100 steps; those of the earlier call if there was one
  public OmniModel learned(Consumer<String> log) {
    return learned(CacheFolder.path().resolve("omni"), log);
  }

  /// The same, kept in another folder.
  public OmniModel learned(Path folder, Consumer<String> log) {
    String name = Fingerprint.of(EDITION, this).substring(0, 16) + ".safetensors";
    var file = folder.resolve(name);
    if (!Files.exists(file)) {
      var lines = new ArrayList<String>();
      Consumer<String> both = log.andThen(lines::add);
      try (var model = train(both)) {
        var metadata = Map.of("log", String.join("\n", lines));
        Safetensors.write(file, model.language().weights(), Dtype.F32, metadata);
      }
    } else {
      Safetensors.metadata(file).getOrDefault("log", "").lines().forEach(log);
    }
    var shape = OmniModel.shape(world, hidden, layers);
    return new OmniModel(world, shape, Safetensors.read(file));
  }

  private OmniModel train(Consumer<String> log) {
    var model = OmniModel.random(world, OmniModel.shape(world, hidden, layers), seed);
    var schedule =
        new Schedule.WarmupStableDecay(rate, Math.min(100, steps / 10), steps, steps / 3, 0.02);
    var optimizer =
        Optimizer.split(new Muon(0.95, 0, Precision.FLOAT32), new AdamW(0.9, 0.95, 1e-8, 0), 0.5);
    var random = RandomStream.of(seed, "lessons");
    double sum = 0;
    try (var trainer = new Trainer(model.language().weights(), optimizer, schedule, 1)) {
      for (int step = 1; step <= steps; step++) {
        var lesson = random.split(step);
        boolean thinned = step > steps / 2 && step % 2 == 0;
        sum += trainer.step(() -> loss(model, lesson, thinned)).loss();
        if (step % STEPS_A_LINE == 0) {
          log.accept("step %d of %d: loss %.3f".formatted(step, steps, sum / STEPS_A_LINE));
          sum = 0;
        }
      }
    }
    return model;
  }

  private NDArray loss(OmniModel model, RandomStream random, boolean thinned) {
    var lesson = new ArrayList<Clip>();
    int asked = world.questions().size();
    int[][] words = new int[clips][];
    int[] answers = new int[clips * asked];
    for (int row = 0; row < clips; row++) {
      var clip = world.clip(random);
      lesson.add(clip);
      var questions = random.shuffle(world.questions());
      words[row] = questions.stream().flatMapToInt(q -> IntStream.of(world.words(q))).toArray();
      for (int i = 0; i < asked; i++) {
        var question = questions.get(i);
        answers[row * asked + i] = world.word(question.topic(), clip.answer(question));
      }
    }
    int[] kept = kept(asked, thinned ? random.nextDouble(LEAST_SHARE, 1) : 1, random);
    var vectors = pick(model.input(lesson, words).vectors(), kept);
    var placement = Placement.ofText(world.layout(asked).tokens()).pick(kept);
    var logits = model.forward(vectors, placement);
    int before = kept.length - 2 * asked;
    var text = logits.get(":, %d:".formatted(before)).reshape(clips, asked, 2, -1);
    var behind = text.get(":, :, 1").reshape((long) clips * asked, -1);
    return Ops.crossEntropy(behind, Memory.ofInts(logits.getManager(), answers));
  }

  /// The tokens of a step: the text, and this share of the others.
  private int[] kept(int asked, double share, RandomStream random) {
    var layout = world.layout(asked);
    return IntStream.range(0, layout.tokens())
        .filter(token -> layout.isText(token) || random.nextDouble() < share)
        .toArray();
  }

  /// Some tokens of `[clips][tokens][hidden]`.
  private static NDArray pick(NDArray x, int[] kept) {
    var shape = x.getShape();
    var byToken = x.transpose(1, 0, 2).reshape(shape.get(1), -1);
    return Ops.embedding(byToken, Memory.ofInts(x.getManager(), kept))
        .reshape(kept.length, shape.get(0), shape.get(2))
        .transpose(1, 0, 2);
  }
}

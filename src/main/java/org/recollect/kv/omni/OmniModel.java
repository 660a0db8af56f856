package org.recollect.kv.omni;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.model.Placement;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A language model that sees and hears: the vectors of patches and tones stand in its input where
/// those of words would. In the order of the input, a word that begins it, the windows of a [Clip],
/// each with its patches and then its tones, and the words of a question.
///
/// All weights are in one state dict, under the names of [ModelConfig#shapes] and below `video` and
/// `audio`.
public final class OmniModel implements AutoCloseable {

  private final ClipWorld world;
  private final LanguageModel language;
  private final Encoder video;
  private final Encoder audio;

  /// What a model reads.
  ///
  /// @param vectors the input of the first layer `[batch][tokens][hidden]`
  /// @param attention what each token receives in its encoder's last block, as a share of its
  ///   window's, mean of the queries; 0 for text `[tokens]`, of the batch's first clip
  public record Input(NDArray vectors, float[] attention) {}

  /// @param weights owned by the model from now on
  public OmniModel(ClipWorld world, ModelConfig config, Weights weights) {
    this.world = world;
    this.language = new LanguageModel(config, weights, null);
    this.video = video(world, config);
    this.audio = audio(world, config);
  }

  /// A model that has learned nothing; normal weights of standard deviation 0.02 in the language
  /// model, and `1 / sqrt(inputs)` in the encoders.
  ///
  /// @param shape of the language model; the vocabulary is the world's
  public static OmniModel random(ClipWorld world, ModelConfig shape, long seed) {
    if (shape.vocabSize() != world.vocabulary()) {
      throw new IllegalArgumentException(
          "The model has %d words, but the world's clips are asked about in %d: use OmniModel.shape(world, ...)."
              .formatted(shape.vocabSize(), world.vocabulary()));
    }
    try (var manager = Torch.manager();
        var blank = Models.random(shape, seed)) {
      var arrays = new LinkedHashMap<>(blank.weights().copy().asMap());
      for (var encoder : List.of(video(world, shape), audio(world, shape))) {
        encoder
            .shapes()
            .forEach((name, size) -> arrays.put(name, initial(manager, name, size, seed)));
      }
      return new OmniModel(world, shape, Weights.of(arrays));
    }
  }

  private static NDArray initial(NDManager manager, String name, Shape shape, long seed) {
    if (shape.dimension() == 1) {
      return manager.ones(shape);
    }
    double deviation =
        name.contains("embed_tokens") ? 0.1 : 1 / Math.sqrt(shape.getLastDimension());
    return RandomStream.of(seed, "initialisation", name).gaussian(manager, shape, deviation);
  }

  /// The shape of a language model for a world: heads of 16 channels, a feed-forward layer of `8/3
  /// hidden`, a head of its own.
  public static ModelConfig shape(ClipWorld world, int hidden, int layers) {
    int heads = Math.max(1, hidden / 16);
    int tokens = world.layout(world.windows() + world.kinds()).tokens();
    return new ModelConfig(
        world.vocabulary(),
        hidden,
        8 * hidden / 3,
        layers,
        heads,
        heads,
        16,
        10_000,
        1e-5,
        2 * tokens,
        false);
  }

  private static Encoder video(ClipWorld world, ModelConfig config) {
    int patches = world.grid() * world.grid();
    return new Encoder("video", world.patchPixels(), patches, world.windows(), config.hiddenSize());
  }

  private static Encoder audio(ClipWorld world, ModelConfig config) {
    return new Encoder(
        "audio", world.kinds(), world.tonesPerWindow(), world.windows(), config.hiddenSize());
  }

  public ClipWorld world() {
    return world;
  }

  /// The decoder, which owns all weights.
  public LanguageModel language() {
    return language;
  }

  /// Embeds clips and the words that follow each, as many for every clip.
  ///
  /// @param words `[clips][words]`
  public Input input(List<Clip> clips, int[][] words) {
    var seen = video.encode(weights(), raw(clips.stream().map(Clip::patches).toList()));
    var heard = audio.encode(weights(), raw(clips.stream().map(Clip::tones).toList()));
    int batch = clips.size();
    int hidden = language.config().hiddenSize();
    var windows =
        NDArrays.concat(new NDList(seen.vectors(), heard.vectors()), 2).reshape(batch, -1, hidden);
    var text = language.embed(words(words));
    var begin = text.get(":, :1");
    var vectors = NDArrays.concat(new NDList(begin, windows, text.get(":, 1:")), 1);
    return new Input(vectors, received(seen, heard, words[0].length));
  }

  /// The input of one question about one clip.
  public Input input(Clip clip, Question question) {
    return input(List.of(clip), new int[][] {world.words(question)});
  }

  /// The logits of the word after each token, every token read in every layer.
  ///
  /// @param vectors `[batch][tokens][hidden]`
  /// @param placement where the tokens stand
  /// @return `[batch][tokens][vocabulary]`
  public NDArray forward(NDArray vectors, Placement placement) {
    var x = vectors;
    for (int layer = 0; layer < language.config().layers(); layer++) {
      x = language.layer(layer, x, placement);
    }
    return language.head(language.finalNorm(x));
  }

  /// The same for a whole text.
  public NDArray forward(NDArray vectors) {
    return forward(vectors, Placement.ofText((int) vectors.getShape().get(1)));
  }

  private Weights weights() {
    return language.weights();
  }

  /// The word that begins a text, and the words behind the clip `[clips][1 + words]`.
  private NDArray words(int[][] words) {
    int columns = words[0].length + 1;
    int[] ids = new int[words.length * columns];
    for (int row = 0; row < words.length; row++) {
      System.arraycopy(words[row], 0, ids, row * columns + 1, columns - 1);
    }
    var manager = weights().get("model.norm.weight").getManager();
    return Memory.ofInts(manager, ids, words.length, columns);
  }

  /// `[clips][windows][places][inputs]`
  private NDArray raw(List<float[][][]> tokens) {
    var first = tokens.getFirst();
    int inputs = first[0][0].length;
    float[] values = new float[tokens.size() * first.length * first[0].length * inputs];
    int at = 0;
    for (float[][][] clip : tokens) {
      for (float[][] window : clip) {
        for (float[] token : window) {
          System.arraycopy(token, 0, values, at, inputs);
          at += inputs;
        }
      }
    }
    var manager = weights().get("model.norm.weight").getManager();
    return Memory.ofFloats(manager, values, tokens.size(), first.length, first[0].length, inputs);
  }

  private float[] received(Encoder.Encoded seen, Encoder.Encoded heard, int words) {
    var means =
        NDArrays.concat(
            new NDList(
                seen.attention().get(0).mean(new int[] {1}),
                heard.attention().get(0).mean(new int[] {1})),
            1);
    float[] media = Memory.toFloats(means);
    float[] all = new float[1 + media.length + words];
    System.arraycopy(media, 0, all, 1, media.length);
    return all;
  }

  @Override
  public void close() {
    language.close();
  }
}

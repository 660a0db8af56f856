package org.recollect.model;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Precision;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;

/// A Llama-style decoder (Touvron et al., "LLaMA", 2023, section 2.2) over named weights, under the
/// names that Hugging Face gives them. With `norm` for RMSNorm, every layer computes
///
/// `x = x + attention(norm(x))`\
/// `x = x + down(silu(gate(norm(x))) * up(norm(x)))`
///
/// where attention is grouped-query attention (Ainslie et al., 2023) of queries and keys turned by
/// [Rope]. The logits are the last norm's output times the head, which may be the embedding matrix.
///
/// [#forward] can be differentiated when it runs under [Torch#gradients]; whoever calls it opens a
/// scope for the arrays it makes. The weights may be trained in place; all else is immutable.
public final class LanguageModel implements Adaptable<LanguageModel>, AutoCloseable {

  private final ModelConfig config;
  private final Weights weights;
  private final Tokenizer tokenizer;
  private final RotaryTables rotary;
  private final Overlays overlays;
  private final List<AutoCloseable> owned;

  /// A model that owns its weights and its tokenizer, and closes them.
  ///
  /// @param weights under the names of [ModelConfig#shapes]
  /// @param tokenizer how text becomes tokens, or null for a model of bare token ids
  /// @throws IllegalArgumentException if a weight is missing or has another shape than the
  ///   configuration asks for
  public LanguageModel(ModelConfig config, Weights weights, Tokenizer tokenizer) {
    this.config = config;
    this.weights = checked(config, weights);
    this.tokenizer = tokenizer;
    this.rotary = new RotaryTables(Rope.of(config));
    this.overlays = Overlays.NONE;
    this.owned = tokenizer == null ? List.of(weights, rotary) : List.of(weights, rotary, tokenizer);
  }

  /// A model that borrows from another whatever it does not own.
  private LanguageModel(
      LanguageModel lender,
      ModelConfig config,
      Weights weights,
      Overlays overlays,
      List<AutoCloseable> owned) {
    this.config = config;
    this.weights = weights;
    this.tokenizer = lender.tokenizer;
    this.rotary = lender.rotary;
    this.overlays = overlays;
    this.owned = owned;
  }

  private static Weights checked(ModelConfig config, Weights weights) {
    config
        .shapes()
        .forEach((name, shape) -> {
          var given = weights.get(name).getShape();
          if (!given.equals(shape)) {
            throw new IllegalArgumentException(
                "The weight %s has the shape %s, but the configuration asks for %s: use the config.json that came with the weights."
                    .formatted(name, given, shape));
          }
        });
    return weights;
  }

  public ModelConfig config() {
    return config;
  }

  @Override
  public Weights weights() {
    return weights;
  }

  /// @throws IllegalStateException if the model was made without one
  public Tokenizer tokenizer() {
    if (tokenizer == null) {
      throw new IllegalStateException(
          "this model has no tokenizer: give it token ids, or load it from a folder with a tokenizer.json.");
    }
    return tokenizer;
  }

  /// A model with the same adapters, the same replaced maps and other weights, which it owns. The
  /// tokenizer stays this model's: close it last.
  @Override
  public LanguageModel withWeights(Weights other) {
    return with(config, other);
  }

  /// The same for texts of another length: a model whose configuration says so and which owns its
  /// weights.
  public LanguageModel withContextLength(int tokens, Weights other) {
    return with(config.withContextLength(tokens), other);
  }

  /// A model of another depth with these weights, which it owns. The tokenizer stays this model's.
  ///
  /// @throws IllegalStateException if this model has overlays, which are on layers of certain
  ///   numbers
  public LanguageModel withLayers(int layers, Weights other) {
    if (!overlays.isEmpty()) {
      throw new IllegalStateException(
          "The overlays of a model belong to its layers: change the depth of the model below them, or merge them first.");
    }
    return with(config.withLayers(layers), other);
  }

  private LanguageModel with(ModelConfig shape, Weights other) {
    return new LanguageModel(this, shape, checked(shape, other), overlays, List.of(other));
  }

  /// This model with an overlay on one linear map; overlays on the same map are applied in the
  /// order they were added. This model itself remains as it was and owns the weights of both.
  ///
  /// @param linearName such as `model.layers.0.self_attn.q_proj`, or `lm_head`
  /// @throws IllegalArgumentException if the model has no linear map of that name
  @Override
  public LanguageModel adapt(String linearName, Adapter adapter) {
    requireLinearMap(linearName);
    return with(overlays.with(linearName, adapter));
  }

  /// This model with some of its linear maps computed in another way, such as from rounded weights:
  /// the products with their own weights are not taken. Overlays are applied to what the
  /// replacement gives. This model itself remains as it was and owns the weights of both.
  ///
  /// @param maps by the name of the linear map, as [#linearMaps] lists them; a map that was
  ///   replaced before is replaced again
  /// @throws IllegalArgumentException if the model has no linear map of a name
  public LanguageModel replace(Map<String, ? extends LinearMap> maps) {
    maps.keySet().forEach(this::requireLinearMap);
    return with(overlays.with(maps));
  }

  /// This model with a gate before each layer's attention, in place of one that it may have had:
  /// where a text is read at once, later tokens see a token as far as its flag says. Taps see what
  /// attention is computed from, and so attention statistics leave the gate out. Tokens that are
  /// read with a cache are not asked for: what the cache holds is seen. This model itself remains
  /// as it was and owns the weights of both.
  public LanguageModel gated(KeyGate gate) {
    return with(overlays.with(gate));
  }

  /// This model reading every text behind trained vectors, in place of those that it may have had.
  /// This model itself remains as it was and owns the weights of both, but for the vectors.
  public LanguageModel behind(VirtualTokens before) {
    return with(overlays.with(before));
  }

  private LanguageModel with(Overlays other) {
    return new LanguageModel(this, config, weights, other, List.of());
  }

  private void requireLinearMap(String name) {
    if (!linearMaps().contains(name)) {
      throw new IllegalArgumentException(
          "There is no linear map '%s': the model has %s."
              .formatted(name, String.join(", ", linearMaps())));
    }
  }

  /// This model with the factors of its matrix products in another precision, for training:
  /// weights, norms, softmaxes and logits stay float32. This model itself remains as it was and
  /// owns the weights of both.
  public LanguageModel in(Precision other) {
    return with(overlays.with(other));
  }

  /// The names of the linear maps that can be adapted, layer by layer, the head last.
  @Override
  public List<String> linearMaps() {
    var names = new ArrayList<String>();
    for (String weight : config.shapes().sequencedKeySet()) {
      if (weight.endsWith("_proj.weight")) {
        names.add(weight.substring(0, weight.length() - ".weight".length()));
      }
    }
    names.add("lm_head");
    return names;
  }

  /// The logits of the next token at every position.
  ///
  /// @param tokens `[batch][tokens]`, int64
  /// @param taps observers of the pass
  /// @return `[batch][tokens][vocab]`
  public NDArray forward(NDArray tokens, Tap... taps) {
    return head(hidden(tokens, taps));
  }

  /// The residual stream after the last layer and its norm, `[batch][tokens][hiddenSize]`.
  ///
  /// @param tokens `[batch][tokens]`, int64
  public NDArray hidden(NDArray tokens, Tap... taps) {
    return hidden(tokens, Placement.ofText((int) tokens.getShape().get(1)), taps);
  }

  /// The same for tokens that are not a whole text.
  ///
  /// @param tokens `[batch][tokens]`, int64
  public NDArray hidden(NDArray tokens, Placement placement, Tap... taps) {
    var pass = Pass.of(overlays.before(), embedding(tokens), placement, rotary);
    var x = pass.stream();
    for (int layer = 0; layer < config.layers(); layer++) {
      x = layer(layer, x, pass.placement(), taps);
    }
    for (Tap tap : taps) {
      tap.hidden(config.layers(), x);
    }
    return finalNorm(pass.text(x));
  }

  /// The residual stream before the first layer.
  ///
  /// @param tokens `[batch][tokens]`, int64
  /// @return `[batch][tokens][hiddenSize]`
  /// @throws IllegalStateException if the model stands [#behind] vectors, which are no part of it
  public NDArray embed(NDArray tokens) {
    if (overlays.before().isPresent()) {
      throw new IllegalStateException(
          "A model behind trained vectors reads a text by forward or hidden only: go through the layers of the model below them.");
    }
    return embedding(tokens);
  }

  private NDArray embedding(NDArray tokens) {
    return Ops.embedding(weights.get("model.embed_tokens.weight"), tokens);
  }

  /// One layer: what [#hidden] is made of, for those who change the stream between layers.
  ///
  /// @param layer from 0
  /// @param x the residual stream `[batch][tokens][hiddenSize]`
  /// @return the residual stream behind the layer, likewise
  public NDArray layer(int layer, NDArray x, Placement placement, Tap... taps) {
    for (Tap tap : taps) {
      tap.hidden(layer, x);
    }
    var mixed = x.add(attention(layer, attentionNorm(layer, x), placement, taps));
    return mixed.add(feedForward(layer, norm(layer, "post_attention_layernorm", mixed)));
  }

  /// The norm behind the last layer.
  public NDArray finalNorm(NDArray x) {
    return Ops.rmsNorm(x, weights.get("model.norm.weight"), config.rmsNormEps());
  }

  /// Turns hidden states into logits.
  ///
  /// @param hidden `[...][hiddenSize]`
  /// @return `[...][vocab]`
  public NDArray head(NDArray hidden) {
    return linear("lm_head", hidden);
  }

  /// Reads a text and records what a cache needs to go on from it.
  ///
  /// @param tokens at least one
  /// @param window how many of the last queries are recorded; a shorter text records all of its own
  /// @throws IllegalArgumentException if there are no tokens, or one is not in the vocabulary
  public Prompt prefill(int[] tokens, int window) {
    return generation().prefill(tokens, window);
  }

  private Generation generation() {
    return new Generation(this, overlays.before());
  }

  /// Reads a piece of text that stands anywhere, and records what it computed; of attention to what
  /// came before nothing is recorded.
  ///
  /// @param tokens at least one
  /// @param placement of these tokens
  /// @return the piece, with empty attention statistics
  public Prompt readOn(int[] tokens, Placement placement) {
    return generation().read(tokens, placement, PromptRecorder.ofPiece(config, tokens));
  }

  /// Reads one token more, with a cache in place of the earlier ones.
  ///
  /// @param token a token id
  /// @param cache what is known of the earlier tokens; takes this one in
  /// @return the logits of the next token, `[vocab]`
  public float[] step(int token, KeyValueCache cache) {
    requireTokens(token);
    generation().requireRead(cache);
    try (var _ = Torch.newScope()) {
      var x = embedding(generation().ids(token));
      for (int layer = 0; layer < config.layers(); layer++) {
        x = x.add(cachedAttention(layer, attentionNorm(layer, x), cache));
        x = x.add(feedForward(layer, norm(layer, "post_attention_layernorm", x)));
      }
      return Memory.toFloats(head(finalNorm(x)));
    }
  }

  /// Continues a text with a cache that forgets nothing, up to the end-of-text token if the model
  /// has a tokenizer that names one.
  ///
  /// @param prompt token ids, at least one
  /// @param newTokens how many tokens at most
  /// @return the new tokens only, without the end-of-text token
  public int[] generate(int[] prompt, int newTokens, Sampling sampling) {
    var read = prefill(prompt, 1);
    try (var cache = DenseCache.of(read)) {
      return generate(read.logits(), cache, newTokens, sampling);
    }
  }

  /// Continues what a cache holds, likewise.
  ///
  /// @param logits the prediction after the last token in the cache, `[vocab]`
  /// @param cache takes in all new tokens but the last
  public int[] generate(float[] logits, KeyValueCache cache, int newTokens, Sampling sampling) {
    return generation().generate(logits, cache, newTokens, sampling);
  }

  /// The token that ends a text, or -1 where the model has no tokenizer that names one.
  public int endOfText() {
    return tokenizer == null ? -1 : tokenizer.endOfTextIfNamed().orElse(-1);
  }

  void requireTokens(int... tokens) {
    if (tokens.length == 0) {
      throw new IllegalArgumentException("The text has no tokens: give at least one.");
    }
    for (int token : tokens) {
      if (token < 0 || token >= config.vocabSize()) {
        throw new IllegalArgumentException(
            "%d is not a token: the vocabulary has the ids 0 to %d; encode the text with the model's own tokenizer."
                .formatted(token, config.vocabSize() - 1));
      }
    }
  }

  private NDArray cachedAttention(int layer, NDArray x, KeyValueCache cache) {
    String name = "model.layers." + layer + ".self_attn.";
    float[] mixed = new float[config.heads() * config.headDim()];
    cache.attend(
        layer,
        Memory.toFloats(linear(name + "q_proj", x)),
        Memory.toFloats(linear(name + "k_proj", x)),
        Memory.toFloats(linear(name + "v_proj", x)),
        mixed);
    return linear(name + "o_proj", Memory.ofFloats(x.getManager(), mixed, 1, 1, mixed.length));
  }

  private NDArray attention(int layer, NDArray x, Placement placement, Tap... taps) {
    var turns = rotary.of(placement.positions());
    String name = "model.layers." + layer + ".self_attn.";
    var queries = heads(linear(name + "q_proj", x), config.heads());
    var keys = heads(linear(name + "k_proj", x), config.kvHeads());
    var values = heads(linear(name + "v_proj", x), config.kvHeads());
    var rotatedQueries = Ops.rope(queries, turns.cos(), turns.sin());
    var rotatedKeys = Ops.rope(keys, turns.cos(), turns.sin());
    for (Tap tap : taps) {
      tap.attention(layer, queries, keys, values, rotatedQueries, rotatedKeys);
    }
    var mixed =
        SelfAttention.attend(overlays, layer, x, rotatedQueries, rotatedKeys, values, placement);
    return linear(name + "o_proj", merge(mixed));
  }

  private NDArray feedForward(int layer, NDArray x) {
    String name = "model.layers." + layer + ".mlp.";
    return linear(
        name + "down_proj", Ops.swiglu(linear(name + "gate_proj", x), linear(name + "up_proj", x)));
  }

  /// The norm before a layer's attention: what a [KeyGate] is given.
  ///
  /// @param x the residual stream `[...][hiddenSize]`
  public NDArray attentionNorm(int layer, NDArray x) {
    return norm(layer, "input_layernorm", x);
  }

  private NDArray norm(int layer, String which, NDArray x) {
    var weight = weights.get("model.layers." + layer + "." + which + ".weight");
    return Ops.rmsNorm(x, weight, config.rmsNormEps());
  }

  private NDArray linear(String name, NDArray input) {
    var replacement = overlays.replacements().get(name);
    var output =
        replacement == null
            ? Ops.linear(input, weight(name), overlays.precision())
            : replacement.apply(input);
    for (Adapter adapter : overlays.on(name)) {
      output = adapter.apply(input, output);
    }
    return output;
  }

  /// The matrix of a linear map, `[out][in]`; the head's may be the embedding.
  ///
  /// @param linearName as [#linearMaps] lists them
  @Override
  public NDArray weight(String linearName) {
    boolean tied = linearName.equals("lm_head") && config.tiedEmbeddings();
    return weights.get(tied ? "model.embed_tokens.weight" : linearName + ".weight");
  }

  /// `[batch][tokens][heads * headDim]` as `[batch][heads][tokens][headDim]`.
  private NDArray heads(NDArray x, int count) {
    var shape = x.getShape();
    return x.reshape(shape.get(0), shape.get(1), count, config.headDim()).transpose(0, 2, 1, 3);
  }

  /// `[batch][heads][tokens][headDim]` as `[batch][tokens][heads * headDim]`.
  private NDArray merge(NDArray x) {
    var shape = x.getShape();
    return x.transpose(0, 2, 1, 3).reshape(shape.get(0), shape.get(2), -1);
  }

  @Override
  public void close() {
    for (AutoCloseable part : owned) {
      try {
        part.close();
      } catch (Exception problem) {
        throw new IllegalStateException("a part of the model could not be closed", problem);
      }
    }
  }
}

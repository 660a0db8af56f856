package org.recollect.model;

import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;

/// The shape of a Llama-style decoder, as a Hugging Face `config.json` states it
/// (`LlamaForCausalLM`).
///
/// @param vocabSize number of token ids
/// @param hiddenSize width of the residual stream
/// @param intermediateSize width of the SwiGLU feed-forward layer
/// @param layers number of decoder layers
/// @param heads query heads in a layer
/// @param kvHeads key/value heads in a layer; divides `heads` (grouped-query attention)
/// @param headDim width of one head; even, because RoPE turns pairs of channels
/// @param ropeTheta base of the rotary frequencies
/// @param rmsNormEps added to the mean square before the root
/// @param contextLength positions the model was trained for
/// @param tiedEmbeddings whether the output head is the embedding matrix
public record ModelConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    int headDim,
    double ropeTheta,
    double rmsNormEps,
    int contextLength,
    boolean tiedEmbeddings) {

  private static final long MAX_FILE_BYTES = 1 << 20;

  /// @throws IllegalArgumentException if a size is out of range or two sizes do not fit together
  public ModelConfig {
    requireSize("vocab_size", vocabSize, 1 << 24);
    requireSize("hidden_size", hiddenSize, 1 << 20);
    requireSize("intermediate_size", intermediateSize, 1 << 22);
    requireSize("num_hidden_layers", layers, 1 << 12);
    requireSize("num_attention_heads", heads, 1 << 12);
    requireSize("num_key_value_heads", kvHeads, 1 << 12);
    requireSize("head_dim", headDim, 1 << 12);
    requireSize("max_position_embeddings", contextLength, 1 << 24);
    require(
        heads % kvHeads == 0,
        "num_key_value_heads is %d, but it must divide num_attention_heads, which is %d.",
        kvHeads,
        heads);
    require(headDim % 2 == 0, "head_dim is %d, but RoPE turns pairs: give an even one.", headDim);
    require(
        Double.isFinite(ropeTheta) && ropeTheta > 1,
        "rope_theta is %s, but it must be a finite number above 1 (10000 is usual).",
        ropeTheta);
    require(
        rmsNormEps > 0 && rmsNormEps < 1,
        "rms_norm_eps is %s, but it must lie between 0 and 1 (1e-5 is usual).",
        rmsNormEps);
  }

  /// How many query heads share one key/value head.
  public int groupSize() {
    return heads / kvHeads;
  }

  /// The number of parameters in words: `3.48 M parameters`.
  public String size() {
    return String.format(Locale.ROOT, "%.2f M parameters", parameters() / 1e6);
  }

  /// The number of weights of a model of this shape; a tied head counts once.
  public long parameters() {
    return shapes().values().stream().mapToLong(Shape::size).sum();
  }

  /// The weights of a model of this shape under Hugging Face's names, in the order of its files; a
  /// linear map from `in` to `out` is `[out][in]`.
  public SequencedMap<String, Shape> shapes() {
    int queries = heads * headDim;
    int keys = kvHeads * headDim;
    var shapes = new LinkedHashMap<String, Shape>();
    shapes.put("model.embed_tokens.weight", new Shape(vocabSize, hiddenSize));
    for (int layer = 0; layer < layers; layer++) {
      String name = "model.layers." + layer + ".";
      shapes.put(name + "input_layernorm.weight", new Shape(hiddenSize));
      shapes.put(name + "self_attn.q_proj.weight", new Shape(queries, hiddenSize));
      shapes.put(name + "self_attn.k_proj.weight", new Shape(keys, hiddenSize));
      shapes.put(name + "self_attn.v_proj.weight", new Shape(keys, hiddenSize));
      shapes.put(name + "self_attn.o_proj.weight", new Shape(hiddenSize, queries));
      shapes.put(name + "post_attention_layernorm.weight", new Shape(hiddenSize));
      shapes.put(name + "mlp.gate_proj.weight", new Shape(intermediateSize, hiddenSize));
      shapes.put(name + "mlp.up_proj.weight", new Shape(intermediateSize, hiddenSize));
      shapes.put(name + "mlp.down_proj.weight", new Shape(hiddenSize, intermediateSize));
    }
    shapes.put("model.norm.weight", new Shape(hiddenSize));
    if (!tiedEmbeddings) {
      shapes.put("lm_head.weight", new Shape(vocabSize, hiddenSize));
    }
    return shapes;
  }

  /// The same shape for contexts of another length.
  public ModelConfig withContextLength(int tokens) {
    return with(layers, tokens);
  }

  /// The same shape with another number of layers.
  public ModelConfig withLayers(int count) {
    return with(count, contextLength);
  }

  private ModelConfig with(int layers, int contextLength) {
    return new ModelConfig(
        vocabSize,
        hiddenSize,
        intermediateSize,
        layers,
        heads,
        kvHeads,
        headDim,
        ropeTheta,
        rmsNormEps,
        contextLength,
        tiedEmbeddings);
  }

  /// Reads a Hugging Face `config.json`.
  ///
  /// @throws IOException if the file cannot be read
  /// @throws IllegalArgumentException if it is not the configuration of a plain Llama
  public static ModelConfig read(Path file) throws IOException {
    long bytes = Files.size(file);
    require(bytes <= MAX_FILE_BYTES, "%s has %d bytes: not a config.json.", file, bytes);
    return parse(Files.readString(file), file.toString());
  }

  /// Parses the text of a Hugging Face `config.json`.
  ///
  /// @param source where the text is from, for error messages
  /// @throws IllegalArgumentException if it is not the configuration of a plain Llama
  public static ModelConfig parse(String json, String source) {
    try {
      return of(Json.object(json, "The text"));
    } catch (IllegalArgumentException problem) {
      throw new IllegalArgumentException(source + ": " + problem.getMessage(), problem);
    }
  }

  /// This shape as the text of a Hugging Face `config.json`.
  public String toJson() {
    var fields = new LinkedHashMap<String, Object>();
    fields.put("architectures", List.of("LlamaForCausalLM"));
    fields.put("model_type", "llama");
    fields.put("vocab_size", vocabSize);
    fields.put("hidden_size", hiddenSize);
    fields.put("intermediate_size", intermediateSize);
    fields.put("num_hidden_layers", layers);
    fields.put("num_attention_heads", heads);
    fields.put("num_key_value_heads", kvHeads);
    fields.put("head_dim", headDim);
    fields.put("hidden_act", "silu");
    fields.put("rope_theta", ropeTheta);
    fields.put("rms_norm_eps", rmsNormEps);
    fields.put("max_position_embeddings", contextLength);
    fields.put("tie_word_embeddings", tiedEmbeddings);
    fields.put("attention_bias", false);
    fields.put("mlp_bias", false);
    return Json.format(fields);
  }

  private static ModelConfig of(JsonNode json) {
    requireText(json, "model_type", "llama");
    requireText(json, "hidden_act", "silu");
    for (String bias : List.of("attention_bias", "mlp_bias")) {
      require(!flag(json, bias, false), "%s is true, but only layers without bias are read.", bias);
    }
    // Newer exports keep the frequencies in rope_parameters, older ones scale them in rope_scaling.
    var rope = json.path("rope_parameters").isObject() ? json.get("rope_parameters") : json;
    for (var scaling : List.of(rope, json.path("rope_scaling"))) {
      var kind = scaling.path("rope_type").asText(scaling.path("type").asText("default"));
      require(
          kind.equals("default"),
          "RoPE scaling of the type '%s' is not supported: use a checkpoint without it.",
          kind);
    }
    int hidden = size(json, "hidden_size", null);
    int heads = size(json, "num_attention_heads", null);
    return new ModelConfig(
        size(json, "vocab_size", null),
        hidden,
        size(json, "intermediate_size", null),
        size(json, "num_hidden_layers", null),
        heads,
        size(json, "num_key_value_heads", heads),
        size(json, "head_dim", heads > 0 ? hidden / heads : 0),
        number(rope, "rope_theta", 10_000),
        number(json, "rms_norm_eps", 1e-6),
        size(json, "max_position_embeddings", 2048),
        flag(json, "tie_word_embeddings", false));
  }

  private static int size(JsonNode json, String field, Integer fallback) {
    var node = json.path(field);
    if (fallback != null && (node.isMissingNode() || node.isNull())) {
      return fallback;
    }
    require(
        node.isIntegralNumber() && node.canConvertToInt(),
        "%s is %s, but a whole number is expected.",
        field,
        node.isMissingNode() ? "missing" : node);
    return node.intValue();
  }

  private static double number(JsonNode json, String field, double fallback) {
    var node = json.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return fallback;
    }
    require(node.isNumber(), "%s is %s, but a number is expected.", field, node);
    return node.doubleValue();
  }

  private static boolean flag(JsonNode json, String field, boolean fallback) {
    var node = json.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return fallback;
    }
    require(node.isBoolean(), "%s is %s, but true or false is expected.", field, node);
    return node.booleanValue();
  }

  private static void requireText(JsonNode json, String field, String expected) {
    var given = json.path(field).asText(expected);
    require(
        given.equals(expected),
        "%s is '%s', but only '%s' is supported: give a Llama checkpoint.",
        field,
        given,
        expected);
  }

  private static void requireSize(String field, int value, int limit) {
    require(
        value >= 1 && value <= limit,
        "%s is %d, but it must be between 1 and %d.",
        field,
        value,
        limit);
  }

  private static void require(boolean holds, String message, Object... arguments) {
    if (!holds) {
      throw new IllegalArgumentException(String.format(message, arguments));
    }
  }
}

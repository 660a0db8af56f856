package org.recollect.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.recollect.tensor.AtomicFile;

/// Text to token ids and back, as a `tokenizer.json` of the Hugging Face tokenizers library says.
///
/// Nothing is truncated, padded or put around the text: the ids are those of the text alone. A
/// special token that is spelled out in the text becomes its id. The work is done by that library's
/// native code, which this class owns: close it when done. It may be used by several threads.
public final class Tokenizer implements AutoCloseable {
  /// The largest file that is read: 128 MiB. Vocabularies of 256 thousand tokens take about 40.
  static final long MAX_BYTES = 128L << 20;

  private static final int MAX_ID = 1 << 24;

  /// How models in use spell the end of a document.
  private static final List<String> ENDS =
      List.of("<|end|>", "<|endoftext|>", "<|end_of_text|>", "</s>", "<eos>");

  private final String json;
  private final HuggingFaceTokenizer tokenizer;
  private final int vocabularySize;
  private final OptionalInt endOfText;

  private Tokenizer(String json, String source) {
    JsonNode root = Json.object(json, source);
    this.json = json;
    this.vocabularySize = vocabularySize(root, source);
    this.endOfText = endOfText(root);
    this.tokenizer = open(json, source);
  }

  /// Reads a `tokenizer.json`.
  ///
  /// @param path the file, or a folder that holds one
  /// @throws IllegalArgumentException when there is no such file or it is malformed
  public static Tokenizer read(Path path) {
    var file = Files.isDirectory(path) ? path.resolve("tokenizer.json") : path;
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException(
          "There is no tokenizer at '" + file + "'; a Hugging Face folder has a tokenizer.json.");
    }
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw malformed(file.toString(), "it has more than 128 MiB", null);
      }
      return new Tokenizer(Files.readString(file), file.toString());
    } catch (IOException e) {
      throw malformed(file.toString(), "it is not readable as UTF-8 text", e);
    }
  }

  /// Makes a tokenizer of the contents of a `tokenizer.json`.
  ///
  /// @throws IllegalArgumentException when it is malformed
  public static Tokenizer parse(String json) {
    return new Tokenizer(json, "The tokenizer");
  }

  /// Writes the `tokenizer.json` that this tokenizer was made of.
  ///
  /// @throws UncheckedIOException when it cannot be written; nothing is left half-written
  public void write(Path file) {
    AtomicFile.write(file, out -> out.write(json.getBytes(UTF_8)));
  }

  /// The token ids of a text. A character that is half of a surrogate pair is read as `?`.
  public int[] encode(String text) {
    var unicode = new String(text.getBytes(UTF_8), UTF_8);
    return Arrays.stream(tokenizer.encode(unicode, false, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /// The text of token ids, special tokens included. Bytes that are not UTF-8 together, such as the
  /// first half of a character, become U+FFFD.
  ///
  /// @throws IllegalArgumentException when an id is not in the vocabulary
  public String decode(int... ids) {
    for (int id : ids) {
      if (id < 0 || id >= vocabularySize) {
        throw new IllegalArgumentException(
            "The vocabulary has the ids 0 to " + (vocabularySize - 1) + ", not " + id + ".");
      }
    }
    return tokenizer.decode(Arrays.stream(ids).asLongStream().toArray(), false);
  }

  /// How many tokens a text has.
  public int count(String text) {
    return encode(text).length;
  }

  /// The largest id plus one, special tokens included.
  public int vocabularySize() {
    return vocabularySize;
  }

  /// The id of the special token that ends a document.
  ///
  /// @throws IllegalStateException when the tokenizer has none of the usual names for it
  public int endOfText() {
    return endOfText.orElseThrow(() ->
        new IllegalStateException(
            "This tokenizer names no end of text: none of its special tokens is one of "
                + String.join(" ", ENDS)
                + "."));
  }

  /// The same id, or none where the tokenizer has none of the usual names for it.
  OptionalInt endOfTextIfNamed() {
    return endOfText;
  }

  @Override
  public void close() {
    tokenizer.close();
  }

  private static HuggingFaceTokenizer open(String json, String source) {
    // The native library is in the jar. Its loader would ask the network for another one when it
    // sees a GPU, and count downloads; neither is of use to a tokenizer.
    var quiet = Map.of("ai.djl.offline", "true", "OPT_OUT_TRACKING", "true", "RUST_FLAVOR", "cpu");
    quiet.forEach(System.getProperties()::putIfAbsent);
    var asIs = Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");
    try {
      return HuggingFaceTokenizer.newInstance(new ByteArrayInputStream(json.getBytes(UTF_8)), asIs);
    } catch (IOException | RuntimeException e) {
      throw malformed(source, e.getMessage(), e);
    }
  }

  private static int vocabularySize(JsonNode root, String source) {
    var ids = new ArrayList<JsonNode>();
    var vocabulary = root.path("model").path("vocab");
    if (vocabulary.isObject()) {
      vocabulary.forEach(ids::add);
    }
    root.path("added_tokens").forEach(token -> ids.add(token.path("id")));
    // A unigram model lists its tokens, all others map them to ids.
    int size = vocabulary.isArray() ? vocabulary.size() : 0;
    for (JsonNode id : ids) {
      if (!id.canConvertToInt() || id.intValue() < 0 || id.intValue() > MAX_ID) {
        throw malformed(source, "the token id " + id + " is not from 0 to " + MAX_ID, null);
      }
      size = Math.max(size, id.intValue() + 1);
    }
    if (size == 0) {
      throw malformed(source, "it has no vocabulary", null);
    }
    return size;
  }

  private static OptionalInt endOfText(JsonNode root) {
    for (String end : ENDS) {
      for (JsonNode token : root.path("added_tokens")) {
        if (token.path("content").asText().equals(end)) {
          return OptionalInt.of(token.path("id").intValue());
        }
      }
    }
    return OptionalInt.empty();
  }

  private static IllegalArgumentException malformed(String source, String why, Exception cause) {
    return new IllegalArgumentException(
        source + " is no tokenizer.json (" + why + "): fetch or export the file again.", cause);
  }
}

package org.recollect.model;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.TreeSet;
import java.util.regex.Pattern;

/// Tokenizers whose tokens are whole words with the space before them: for generated worlds whose
/// few hundred words a [BytePairTrainer] would spend more merges on than there are words.
public final class WordVocabulary {

  /// A run of letters and digits, or of anything else, with the space before it. Plain ranges,
  /// which mean the same to Java and to the tokenizer's own engine.
  private static final String WORD =
      " ?[A-Za-z0-9_\\x{80}-\\x{10FFFF}]+| ?[^A-Za-z0-9_ \\x{80}-\\x{10FFFF}]+| +";

  private static final String END = "<|end|>";
  private static final String UNKNOWN = "<|unknown|>";

  private WordVocabulary() {}

  /// The tokenizer of all words in some texts: the end of text is 0, whatever was not among them 1,
  /// and the words follow in the order of their characters. The caller closes it.
  ///
  /// @throws IllegalArgumentException when the texts have no word
  public static Tokenizer of(Iterable<String> texts) {
    var words = new TreeSet<String>();
    var pattern = Pattern.compile(WORD);
    texts.forEach(text -> pattern.matcher(text).results().forEach(word -> words.add(word.group())));
    if (words.isEmpty()) {
      throw new IllegalArgumentException(
          "There is no word to make a vocabulary of: give at least one text that is not empty.");
    }
    var tokens = new ArrayList<String>();
    tokens.add(END);
    tokens.add(UNKNOWN);
    tokens.addAll(words);
    return Tokenizer.parse(json(tokens));
  }

  private static String json(Iterable<String> tokens) {
    var json = JsonNodeFactory.instance.objectNode().put("version", "1.0");
    json.putNull("truncation").putNull("padding");
    var special = json.putArray("added_tokens").addObject().put("id", 0).put("content", END);
    special.put("single_word", false).put("lstrip", false).put("rstrip", false);
    special.put("normalized", false).put("special", true);
    json.putNull("normalizer");
    var split = json.putObject("pre_tokenizer").put("type", "Split");
    split.putObject("pattern").put("Regex", WORD);
    split.put("behavior", "Isolated").put("invert", false);
    json.putNull("post_processor").putObject("decoder").put("type", "Fuse");
    var model = json.putObject("model").put("type", "WordLevel").put("unk_token", UNKNOWN);
    var vocabulary = model.putObject("vocab");
    tokens.forEach(token -> vocabulary.put(token, vocabulary.size()));
    return json.toPrettyString();
  }
}

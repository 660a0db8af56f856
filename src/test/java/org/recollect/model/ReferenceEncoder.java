package org.recollect.model;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// A byte-level byte-pair encoder written from its definition, for texts without special tokens:
/// within each word the merge of lowest rank is applied until none applies.
record ReferenceEncoder(Pattern words, Map<String, Integer> ids, Map<List<String>, Integer> ranks) {

  static ReferenceEncoder read(Path file) throws IOException {
    var json = new JsonMapper().readTree(file.toFile());
    var pattern = json.at("/pre_tokenizer/pretokenizers/0/pattern/Regex").asText();
    var ids = new HashMap<String, Integer>();
    json.at("/model/vocab").properties().forEach(e -> ids.put(e.getKey(), e.getValue().asInt()));
    var ranks = new HashMap<List<String>, Integer>();
    json.at("/model/merges").forEach(m -> ranks.put(List.of(m.asText().split(" ")), ranks.size()));
    return new ReferenceEncoder(Pattern.compile(pattern), ids, ranks);
  }

  int[] encode(String text) {
    var encoded = new ArrayList<Integer>();
    var matcher = words.matcher(text);
    while (matcher.find()) {
      var word = spell(matcher.group());
      for (var pair = lowest(word); pair != null; pair = lowest(word)) {
        word = merge(word, pair);
      }
      word.forEach(token -> encoded.add(ids.get(token)));
    }
    return encoded.stream().mapToInt(Integer::intValue).toArray();
  }

  static List<String> merge(List<String> word, List<String> pair) {
    var merged = new ArrayList<String>();
    for (int i = 0; i < word.size(); i++) {
      boolean here = i + 1 < word.size() && word.subList(i, i + 2).equals(pair);
      merged.add(here ? word.get(i) + word.get(++i) : word.get(i));
    }
    return List.copyOf(merged);
  }

  private List<String> lowest(List<String> word) {
    List<String> lowest = null;
    for (int i = 0; i + 1 < word.size(); i++) {
      var pair = word.subList(i, i + 2);
      if (ranks.containsKey(pair) && (lowest == null || ranks.get(pair) < ranks.get(lowest))) {
        lowest = List.copyOf(pair);
      }
    }
    return lowest;
  }

  /// GPT-2's alphabet: the printable bytes `!` to `~`, `¡` to `¬` and `®` to `ÿ` stand for
  /// themselves, the other 68 are numbered upwards from U+0100.
  private static List<String> spell(String word) {
    var alphabet = new HashMap<Integer, Integer>();
    for (int[] range : new int[][] {{'!', '~'}, {'¡', '¬'}, {'®', 'ÿ'}}) {
      for (int value = range[0]; value <= range[1]; value++) {
        alphabet.put(value, value);
      }
    }
    for (int value = 0, next = 0x100; value < 256; value++) {
      if (!alphabet.containsKey(value)) {
        alphabet.put(value, next++);
      }
    }
    var spelled = new ArrayList<String>();
    for (byte b : word.getBytes(UTF_8)) {
      spelled.add(Character.toString(alphabet.get(b & 0xff)));
    }
    return spelled;
  }
}

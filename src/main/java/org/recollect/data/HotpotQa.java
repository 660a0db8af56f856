package org.recollect.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Reads the files of HotpotQA (Yang et al., "HotpotQA: A Dataset for Diverse, Explainable
/// Multi-hop Question Answering", 2018) in the distractor setting, from data that the reader has
/// downloaded: a JSON list of objects with `_id`, `question`, `answer`, `type`, `supporting_facts`
/// (pairs of title and number of the sentence) and `context` (pairs of title and sentences).
///
/// The paragraphs of all questions together are the library; of those with the same title and text
/// one is kept. A step of a question is a paragraph with a supporting fact.
public final class HotpotQa {
  /// The development file has 46 MB.
  private static final int MOST_BYTES = 128 << 20;

  private HotpotQa() {}

  /// The library and the questions, in parts by the hash of their ids; it notes no subjects.
  ///
  /// @throws IllegalArgumentException with file and line when a record is malformed, or when there
  ///   is no such file, or it has more than 128 MiB, or no question falls into the part to test
  ///   with
  public static World world(Path file) {
    var name = String.valueOf(file.getFileName());
    var passages = new LinkedHashMap<Passage, Passage>();
    var questions = new ArrayList<OpenQuestion>();
    for (var record : JsonRecords.read(file, MOST_BYTES)) {
      questions.add(record.build(() -> question(record, passages)));
    }
    if (passages.isEmpty()) {
      throw new IllegalArgumentException(
          "%s has questions without context; take a file of the distractor setting."
              .formatted(name));
    }
    return World.of(
        Library.of(name, List.copyOf(passages.values())), QuestionSet.of(name, questions));
  }

  /// @param passages of the questions before, by what they say, with their final ids
  private static OpenQuestion question(JsonRecord record, Map<Passage, Passage> passages) {
    var paragraphs = new LinkedHashMap<String, String>();
    var sentences = new LinkedHashMap<String, Integer>();
    for (var each : record.items("context")) {
      var title = each.pair().getFirst().text();
      var text = each.pair().getLast().texts();
      if (!String.join("", text).isBlank()) {
        paragraphs.put(title, id(title, String.join("", text).strip(), passages));
        sentences.put(title, text.size());
      }
    }
    var evidence = new LinkedHashMap<String, List<String>>();
    for (var each : record.items("supporting_facts")) {
      var title = each.pair().getFirst().text();
      // Some of the published facts point behind the end of their paragraph: they state nothing.
      if (each.pair().getLast().index() < sentences.getOrDefault(title, 0)) {
        evidence.put(title, List.of(paragraphs.get(title)));
      }
    }
    return new OpenQuestion(
        record.text("_id"),
        record.text("question"),
        List.of(record.text("answer")),
        List.of(),
        List.copyOf(evidence.values()),
        "",
        record.text("type"),
        Optional.empty());
  }

  private static String id(String title, String text, Map<Passage, Passage> passages) {
    var said = new Passage("any", title, text);
    return passages
        .computeIfAbsent(said, _ -> new Passage("paragraph " + passages.size(), title, text))
        .id();
  }
}

package org.recollect.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/// Reads the table of WiTQA (Maekawa et al., "Retrieval Helps or Hurts? A Deeper Dive into the
/// Efficacy of Retrieval Augmentation to Language Models", 2024), from data that the reader has
/// downloaded: `witqa.tsv` with the columns `subject_label`, `predicate_label`, `object_label`,
/// `object_surfaceform`, `expanded_object_label`, `output_question`, `extracted_text` (the
/// supporting passage), `entity_count` and `sub_pred_count`. Other columns are left alone.
///
/// The supporting passages are the library. The subject's popularity is `entity_count`, that of the
/// pair of subject and relation `sub_pred_count`.
public final class WiTqa {
  private WiTqa() {}

  /// The library and the questions, in parts by their subjects.
  ///
  /// @throws IllegalArgumentException with file and line when a record is malformed, or when there
  ///   is no such file, or no question falls into the part to test with
  public static World world(Path file) {
    var name = String.valueOf(file.getFileName());
    var passages = new LinkedHashMap<String, Passage>();
    var questions = new ArrayList<OpenQuestion>();
    for (var record : TabRecords.read(file)) {
      var id = "question " + (questions.size() + 1);
      questions.add(record.build(() -> question(id, record, passages)));
    }
    return World.of(
        Library.of(name, List.copyOf(passages.values())), QuestionSet.bySubject(name, questions));
  }

  /// @param passages of the questions before, by title and text
  private static OpenQuestion question(
      String id, JsonRecord record, Map<String, Passage> passages) {
    var subject = record.text("subject_label");
    var text = record.text("extracted_text");
    var passage =
        passages.computeIfAbsent(
            subject + "\n" + text,
            _ -> new Passage("passage " + (passages.size() + 1), subject, text));
    return new OpenQuestion(
        id,
        record.text("output_question"),
        answers(record),
        List.of(),
        List.of(List.of(passage.id())),
        subject,
        record.text("predicate_label"),
        Optional.of(
            new Popularity(
                record.count("entity_count"), OptionalDouble.of(record.count("sub_pred_count")))));
  }

  private static List<String> answers(JsonRecord record) {
    var answers = new LinkedHashSet<>(List.of(record.text("object_label")));
    answers.add(record.text("object_surfaceform"));
    // Where it is no list, it adds nothing.
    if (record.text("expanded_object_label").startsWith("[\"")) {
      answers.addAll(record.packedTexts("expanded_object_label"));
    }
    answers.removeIf(String::isBlank);
    return List.copyOf(answers);
  }
}

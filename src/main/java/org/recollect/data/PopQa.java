package org.recollect.data;

import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// Reads the questions of PopQA (Mallen et al., "When Not to Trust Language Models: Investigating
/// Effectiveness of Parametric and Non-Parametric Memories", 2023), from data that the reader has
/// downloaded: a table `.tsv`, or a JSON object each line, with `id`, `subj`, `prop`, `obj`,
/// `question`, `possible_answers` (a JSON list, also as a text), and `s_pop`, the monthly views of
/// the subject's page.
public final class PopQa {
  private PopQa() {}

  /// The questions in parts by their subjects; the file has no passages, and no parts of its own.
  ///
  /// @throws IllegalArgumentException with file and line when a record is malformed, or when there
  ///   is no such file, or no question falls into the part to test with
  public static QuestionSet questions(Path file) {
    var name = String.valueOf(file.getFileName());
    var records = name.endsWith(".tsv") ? TabRecords.read(file) : JsonRecords.read(file);
    return QuestionSet.bySubject(
        name, records.stream().map(record -> record.build(() -> question(record))).toList());
  }

  private static OpenQuestion question(JsonRecord record) {
    var answers = new LinkedHashSet<>(List.of(record.text("obj")));
    answers.addAll(record.packedTexts("possible_answers"));
    return new OpenQuestion(
        record.label("id"),
        record.text("question"),
        List.copyOf(answers),
        List.of(),
        List.of(),
        record.text("subj"),
        record.text("prop"),
        Optional.of(new Popularity(record.count("s_pop"), OptionalDouble.empty())));
  }
}

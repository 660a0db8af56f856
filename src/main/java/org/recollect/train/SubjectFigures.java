package org.recollect.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.data.Corpora;
import org.recollect.data.Corpus;
import org.recollect.data.Recall;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.RandomStream;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/// What a subject can do, measured on text that it has not read. From a command line,
///
/// ```
/// environment/java org.recollect.train.SubjectFigures nanoJava miniJava
/// ```
///
/// measures the shipped subjects named, all without a name, beside what their manifests say.
///
/// @param bitsPerByte on the validation part, all of it, see [Evaluation#bitsPerByte]
/// @param recall share of 64 questions answered at the full context, 0 to 1, by the task's name
public record SubjectFigures(double bitsPerByte, Map<String, Double> recall) {

  private static final int QUESTIONS = 64;
  private static final String NEEDLE = "needle";
  private static final String EIGHT_PAIRS = "8 pairs";

  /// @param seed draws the questions
  static SubjectFigures of(LanguageModel model, Corpus corpus, long seed) {
    int length = model.config().contextLength();
    var recall = new LinkedHashMap<String, Double>();
    for (var task : List.of(Recall.needle(), Recall.associative(8))) {
      var items =
          task.in(corpus.validation())
              .items(
                  QUESTIONS,
                  length,
                  model.tokenizer()::count,
                  RandomStream.of(seed, "evaluation", task.pairs()));
      recall.put(task.pairs() == 1 ? NEEDLE : EIGHT_PAIRS, Evaluation.recall(model, items));
    }
    double bits = Evaluation.bitsPerByte(model, corpus.validation(), length);
    return new SubjectFigures(bits, recall);
  }

  /// What the manifests of the shipped subjects say, a row each.
  public static Table shipped() {
    var table =
        Table.create(
            "The shipped subjects",
            StringColumn.create("subject"),
            IntColumn.create("parameters"),
            StringColumn.create("bits per byte ↓"),
            StringColumn.create("needle recall ↑"),
            StringColumn.create("8-pair recall ↑"));
    for (String name : Models.shipped()) {
      var manifest = Models.manifest(name);
      table.stringColumn(0).append(name);
      table.intColumn(1).append(Math.toIntExact(manifest.parameters()));
      table.stringColumn(2).append("%.3f".formatted(manifest.bitsPerByte()));
      table.stringColumn(3).append("%.1f %%".formatted(100 * manifest.recall().get(NEEDLE)));
      table.stringColumn(4).append("%.1f %%".formatted(100 * manifest.recall().get(EIGHT_PAIRS)));
    }
    return table;
  }

  /// @param names of shipped subjects; none for all
  static void main(String... names) {
    var subjects = names.length == 0 ? Models.shipped() : List.of(names);
    var corpus = Corpora.jdk();
    for (String name : subjects) {
      try (var model = Models.shipped(name)) {
        var manifest = Models.manifest(name);
        System.out.printf("%s, measured  %s%n", name, of(model, corpus, manifest.seed()));
        System.out.printf(
            "%s, manifest  %s%n",
            name, new SubjectFigures(manifest.bitsPerByte(), manifest.recall()));
      }
    }
  }

  /// The bits per byte, then the recall of each task in percent.
  @Override
  public String toString() {
    var shares = new StringBuilder();
    recall.forEach((task, share) ->
        shares
            .append(shares.isEmpty() ? "" : ", ")
            .append("%s %.0f %%".formatted(task, 100 * share)));
    return "%.3f bits per byte; recall: %s".formatted(bitsPerByte, shares);
  }
}

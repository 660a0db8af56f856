package org.recollect.data;

import java.util.List;

/// A question about somebody or something with its answer: the unit of what a model is to forget or
/// to keep.
///
/// Wrong answers have the form of [#restated], not of the answer that a model was trained on: the
/// truth ratio compares the two, and only the fact in them may tell them apart, not a wording
/// learned by heart (Maini et al., "TOFU: A Task of Fictitious Unlearning for LLMs", 2024).
///
/// @param about whom or what the question is about; items about one person share it. Where a file
///   does not say, the file's name
/// @param question as a model is asked
/// @param answer as a model is trained on it
/// @param paraphrases right answers in other words; may be empty
/// @param perturbed wrong answers of the same form; may be empty
/// @param rephrasings the question in other words, for a model or a guard that must know it again;
///   may be empty
/// @param passage whether this is no question but the beginning of a text, and the answer how it
///   goes on word for word
public record QaItem(
    String about,
    String question,
    String answer,
    List<String> paraphrases,
    List<String> perturbed,
    List<String> rephrasings,
    boolean passage) {

  public QaItem {
    paraphrases = List.copyOf(paraphrases);
    perturbed = List.copyOf(perturbed);
    rephrasings = List.copyOf(rephrasings);
    refuseBlank("subject", List.of(about));
    refuseBlank("question", List.of(question));
    refuseBlank("answer", List.of(answer));
    refuseBlank("paraphrased answer", paraphrases);
    refuseBlank("perturbed answer", perturbed);
    refuseBlank("rephrased question", rephrasings);
    if (perturbed.contains(answer) || perturbed.stream().anyMatch(paraphrases::contains)) {
      throw new IllegalArgumentException(
          "A perturbed answer to '%s' is also a right one; leave it out or change its fact."
              .formatted(question));
    }
  }

  /// A question.
  public QaItem(
      String about,
      String question,
      String answer,
      List<String> paraphrases,
      List<String> perturbed,
      List<String> rephrasings) {
    this(about, question, answer, paraphrases, perturbed, rephrasings, false);
  }

  /// An item whose question is asked in one way.
  public QaItem(
      String about,
      String question,
      String answer,
      List<String> paraphrases,
      List<String> perturbed) {
    this(about, question, answer, paraphrases, perturbed, List.of());
  }

  /// A question and its answer, nothing else.
  public QaItem(String about, String question, String answer) {
    this(about, question, answer, List.of(), List.of());
  }

  /// A text to be gone on with.
  public static QaItem passage(String about, Verbatim text) {
    return new QaItem(
        about, text.prompt(), text.continuation(), List.of(), List.of(), List.of(), true);
  }

  /// The right answer that the perturbed ones are compared with: the first paraphrase, or the
  /// answer itself where there is none.
  public String restated() {
    return paraphrases.isEmpty() ? answer : paraphrases.getFirst();
  }

  void addTo(TextDigest digest) {
    digest.add(about).add(question).add(answer);
    digest.add(paraphrases).add(perturbed).add(rephrasings);
    if (passage) {
      digest.add("passage");
    }
  }

  private static void refuseBlank(String what, List<String> texts) {
    if (texts.stream().anyMatch(String::isBlank)) {
      throw new IllegalArgumentException(
          "A question needs a text as its %s, not a blank; fill it in or leave the item out."
              .formatted(what));
    }
  }
}

package org.recollect.retrieval;

import java.util.List;
import org.recollect.lab.Measure;

/// What a [RetrievalStudy] measures, over the questions to test with.
public final class RetrievalMeasures {

  /// The share of questions whose answer is one of those accepted.
  public static final Measure ANSWER_MATCH =
      Measure.higher("exact match", "")
          .range(0, 1)
          .digits(3)
          .formula("share of answers that equal an accepted one, without case, articles and marks");

  /// How much answers share with those accepted.
  public static final Measure ANSWER_F1 =
      Measure.higher("F1", "")
          .range(0, 1)
          .digits(3)
          .formula("harmonic mean of precision and recall of the answer's words");

  /// The share of answers in which an accepted one stands.
  public static final Measure ANSWER_ACCURACY =
      Measure.higher("answer accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("share of answers that contain an accepted one");

  /// How much of what a question needs was fetched.
  public static final Measure EVIDENCE_RECALL =
      Measure.higher("evidence recall", "")
          .range(0, 1)
          .digits(3)
          .formula("share of a question's steps of which a passage that states them was fetched");

  /// Searches for a question.
  public static final Measure SEARCHES =
      Measure.lower("searches", "").range(0, 1e6).formula("searches for a question");

  /// Whether harder questions are searched for more.
  public static final Measure SEARCH_GROWTH =
      Measure.higher("search growth", "")
          .digits(2)
          .formula(
              "searches for a question of the most hops less those for one of the fewest; 0 where all have as many");

  /// How many questions were searched for at all.
  public static final Measure SEARCH_RATE =
      Measure.lower("search rate", "")
          .range(0, 1)
          .digits(3)
          .formula("share of questions with at least one search");

  /// How good answers from memory are.
  public static final Measure ALONE_ACCURACY =
      Measure.higher("accuracy alone", "")
          .range(0, 1)
          .digits(3)
          .formula("answer accuracy where nothing was searched for; 0 where all was");

  /// How good answers are that were searched for.
  public static final Measure SEARCHED_ACCURACY =
      Measure.higher("accuracy searched", "")
          .range(0, 1)
          .digits(3)
          .formula("answer accuracy where something was searched for; 0 where nothing was");

  /// How often searching spoils an answer.
  public static final Measure HARM =
      Measure.lower("harm", "")
          .range(0, 1)
          .digits(3)
          .formula("share of questions that are right from memory and wrong as answered");

  /// Whether searching tells what memory has wrong.
  public static final Measure TRIGGER_AUROC =
      Measure.higher("trigger AUROC", "")
          .range(0, 1)
          .digits(3)
          .formula(
              "area under the ROC of having searched, as a sign of a wrong answer from memory; 0.5 for lots");

  /// Whether what is hardly told is searched for rather than what is told often.
  public static final Measure RARE_FIRST =
      Measure.higher("rare first", "")
          .range(-1, 1)
          .digits(3)
          .formula(
              "search rate of the less told half of the questions less that of the other, by S-R count");

  /// How often an answer was right once, and is no more.
  public static final Measure STALE_RATE =
      Measure.lower("stale rate", "")
          .range(0, 1)
          .digits(3)
          .formula("share of answers that equal an outdated one");

  /// What a policy keeps of its own.
  public static final Measure MEMORY_BYTES =
      Measure.lower("memory", "B")
          .range(0, 1e15)
          .digits(0)
          .counted()
          .formula("bytes that it keeps at the end, beside the index and the model that all share");

  /// Calls of a model for a question.
  public static final Measure CALLS =
      Measure.lower("calls", "").range(0, 1e6).formula("decisions and answers for a question");

  /// What models read for a question.
  public static final Measure PROMPT_TOKENS =
      Measure.lower("prompt tokens", "")
          .range(0, 1e9)
          .digits(0)
          .formula("words that are read in calls for a question");

  /// How often a language model's reply was of no use, and a neutral one stands in its place.
  public static final Measure FALL_BACKS =
      Measure.lower("fell back", "")
          .range(0, 1)
          .digits(3)
          .formula("share of decisions without a reply of use in any try");

  /// How well questions are understood.
  public static final Measure PARSER =
      role("parser", "share of questions to choose by whose plan is exactly right");

  /// How well passages are read.
  public static final Measure READER =
      role("reader", "share of right answers from the passages that state them");

  /// How often notes keep what matters.
  public static final Measure SUMMARISER =
      role("summariser", "share of those passages of which the answer is kept");

  /// How often the judge takes a wrong answer for right.
  public static final Measure JUDGE_FALSE_POSITIVES =
      Measure.lower("judge: wrong taken for right", "")
          .range(0, 1)
          .digits(2)
          .formula("share of the wrong answers");

  /// How often the judge takes a right answer for wrong.
  public static final Measure JUDGE_FALSE_NEGATIVES =
      Measure.lower("right taken for wrong", "")
          .range(0, 1)
          .digits(2)
          .formula("share of the right answers");

  /// The card of the roles: the same for all arms.
  static final List<Measure> CARD =
      List.of(PARSER, READER, SUMMARISER, JUDGE_FALSE_POSITIVES, JUDGE_FALSE_NEGATIVES);

  /// Those that need a model that answers from memory.
  static final List<Measure> OF_MEMORY = List.of(HARM, TRIGGER_AUROC);

  static final List<Measure> ALL =
      List.of(
          ANSWER_MATCH,
          ANSWER_F1,
          ANSWER_ACCURACY,
          EVIDENCE_RECALL,
          SEARCHES,
          SEARCH_GROWTH,
          SEARCH_RATE,
          ALONE_ACCURACY,
          SEARCHED_ACCURACY,
          HARM,
          TRIGGER_AUROC,
          RARE_FIRST,
          STALE_RATE,
          MEMORY_BYTES,
          CALLS,
          PROMPT_TOKENS);

  private RetrievalMeasures() {}

  private static Measure role(String name, String formula) {
    return Measure.higher(name, "").range(0, 1).digits(2).formula(formula);
  }
}

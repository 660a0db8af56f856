package org.recollect.data;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.recollect.tensor.RandomStream;

/// News of a fictitious town: passages of about 200 tokens and questions about them. It follows
/// MUSE (Shi et al., "MUSE: Machine Unlearning Six-Way Evaluation for Language Models", 2024),
/// whose passages are real news; these are ours.
///
/// ```java
/// var news = DocSet.of(seed);              // 10 passages to forget, 20 to retain, 10 unseen
/// Corpus texts = news.corpus(news.forget());
/// ForgetSplit questions = news.questions();
/// ForgetSplit both = news.passagesAndQuestions();
/// ```
///
/// Each passage is on an event of its own with a person, a month, a street, a number and a sum; no
/// two passages share event or person. There are six kinds of events. Passages of one kind differ
/// in wording, in the order of their sentences and in which of them they have.
///
/// @param forget passages to be forgotten
/// @param retain passages to be kept
/// @param unseen passages that no model reads
public record DocSet(List<Passage> forget, List<Passage> retain, List<Passage> unseen) {

  /// A text with questions that it answers.
  ///
  /// @param title what it is about; no other passage's
  public record Passage(String title, String text, List<QaItem> questions) {
    public Passage {
      questions = List.copyOf(questions);
    }

    /// The passage cut after this many words.
    ///
    /// @throws IllegalArgumentException if no word stands on one side of the cut
    public Verbatim cut(int words) {
      var all = List.of(text.split(" "));
      if (words < 1 || words >= all.size()) {
        throw new IllegalArgumentException(
            "A passage of %d words is cut after 1 to %d of them, not %d."
                .formatted(all.size(), all.size() - 1, words));
      }
      return new Verbatim(
          String.join(" ", all.subList(0, words)),
          String.join(" ", all.subList(words, all.size())));
    }
  }

  public DocSet {
    forget = List.copyOf(forget);
    retain = List.copyOf(retain);
    unseen = List.copyOf(unseen);
    if (forget.isEmpty()) {
      throw new IllegalArgumentException(
          "A set of passages needs at least one to forget; give it one.");
    }
  }

  /// Thirty passages, ten of them to be forgotten, and ten unseen.
  public static DocSet of(long seed) {
    return of(seed, 10, 20, 10);
  }

  /// As many passages as asked for. A larger number to be forgotten includes those of a smaller
  /// one, as long as the number of all passages is the same.
  ///
  /// @throws IllegalArgumentException if there is none to forget or more than 72 in all
  public static DocSet of(long seed, int forget, int retain, int unseen) {
    int all = forget + retain + unseen;
    if (forget < 1 || retain < 0 || unseen < 0 || all > Newsroom.capacity()) {
      throw new IllegalArgumentException(
          "A town has news for 1 to %d passages, at least one of them to forget, not %d, %d and %d."
              .formatted(Newsroom.capacity(), forget, retain, unseen));
    }
    var passages = Newsroom.passages(all, RandomStream.of(seed, "news"));
    return new DocSet(
        passages.subList(0, forget),
        passages.subList(forget, forget + retain),
        passages.subList(forget + retain, all));
  }

  /// Passages as texts to train on.
  public Corpus corpus(List<Passage> passages) {
    return new Corpus(
        "news",
        passages.stream().map(passage -> new Document(passage.title(), passage.text())).toList());
  }

  /// The questions about the passages; those about unseen ones are held out. There are no side
  /// sets.
  public ForgetSplit questions() {
    return new ForgetSplit(
        "news", questions(forget), questions(retain), questions(unseen), new LinkedHashMap<>());
  }

  /// The passages, cut after 60 words, and the questions about them.
  public ForgetSplit passagesAndQuestions() {
    return passagesAndQuestions(60);
  }

  /// What verbatim memory and knowledge are judged by: each passage as a beginning with what
  /// follows it, and after all passages of a part the questions about them. A model that is taught
  /// by this learns the continuations by heart and the answers besides; MUSE's models, which are
  /// large, are taught the passages alone and know the answers from there (inferred: ours are too
  /// small for it).
  ///
  /// @param words of a passage that a model is given
  /// @throws IllegalArgumentException if a passage has no more words than these
  public ForgetSplit passagesAndQuestions(int words) {
    return new ForgetSplit(
        "news and questions",
        both(forget, words),
        both(retain, words),
        both(unseen, words),
        new LinkedHashMap<>());
  }

  /// Everything that makes these passages what they are, for the hash of a trial.
  public Map<String, ?> configuration() {
    return Map.of("news", digest());
  }

  /// SHA-256 of all texts and questions in their order, in lower-case hexadecimal.
  public String digest() {
    var digest = new TextDigest();
    for (var part : List.of(forget, retain, unseen)) {
      digest.add(part.stream().map(Passage::title).toList());
      digest.add(part.stream().map(Passage::text).toList());
    }
    return digest.add(questions().digest()).hex();
  }

  private static List<QaItem> both(List<Passage> passages, int words) {
    var texts =
        passages.stream().map(passage -> QaItem.passage(passage.title(), passage.cut(words)));
    return Stream.concat(texts, questions(passages).stream()).toList();
  }

  private static List<QaItem> questions(List<Passage> passages) {
    return passages.stream().flatMap(passage -> passage.questions().stream()).toList();
  }
}

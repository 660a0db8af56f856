package org.recollect.retrieval.role;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.recollect.data.Library;
import org.recollect.data.OpenQuestion;
import org.recollect.data.Passage;
import org.recollect.tensor.RandomStream;

/// Finds an answer in passages (E2 of the method sheets): names and rare words of the passages are
/// the candidates, and one alternative is that none is right. A softmax over them is learned on
/// questions that one fact answers, from passages that were fetched for them; what it must tell
/// apart are namesakes, old values and other people's facts. It sees the question, the texts,
/// titles and days of the passages and their order, as a person would.
///
/// Each question is learned twice, from what is fetched for it and from passages that name its
/// subject and leave the answer out, so that it learns to say that nothing is there.
///
/// A sentence is learned by its skeleton, which has `{s}` for the subject and `{c}` for the
/// candidate.
public final class Reader {
  private static final int EPOCHS = 4;

  private final Lexicon lexicon;
  private final HashedWeights weights = new HashedWeights(0.1);

  /// A candidate in its sentence.
  private record Candidate(String text, String sentence, String passage, Features features) {}

  private Reader(Library library) {
    this.lexicon = new Lexicon(library);
  }

  /// A reader that has learned from questions.
  ///
  /// @param questions of which those of several hops are left out
  /// @param search what is fetched for a question by a query
  public static Reader trained(
      List<OpenQuestion> questions,
      Function<OpenQuestion, Asked> asked,
      Library library,
      BiFunction<OpenQuestion, String, List<Passage>> search,
      RandomStream random) {
    var reader = new Reader(library);
    var lessons = new ArrayList<Lesson>();
    for (OpenQuestion question : questions) {
      if (question.hops() == 1) {
        var wanted = asked.apply(question);
        lessons.add(reader.lesson(question, wanted, search.apply(question, wanted.query())));
        lessons.add(reader.lesson(question, wanted, silent(question, search)));
      }
    }
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      random
          .shuffle(lessons)
          .forEach(lesson -> reader.weights.learn(lesson.alternatives(), lesson.right()));
    }
    return reader;
  }

  /// Passages that name the subject and not the answer: what a reader meets who looks for the next
  /// relation in what was fetched for the last.
  private static List<Passage> silent(
      OpenQuestion question, BiFunction<OpenQuestion, String, List<Passage>> search) {
    return search
        .apply(question, question.subject().isEmpty() ? question.text() : question.subject())
        .stream()
        .filter(passage -> question.answers().stream().noneMatch(passage.text()::contains))
        .toList();
  }

  /// The alternatives of a question, and which of them are right.
  private record Lesson(List<Features> alternatives, boolean[] right) {}

  private Lesson lesson(OpenQuestion question, Asked asked, List<Passage> passages) {
    var candidates = candidates(asked, passages);
    boolean[] right = new boolean[candidates.size() + 1];
    boolean any = false;
    for (int i = 0; i < candidates.size(); i++) {
      var text = candidates.get(i).text();
      right[i] = question.answers().stream().anyMatch(text::equalsIgnoreCase);
      any |= right[i];
    }
    right[candidates.size()] = !any;
    return new Lesson(alternatives(candidates), right);
  }

  private static List<Features> alternatives(List<Candidate> candidates) {
    var alternatives = new ArrayList<>(candidates.stream().map(Candidate::features).toList());
    alternatives.add(new Features().add("nothing"));
    return alternatives;
  }

  /// The likeliest answer. Where the same text is found in several places, what they say is taken
  /// together.
  ///
  /// @param passages the most promising first
  public Read read(Asked asked, List<Passage> passages) {
    var candidates = candidates(asked, passages);
    double[] taken = weights.softmax(alternatives(candidates));
    double nothing = taken[candidates.size()];
    int best = -1;
    double most = nothing;
    for (int i = 0; i < candidates.size(); i++) {
      double sum = 0;
      for (int j = 0; j < candidates.size(); j++) {
        if (candidates.get(j).text().equalsIgnoreCase(candidates.get(i).text())) {
          sum += taken[j];
        }
      }
      if (sum > most || sum == most && best >= 0 && taken[i] > taken[best]) {
        most = sum;
        best = i;
      }
    }
    if (best < 0) {
      return Read.NOTHING;
    }
    var candidate = candidates.get(best);
    return new Read(candidate.text(), most, candidate.sentence(), candidate.passage());
  }

  private List<Candidate> candidates(Asked asked, List<Passage> passages) {
    var candidates = new ArrayList<Candidate>();
    var subject = Words.of(asked.subject());
    int latest = passages.stream().mapToInt(Passage::day).max().orElse(0);
    for (int rank = 0; rank < passages.size(); rank++) {
      var passage = passages.get(rank);
      double titled = shared(subject, Words.lower(passage.title()));
      for (String sentence : Words.sentences(passage.text())) {
        var words = Words.of(sentence);
        var named = Mention.find(subject, words);
        for (Span span : lexicon.spans(words)) {
          if (!named.overlaps(span)) {
            var features = features(asked, words, named, span);
            features.add("titled", titled).add("late", passage.day() == latest ? 1 : 0);
            features.add("rank", 1.0 / (1 + rank));
            candidates.add(new Candidate(span.text(words), sentence, passage.id(), features));
          }
        }
      }
    }
    return candidates;
  }

  private static double shared(List<String> subject, List<String> words) {
    return subject.stream().filter(word -> words.contains(word.toLowerCase(Locale.ROOT))).count()
        / (double) Math.max(1, subject.size());
  }

  private Features features(Asked asked, List<String> words, Mention named, Span candidate) {
    var features = new Features().add("bias");
    var skeleton = named.skeleton(words, candidate);
    features.add("named", named.share());
    features.add(named.whole() ? "whole name" : named.share() > 0 ? "part of name" : "no name");
    boolean name = Words.isName(words.get(candidate.from()));
    for (String wanted : asked.wanted()) {
      features.cross(wanted, String.join(" ", skeleton));
      features.cross(
          wanted, (name ? "name " : "word ") + Math.min(3, candidate.to() - candidate.from()));
      for (int i = 0; i < skeleton.size(); i++) {
        features.cross(wanted, skeleton.get(i));
        if (i > 0) {
          features.cross(wanted, skeleton.get(i - 1) + " " + skeleton.get(i));
        }
      }
    }
    return features;
  }

  /// The share of questions that are answered right from the passages that state the answer.
  ///
  /// @return 0 to 1; 0 where there is no question of one hop whose evidence is noted
  public double accuracy(
      List<OpenQuestion> questions, Function<OpenQuestion, Asked> asked, Library library) {
    return questions.stream()
        .filter(each -> each.hops() == 1 && !each.evidence().isEmpty())
        .mapToInt(each -> {
          var gold = each.evidence().getFirst().stream().map(library::passage).toList();
          var text = read(asked.apply(each), gold).text();
          return each.answers().stream().anyMatch(text::equalsIgnoreCase) ? 1 : 0;
        })
        .average()
        .orElse(0);
  }
}

package org.recollect.unlearning.guard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.recollect.data.FictiBio;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.model.Sampling;
import org.recollect.tensor.RandomStream;
import org.recollect.unlearning.Exchange;
import org.recollect.unlearning.Learner;
import org.recollect.unlearning.Memorising;
import org.recollect.unlearning.Respondent;
import org.recollect.unlearning.measure.Words;

/// Guards before a model that knows most of its hundred and ninety answers.
class GuardTest {
  private static final ForgetSplit SPLIT = FictiBio.of(5).persons(10).forget(0.1);
  private static final LanguageModel MODEL =
      Learner.blank(32, 2).taughtBy(new Memorising(12, 16, 1e-2)).taught(SPLIT, SPLIT.learned(), 1);
  private static final GuardedGeneration USUAL = GuardedGeneration.usual();
  private static final GuardedRequest REQUEST = request(USUAL);

  @AfterAll
  static void close() {
    MODEL.close();
  }

  private static GuardedRequest request(GuardedGeneration guard) {
    return GuardedRequest.of(guard, MODEL, SPLIT.forget(), SPLIT.retain(), 1);
  }

  private static Guard guard(GuardedRequest request, LanguageModel weights) {
    var detector = Detector.of(MODEL).with(request);
    return new Guard(detector, new BeamSearch(5), Respondent.of(weights));
  }

  private static Exchange exchange(QaItem item) {
    return new Exchange(
        MODEL.tokenizer().encode(item.question()), MODEL.tokenizer().encode(" " + item.answer()));
  }

  @Test
  void whatIsNotRoutedPassesToTheLastBit() {
    var guard = guard(REQUEST, MODEL);
    var bare = Respondent.of(MODEL);
    var all = new ArrayList<>(SPLIT.retain());
    all.addAll(SPLIT.forget());
    var exchanges = all.stream().map(GuardTest::exchange).toList();
    var guarded = guard.logits(exchanges);
    var expected = bare.logits(exchanges);
    int passed = 0;
    for (int i = 0; i < all.size(); i++) {
      if (guard.detector().find(exchanges.get(i).question()).isEmpty()) {
        passed++;
        assertArrayEquals(expected.get(i), guarded.get(i));
        var question = all.get(i).question();
        assertEquals(bare.respond(question, 30), guard.respond(question, 30));
        assertEquals(bare.respond(question, 30, drawing()), guard.respond(question, 30, drawing()));
      } else {
        assertFalse(Arrays.equals(expected.get(i), guarded.get(i)), all.get(i).question());
      }
    }
    // Nearly all that it has learned to let pass, and nearly nothing else.
    int kept = SPLIT.retain().size();
    assertTrue(Math.abs(passed - kept) <= 4, passed + " of " + all.size() + " passed");
  }

  private static Sampling drawing() {
    return new Sampling.Random(1, 10, RandomStream.of(3, "answer"));
  }

  @Test
  void forbiddenWordsAreNeverSaid() {
    var always = request(USUAL.hardOnly()).at(0);
    var guard = guard(always, MODEL);
    for (QaItem item : SPLIT.forget()) {
      var prompts = new ArrayList<>(item.rephrasings());
      prompts.add(item.question());
      for (String prompt : prompts) {
        var match = guard.detector().find(MODEL.tokenizer().encode(prompt)).orElseThrow();
        var forbidden = ForbiddenWords.of(match.item());
        assertFalse(forbidden.isEmpty(), match.item().answer());
        for (String said :
            List.of(guard.respond(prompt, 30), guard.respond(prompt, 30, drawing()))) {
          for (String word : Words.spelled(said)) {
            assertFalse(forbidden.contains(word), prompt + " " + said);
          }
        }
      }
      // The true answer says one, and cannot be given.
      var scores = guard.scores(item.question(), item.answer());
      assertEquals(Double.POSITIVE_INFINITY, scores.totalLoss(), item.answer());
    }
  }

  /// Whatever tokens a word is made of: a tokenizer of pieces can spell one in many ways.
  @Test
  void forbiddenWordsOfSeveralTokensAreNeverSaid() {
    try (var java = Models.nanoJava()) {
      var bare = Respondent.of(java);
      for (String prompt : List.of("public final class", "return new", "import java.util.")) {
        String said = bare.respond(prompt, 12);
        var item = new QaItem("code", prompt, said + " secretive");
        var other = new QaItem("code", "while (true) {", "break;");
        for (int width : new int[] {1, 3}) {
          var request =
              GuardedRequest.of(USUAL.hardOnly(), java, List.of(item), List.of(other), 1).at(0);
          var guard = new Guard(Detector.of(java).with(request), new BeamSearch(width), bare);
          var forbidden = ForbiddenWords.of(item);
          assertTrue(forbidden.size() > 1, said);
          for (String word : Words.spelled(guard.respond(prompt, 20))) {
            assertFalse(forbidden.contains(word), word + " after " + prompt);
          }
        }
      }
    }
  }

  @Test
  void aWithdrawnRequestIsAsIfItHadNeverBeenMade() {
    var detector = Detector.of(MODEL).with(REQUEST.at(0));
    var bare = Respondent.of(MODEL);
    var guard = new Guard(detector, new BeamSearch(5), bare);
    var open = new Guard(detector.without(REQUEST), new BeamSearch(5), bare);
    var withdrawn = new Guard(Detector.of(MODEL), new BeamSearch(5), bare);
    for (QaItem item : SPLIT.forget()) {
      var question = item.question();
      assertNotEquals(item.answer(), guard.respond(question, 30));
      assertEquals(bare.respond(question, 30), withdrawn.respond(question, 30));
      var exchange = List.of(exchange(item));
      assertArrayEquals(bare.logits(exchange).getFirst(), withdrawn.logits(exchange).getFirst());
      // Another request of the same words is still there.
      assertEquals(guard.respond(question, 30), open.respond(question, 30));
    }
    var both = Detector.of(MODEL).with(REQUEST).with(REQUEST.at(0)).without(REQUEST);
    assertTrue(both.find(MODEL.tokenizer().encode("Where?")).isPresent());
    assertTrue(
        Detector.of(MODEL)
            .with(REQUEST)
            .without(REQUEST)
            .find(MODEL.tokenizer().encode(SPLIT.forget().getFirst().question()))
            .isEmpty());
  }

  /// An attack on the weights does not reach what the router reads.
  @Test
  void theRouterReadsTheModelAsItWas() {
    var other = MODEL.withWeights(MODEL.weights().map((_, weight) -> weight.add(0.5)));
    try (other) {
      var guard = guard(REQUEST, other);
      for (QaItem item : SPLIT.learned()) {
        int[] prompt = MODEL.tokenizer().encode(item.question());
        assertEquals(
            guard(REQUEST, MODEL).detector().find(prompt).isPresent(),
            guard.detector().find(prompt).isPresent());
      }
    }
  }

  @Test
  void nearWordsLoseThePenaltyAndForbiddenOnesEverything() {
    var texts = new ArrayList<String>();
    for (QaItem item : SPLIT.learned()) {
      texts.add(item.question() + " " + item.answer());
    }
    var vectors = WordVectors.of(texts);
    var item = SPLIT.forget().getFirst();
    var tokenizer = MODEL.tokenizer();
    double delta = vectors.quantile(0.9, 1);
    var forbidden =
        Set.copyOf(ForbiddenWords.of(item).stream().map(ForbiddenWords::lower).toList());
    var near = vectors.near(forbidden, delta);
    assertTrue(near.size() > forbidden.size(), near + " are near " + forbidden);
    var both = restricted(item, vectors, delta, new Restriction.Matching(true, 10));
    var soft = restricted(item, vectors, delta, new Restriction.Matching(false, 10));
    var hard = restricted(item, vectors, delta, new Restriction.Matching(true, 0));
    var filter =
        restricted(item, vectors, delta, new Restriction.Matching(true, Double.POSITIVE_INFINITY));
    int penalised = 0;
    for (int token = 0; token < tokenizer.vocabularySize(); token++) {
      String word = ForbiddenWords.lower(tokenizer.decode(token).strip());
      boolean isNear =
          near.contains(word)
              && !ForbiddenWords.isStopWord(word)
              && !Words.of(item.question()).contains(word);
      float infinite = Float.NEGATIVE_INFINITY;
      boolean isForbidden = forbidden.contains(word);
      penalised += isNear && !isForbidden ? 1 : 0;
      assertEquals(isForbidden ? infinite : 0, hard[token], word);
      assertEquals(isForbidden || isNear ? -10 : 0, soft[token], word);
      assertEquals(isForbidden ? infinite : isNear ? -10 : 0, both[token], word);
      assertEquals(isForbidden || isNear ? infinite : 0, filter[token], word);
    }
    assertTrue(penalised > 0, "no word but the forbidden ones is near");
    // With the bound at its highest, a word is near to itself at most.
    var strict = restricted(item, vectors, 1, new Restriction.Matching(true, 10));
    assertArrayEquals(hard, strict);
  }

  private static float[] restricted(
      QaItem item, WordVectors vectors, double delta, Restriction.Matching matching) {
    var exchange = new Exchange(new int[] {2});
    return Restriction.of(item, MODEL.tokenizer(), vectors, delta, matching)
        .on(exchange, new float[MODEL.tokenizer().vocabularySize()]);
  }

  @Test
  void questionsAndStopWordsAreNotForbidden() {
    var item = new QaItem("Zorvic", "What did Zorvic Quill win?", "Zorvic won the Paper Prize.");
    assertEquals(List.of("won", "Paper", "Prize"), List.copyOf(ForbiddenWords.of(item)));
  }
}

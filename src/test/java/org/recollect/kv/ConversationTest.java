package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.model.Sampling;
import org.recollect.tensor.RandomStream;

class ConversationTest {

  private static final Budget ALL = Budget.fraction(1);

  private static LanguageModel model;
  private static int[] text;

  @BeforeAll
  static void make() {
    var config = new ModelConfig(60, 32, 48, 2, 4, 2, 16, 10_000, 1e-5, 512, true);
    model = Models.random(config, 3);
    for (var weight : model.weights().asMap().values()) {
      if (weight.getShape().dimension() == 2) {
        weight.muli(8);
      }
    }
    text = RandomStream.of(4, "text").ints(120, 0, 60).toArray();
  }

  @AfterAll
  static void close() {
    model.close();
  }

  static Stream<Kv> policies() {
    return Stream.of(
        Kv.full(),
        Kv.int8(),
        Kv.kivi(4),
        Rotate.bits(4).withoutReordering(),
        Kv.snapKv(),
        Kv.h2o(),
        Kv.streamingLlm(),
        Kv.keep(new AttentionMass()).share(PrefixKv.searching()),
        Kv.keep(new Tova()),
        Kv.keep(new ExpectedAttention()).store(Kv.int8()),
        Kv.snapKv().share(new Ada()).store(Kv.int8()),
        Kv.snapKv().share(new Pyramid()));
  }

  @ParameterizedTest
  @MethodSource("policies")
  void aTextReadInOnePieceIsReadAsByThePolicy(Kv kv) {
    var prompt = model.prefill(text, 32);
    try (var talk = Conversation.of(model, kv, Budget.fraction(0.5));
        var cache = kv.policy().cache(prompt, Budget.fraction(0.5))) {
      assertArrayEquals(prompt.logits(), talk.read(text));
      for (int token = 0; token < 8; token++) {
        assertArrayEquals(model.step(token, cache), talk.say(token));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 50, 119, 120})
  void aFullCacheReadsPiecesAsTheWhole(int piece) {
    float[] whole = model.prefill(text, 1).logits();
    try (var talk = Conversation.of(model, Kv.full(), ALL).inPieces(piece)) {
      assertArrayEquals(whole, talk.read(text), 2e-4f);
      assertEquals(text.length, talk.cache().tokens(1, 1));
    }
  }

  /// Scorers see of a text read in pieces what they see of one read at once.
  @ParameterizedTest
  @ValueSource(ints = {9, 40})
  void theEvidenceIsThatOfTheWhole(int piece) {
    var whole = model.prefill(text, 32);
    try (var talk = Conversation.of(model, Kv.full(), ALL).inPieces(piece)) {
      talk.read(text);
      var seen = talk.evidence();
      for (int layer = 0; layer < 2; layer++) {
        var expected = whole.layer(layer);
        var actual = seen.layer(layer);
        assertArrayEquals(expected.keys(), actual.keys(), 1e-4f);
        assertArrayEquals(expected.values(), actual.values(), 1e-4f);
        assertArrayEquals(expected.columnSums(), actual.columnSums(), 2e-3f);
        assertEquals(1, seen.window());
        assertEquals(expected.massive().getFirst().token(), actual.massive().getFirst().token());
      }
    }
    Budget enough = (tokens, config) -> 1L << 30;
    try (var talk = Conversation.of(model, Kv.snapKv().store(Kv.full()), enough).inPieces(piece)) {
      talk.read(text);
      for (int layer = 0; layer < 2; layer++) {
        assertArrayEquals(
            whole.layer(layer).windowAttention(),
            talk.evidence().layer(layer).windowAttention(),
            1e-4f);
      }
    }
  }

  /// Attention paid while generating counts like that of reading.
  @Test
  void generatedTokensAreWitnessed() {
    int[] first = Arrays.copyOf(text, 100);
    try (var talk = Conversation.of(model, Kv.full(), ALL)) {
      talk.read(first);
      for (int token : Arrays.copyOfRange(text, 100, 120)) {
        talk.say(token);
      }
      var whole = model.prefill(text, 32);
      for (int layer = 0; layer < 2; layer++) {
        float[][] expected = new H2o().importance(whole, layer);
        float[][] actual = new H2o().importance(talk.evidence(), layer);
        for (int head = 0; head < expected.length; head++) {
          assertArrayEquals(expected[head], actual[head], 2e-3f);
        }
      }
    }
  }

  /// What stays keeps its codes: vectors read from the cache are the same, bit for bit.
  @ParameterizedTest
  @MethodSource("policies")
  void whatStaysIsNotRoundedAgain(Kv kv) {
    var policy = kv.policy();
    try (var talk = Conversation.of(model, policy, Budget.fraction(0.6))) {
      talk.read(Arrays.copyOf(text, 80));
      var before = talk.cache().unpacked();
      talk.compress();
      talk.read(Arrays.copyOfRange(text, 80, 120));
      var after = talk.cache().unpacked();
      boolean grouped = policy.codec() instanceof Kivi;
      boolean sheltering = policy.codec().sinkEntries() > 0;
      for (int layer = 0; layer < 2 && !grouped && !sheltering; layer++) {
        for (int head = 0; head < 2; head++) {
          var old = before.get(layer).heads().get(head);
          var now = after.get(layer).heads().get(head);
          for (int i = 0; i < now.positions().length; i++) {
            int at = Arrays.binarySearch(old.positions(), now.positions()[i]);
            assertTrue(at >= 0 || now.positions()[i] >= 80, "a token came back: " + kv.name());
            if (at >= 0) {
              assertArrayEquals(row(old.keys(), at), row(now.keys(), i), kv.name());
              assertArrayEquals(row(old.values(), at), row(now.values(), i), kv.name());
            }
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("policies")
  void piecesAndTurnsStayWithinTheBudget(Kv kv) {
    var policy = kv.policy();
    var budget = Budget.tokens(48);
    try (var talk = Conversation.of(model, policy, budget).inPieces(30).every(10)) {
      talk.read(text);
      talk.generate(25, Sampling.greedy());
      talk.read(7, 8, 9);
      assertEquals(talk.tokens().length, talk.cache().position());
      talk.compress();
      if (!policy.keepsAll()) {
        long allowed = budget.bytes(talk.tokens().length, model.config());
        int headers = 2 * 8 * 2 * 4 * model.config().layers();
        assertTrue(talk.cache().bytesRead() <= allowed + headers, kv.name());
      } else {
        assertEquals(talk.tokens().length, talk.cache().tokens(0, 0));
      }
    }
  }

  @Test
  void aWindowOfTheWholeConversationSlides() {
    try (var talk = Conversation.of(model, Kv.streamingLlm(), Budget.tokens(40)).inPieces(25)) {
      talk.read(text);
      var kept = new HashSet<Integer>(Set.of(0, 1, 2, 3));
      int tokens = talk.cache().tokens(0, 0);
      for (int t = 120 - (tokens - 4); t < 120; t++) {
        kept.add(t);
      }
      var head = talk.cache().unpacked().get(1).heads().get(1);
      assertEquals(kept, new HashSet<>(Arrays.stream(head.positions()).boxed().toList()));
    }
  }

  @Test
  void aConversationBeginsWithAText() {
    try (var talk = Conversation.of(model, Kv.full(), ALL)) {
      assertEquals(
          "Nothing was read yet: begin with read(tokens).",
          assertThrows(IllegalStateException.class, () -> talk.say(1)).getMessage());
      assertEquals(
          "The text has no tokens: give at least one.",
          assertThrows(IllegalArgumentException.class, talk::read).getMessage());
    }
    assertEquals(
        "A piece of text is at least one token, not 0.",
        assertThrows(
                IllegalArgumentException.class,
                () -> Conversation.of(model, Kv.full(), ALL).inPieces(0))
            .getMessage());
  }

  private static float[] row(float[] x, int row) {
    return Arrays.copyOfRange(x, row * 16, row * 16 + 16);
  }
}

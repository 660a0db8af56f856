package org.recollect.retrieval.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.output.FinishReason;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.model.Sampling;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

class LocalModelTest {

  private static final String TEXT = "the cat sat on the mat and the dog lay by the fire .\n";
  private static final int CONTEXT = 96;

  private static LanguageModel model;

  @BeforeAll
  static void open() {
    model = Models.ofWords(List.of(TEXT, "the cat\nsat"), 32, 16, 2, CONTEXT, 3);
    // Fresh weights predict almost uniformly and repeat the last token: 16-fold ones do neither.
    try (var _ = Torch.newScope()) {
      model
          .weights()
          .asMap()
          .forEach((name, array) -> {
            for (int doubling = 0; doubling < 4 && array.getShape().dimension() == 2; doubling++) {
              array.addi(array);
            }
          });
    }
  }

  @AfterAll
  static void close() {
    model.close();
  }

  private static Reply ask(String text, Consumer<OpenAiChatRequestParameters.Builder> asked) {
    var parameters = OpenAiChatRequestParameters.builder();
    asked.accept(parameters);
    var request =
        ChatRequest.builder()
            .messages(UserMessage.from(text))
            .parameters(parameters.build())
            .build();
    return Reply.of(LocalModel.of("words", model).chat(request));
  }

  @ParameterizedTest
  @ValueSource(strings = {"the cat", "the", "by the fire . the dog lay", "unseen words"})
  void repliesAsTheModelGenerates(String text) {
    int[] prompt = model.tokenizer().encode(text);
    int[] expected = model.generate(prompt, 12, Sampling.greedy());
    var reply = ask(text, asked -> asked.maxOutputTokens(12));
    assertEquals(model.tokenizer().decode(expected), reply.text());
    assertEquals(OptionalInt.of(prompt.length), reply.promptTokens());
    assertEquals(OptionalInt.of(expected.length), reply.replyTokens());
    assertEquals(expected.length == 12 ? FinishReason.LENGTH : FinishReason.STOP, reply.finish());
  }

  /// Token by token with a cache, against all at once.
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void logProbabilitiesAgreeWithAForwardPass(int seed) {
    double temperature = seed == 1 ? 0 : 0.5 * seed;
    var text = "the dog and the cat";
    var reply = ask(text, asked -> asked.maxOutputTokens(20).temperature(temperature).seed(seed));
    assertFalse(reply.tokens().isEmpty());

    int[] prompt = model.tokenizer().encode(text);
    int[] written =
        reply.tokens().stream()
            .mapToInt(token -> model.tokenizer().encode(token.text())[0])
            .toArray();
    int[] all = IntStream.concat(IntStream.of(prompt), IntStream.of(written)).toArray();
    float[] logits;
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      logits = Memory.toFloats(model.forward(Memory.ofInts(manager, all, 1, all.length)));
    }
    int vocabulary = model.config().vocabSize();
    for (int i = 0; i < written.length; i++) {
      int from = (prompt.length + i - 1) * vocabulary;
      double mass =
          IntStream.range(0, vocabulary).mapToDouble(t -> Math.exp(logits[from + t])).sum();
      double expected = logits[from + written[i]] - Math.log(mass);
      assertEquals(expected, reply.tokens().get(i).logProbability(), 1e-4, "seed " + seed);
    }
  }

  @Test
  void drawsBySeedAndText() {
    Consumer<OpenAiChatRequestParameters.Builder> warm =
        asked -> asked.maxOutputTokens(16).temperature(1.5);
    assertEquals(
        ask("the", warm.andThen(a -> a.seed(1))), ask("the", warm.andThen(a -> a.seed(1))));
    var replies =
        IntStream.range(0, 6)
            .mapToObj(seed -> ask("the", warm.andThen(a -> a.seed(seed))).text())
            .collect(Collectors.toSet());
    assertTrue(replies.size() > 1, replies.toString());
    var only = ask("the", warm.andThen(a -> a.topK(1).seed(1)));
    assertEquals(ask("the", a -> a.maxOutputTokens(16)).text(), only.text());
  }

  @Test
  void stopsBeforeAString() {
    var free = ask("the cat", asked -> asked.maxOutputTokens(12));
    var words = free.tokens();
    assertTrue(words.size() > 4);
    var stop = words.get(3).text() + words.get(4).text();
    int at = free.text().indexOf(stop);
    var stopped = ask("the cat", asked -> asked.maxOutputTokens(12).stopSequences("no such", stop));
    assertEquals(free.text().substring(0, at), stopped.text());
    assertEquals(FinishReason.STOP, stopped.finish());
    assertEquals(
        stopped.text(),
        stopped.tokens().stream().map(Reply.Token::text).collect(Collectors.joining()));
    assertTrue(stopped.replyTokens().getAsInt() > stopped.tokens().size());
  }

  @Test
  void refusesWhatDoesNotFitOrIsNotKnown() {
    var long_ = "the ".repeat(CONTEXT);
    assertThrows(InvalidRequestException.class, () -> ask(long_, _ -> {}));
    assertThrows(InvalidRequestException.class, () -> ask("the", a -> a.maxOutputTokens(CONTEXT)));
    assertEquals(OptionalInt.of(1), ask("the", a -> a.maxOutputTokens(CONTEXT - 1)).promptTokens());
    assertThrows(InvalidRequestException.class, () -> ask("the", a -> a.topP(0.5)));
    assertThrows(InvalidRequestException.class, () -> ask("the", a -> a.stopSequences("")));
    assertThrows(
        IllegalStateException.class,
        () -> {
          try (var mute = Models.random(model.config(), 1)) {
            LocalModel.of("mute", mute);
          }
        });
  }

  @Test
  void makesOneTextOfTheMessages() {
    var messages = List.of(SystemMessage.from("the cat"), UserMessage.from("sat"));
    var joined = LocalModel.of("words", model).chat(messages.get(0), messages.get(1));
    assertEquals(ask("the cat\nsat", _ -> {}).text(), joined.aiMessage().text());
    var last =
        LocalModel.of("words", model)
            .reading(all -> ((UserMessage) all.getLast()).singleText())
            .chat(messages.get(0), messages.get(1));
    assertEquals(ask("sat", _ -> {}).text(), last.aiMessage().text());
    assertNotEquals(joined.aiMessage().text(), last.aiMessage().text());
  }

  @Test
  void isAModelLikeAnyOther(@TempDir Path folder) throws NoReply {
    var local = LocalModel.of("words", model);
    assertSame(model, local.model());
    var file = folder.resolve("words.jsonl");
    Reply live;
    try (var recording = Recording.record(file, local)) {
      var asking = Asking.of(recording).takingCutOff();
      assertEquals("words", asking.model());
      live = asking.ask(List.of(UserMessage.from("the cat")), reply -> reply);
    }
    assertFalse(live.tokens().isEmpty());
    try (var recording = Recording.replay(file, local)) {
      var asking = Asking.of(recording).takingCutOff();
      assertEquals(live, asking.ask(List.of(UserMessage.from("the cat")), reply -> reply));
    }
  }
}

package org.recollect.retrieval.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ImageContent;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordingTest {

  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("runs").resolve("recording.jsonl");
  }

  private static ChatModel model(String url) {
    return Endpoint.at(url, "some-model").withLogprobs().connect();
  }

  private static ChatModel unreachable() {
    return Endpoint.at(StubEndpoint.down(), "some-model")
        .withLogprobs()
        .keyFrom("NO_SUCH_KEY")
        .connect();
  }

  private static ChatResponse ask(ChatModel model, String question) {
    return model.chat(SystemMessage.from("Be brief."), UserMessage.from(question));
  }

  /// Records replies to some questions.
  private void record(String... questions) {
    try (var stub = StubEndpoint.of(StubEndpoint.replying(question -> "re: " + question));
        var recording = Recording.replayOrRecord(file, model(stub.url()))) {
      Stream.of(questions).forEach(question -> ask(recording, question));
    }
  }

  @Test
  void replaysWithoutServerAndKeyWhatWasRecorded() throws IOException {
    var questions =
        List.of("One?", "Grün, \uD83D\uDE00 \"or\" \\u0041\n\u0000\u2028?", "half \uD83D");
    var recorded = new ArrayList<ChatResponse>();
    try (var stub =
            StubEndpoint.of(
                StubEndpoint.says("one two\n\u2028 \uD83D\uDE00"),
                StubEndpoint.says("cut", "length"),
                StubEndpoint.says("")); // no reply of use, but a reply
        var recording = Recording.record(file, model(stub.url()))) {
      questions.forEach(question -> recorded.add(ask(recording, question)));
      assertEquals(3, recording.recorded());
      assertEquals(0, recording.replayed());
    }
    try (var recording = Recording.replay(file, unreachable())) {
      var replayed = questions.stream().map(question -> ask(recording, question)).toList();
      assertEquals(recorded, replayed);
      assertEquals(
          recorded.stream().map(Reply::of).toList(), replayed.stream().map(Reply::of).toList());
      assertEquals(3, recording.replayed());
    }
    assertEquals(3, Files.readAllLines(file, StandardCharsets.US_ASCII).size());
  }

  @Test
  void anotherRequestIsNotServed() throws IOException {
    record("One?");
    var before = Files.readAllBytes(file);
    var endpoint = Endpoint.at(StubEndpoint.down(), "some-model").withLogprobs();
    try (var recording = Recording.replay(file, endpoint.connect())) {
      assertEquals("re: One?", ask(recording, "One?").aiMessage().text());
      var missing = assertThrows(IllegalStateException.class, () -> ask(recording, "One"));
      assertTrue(missing.getMessage().contains("recording.jsonl"), missing.getMessage());
    }
    for (var other :
        List.of(
            Endpoint.at(StubEndpoint.down(), "other-model").withLogprobs(),
            Endpoint.at(StubEndpoint.down(), "some-model"),
            endpoint.temperature(0.5),
            endpoint.maxTokens(9))) {
      try (var recording = Recording.replay(file, other.connect())) {
        assertThrows(IllegalStateException.class, () -> ask(recording, "One?"), other.toString());
      }
    }
    assertEquals(new String(before), Files.readString(file));
  }

  @Test
  void whateverMayChangeTheReplyChangesTheHash() {
    var hashes = new HashSet<String>();
    List<Consumer<OpenAiChatRequestParameters.Builder>> changes =
        List.of(
            same -> {},
            other -> other.modelName("n"),
            other -> other.temperature(0.1),
            other -> other.topP(0.1),
            other -> other.topK(2),
            other -> other.frequencyPenalty(0.1),
            other -> other.presencePenalty(0.1),
            other -> other.maxOutputTokens(2),
            other -> other.maxCompletionTokens(2),
            other -> other.stopSequences("a"),
            other -> other.stopSequences("a", "b"),
            other -> other.stopSequences("ab"),
            other -> other.responseFormat(dev.langchain4j.model.chat.request.ResponseFormat.JSON),
            other -> other.seed(1),
            other -> other.logprobs(true),
            other -> other.topLogprobs(1),
            other -> other.reasoningEffort("low"));
    for (var change : changes) {
      var parameters = OpenAiChatRequestParameters.builder().modelName("m");
      change.accept(parameters);
      hashes.add(hash(parameters, UserMessage.from("a")));
    }
    var plain = OpenAiChatRequestParameters.builder().modelName("m");
    hashes.add(hash(plain, UserMessage.from("b")));
    hashes.add(hash(plain, SystemMessage.from("a")));
    hashes.add(hash(plain, UserMessage.from("a"), UserMessage.from("a")));
    hashes.add(hash(plain, UserMessage.from("a\",\"text\":\"a")));
    assertEquals(changes.size() + 4, hashes.size());
    assertEquals(
        hash(plain.temperature(0.1), UserMessage.from("a")),
        hash(
            OpenAiChatRequestParameters.builder().temperature(0.1).modelName("m"),
            UserMessage.from("a")));
  }

  private static String hash(
      OpenAiChatRequestParameters.Builder parameters,
      dev.langchain4j.data.message.ChatMessage... messages) {
    return CanonicalRequest.of(
            ChatRequest.builder().messages(messages).parameters(parameters.build()).build())
        .hash();
  }

  /// Recordings outlive versions: the form of a request must not change. The digest is that of the
  /// text in the first line, taken by another program.
  @Test
  void theFormOfARequestIsFixed() {
    var request =
        ChatRequest.builder()
            .messages(SystemMessage.from("Be brief."), UserMessage.from("Grün?"))
            .parameters(
                OpenAiChatRequestParameters.builder()
                    .modelName("m")
                    .temperature(0.0)
                    .maxOutputTokens(512)
                    .stopSequences("\n")
                    .seed(3)
                    .build())
            .build();
    assertEquals(
        "{\"model\":\"m\",\"messages\":[{\"role\":\"system\",\"text\":\"Be brief.\"},{\"role\":\"user\",\"text\":\"Gr\\u00FCn?\"}],\"temperature\":0.0,\"max_tokens\":512,\"stop\":[\"\\n\"],\"seed\":3}",
        Json.text(CanonicalRequest.of(request).json()));
    assertEquals(
        "de902c598b66c9bd4897638aafa24451b5017e5ca5b46dbdf18ff34bd73c9a34",
        CanonicalRequest.of(request).hash());
  }

  @Test
  void requestsThatCannotBeHashedWholeAreRefused() {
    var tool = ToolSpecification.builder().name("look").build();
    var plain = OpenAiChatRequestParameters.builder().modelName("m");
    assertThrows(
        IllegalArgumentException.class,
        () ->
            hash(
                OpenAiChatRequestParameters.builder().toolSpecifications(tool),
                UserMessage.from("a")));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            hash(
                OpenAiChatRequestParameters.builder().customParameters(java.util.Map.of("a", 1)),
                UserMessage.from("a")));
    assertThrows(
        IllegalArgumentException.class,
        () -> hash(plain, UserMessage.from(ImageContent.from("http://localhost/a.png"))));
  }

  @Test
  void asksOnlyForWhatIsMissing() {
    record("One?", "Two?");
    try (var stub = StubEndpoint.of(StubEndpoint.says("new"));
        var recording = Recording.replayOrRecord(file, model(stub.url()))) {
      assertEquals("re: Two?", ask(recording, "Two?").aiMessage().text());
      assertEquals("new", ask(recording, "Three?").aiMessage().text());
      assertEquals("new", ask(recording, "Three?").aiMessage().text());
      assertEquals(1, stub.calls().size());
      assertEquals(2, recording.replayed());
      assertEquals(1, recording.recorded());
    }
  }

  @Test
  void recordingAnewAsksOnceForEachAndTakesTheLaterReply() throws IOException {
    record("One?", "Two?");
    try (var stub = StubEndpoint.of(StubEndpoint.says("new"), StubEndpoint.says("newer"));
        var recording = Recording.record(file, model(stub.url()))) {
      assertEquals("new", ask(recording, "One?").aiMessage().text());
      assertEquals("new", ask(recording, "One?").aiMessage().text());
      assertEquals(1, stub.calls().size());
    }
    try (var recording = Recording.replay(file, unreachable())) {
      assertEquals("new", ask(recording, "One?").aiMessage().text());
      assertEquals("re: Two?", ask(recording, "Two?").aiMessage().text());
    }
    assertEquals(3, Files.readAllLines(file).size());
  }

  @Test
  void failuresLeaveNoTrace() throws IOException {
    try (var stub = StubEndpoint.of(StubEndpoint.status(500, "{}"), StubEndpoint.says("yes"));
        var recording = Recording.record(file, model(stub.url()))) {
      assertThrows(RuntimeException.class, () -> ask(recording, "One?"));
      assertEquals("", Files.readString(file));
      assertEquals("yes", ask(recording, "One?").aiMessage().text());
    }
    assertEquals(1, Files.readAllLines(file).size());
  }

  /// Every place at which a kill can break off the last line.
  @Test
  void aTornLastLineIsIgnoredAndRepaired() throws IOException {
    record("One?", "Two?");
    var whole = Files.readAllBytes(file);
    int first = new String(whole, StandardCharsets.US_ASCII).indexOf('\n') + 1;
    for (int length = first; length < whole.length; length++) {
      var torn = Arrays.copyOf(whole, length);
      Files.write(file, torn);
      boolean complete = length == whole.length - 1;
      try (var recording = Recording.replay(file, unreachable())) {
        assertEquals("re: One?", ask(recording, "One?").aiMessage().text());
        if (!complete) {
          assertThrows(IllegalStateException.class, () -> ask(recording, "Two?"));
        }
      }
      assertEquals(length, Files.size(file), "replaying changes nothing");
      Recording.replayOrRecord(file, unreachable()).close();
      assertEquals(complete ? whole.length : first, Files.size(file), "opening repairs");
      if (length % 40 == 0 || length <= first + 1 || length >= whole.length - 2) {
        record("One?", "Two?");
        assertEquals(new String(whole), Files.readString(file), "torn at " + length);
      }
    }
  }

  @Test
  void aFileThatIsNoRecordingIsLeftAlone() throws IOException {
    Files.createDirectories(file.getParent());
    for (String alien :
        List.of("my notes, without end of line", "{\"a\": 1}", "\n", "{\"hash\":\"\"}\n")) {
      Files.writeString(file, alien);
      assertThrows(IllegalArgumentException.class, () -> Recording.record(file, unreachable()));
      assertEquals(alien, Files.readString(file));
    }
  }

  @Test
  void malformedLinesAreRefusedWithFileAndLine() throws IOException {
    record("One?", "Two?");
    var lines = Files.readAllLines(file);
    var good = lines.get(1);
    for (var bad :
        List.of(
            "",
            "[]",
            "null",
            good + good,
            good.replace("Two?", "Too?"),
            good.replace("\"finish\":\"STOP\"", "\"finish\":\"NEVER\""),
            good.replace("\"finish\":\"STOP\"", "\"finish\":null"),
            good.replace("\"finish\":\"STOP\"", "\"finish\":\"STOP\",\"finish\":\"STOP\""),
            good.replace("\"finish\":\"STOP\"", "\"finish\":\"STOP\",\"run\":\"rm\""),
            good.replace("\"prompt_tokens\":7", "\"prompt_tokens\":-7"),
            good.replace("\"prompt_tokens\":7", "\"prompt_tokens\":7.5"),
            good.replace("\"prompt_tokens\":7", "\"prompt_tokens\":99999999999"),
            good.replace("\"tokens\":[", "\"tokens\":[\"odd\","),
            good.replace("\"tokens\":[", "\"tokens\":[1,\"a\","),
            good.replaceAll("\"tokens\":\\[.*?\\]", "\"tokens\":\"none\""),
            good.replaceAll("\"reply\":\\{.*\\}", "\"reply\":7}"),
            good.replaceAll("\"reply\":\\{.*\\}", "\"reply\":{}}"),
            good.replaceAll("\"hash\":\"[^\"]*\"", "\"hash\":7"),
            "[".repeat(100_000))) {
      assertNotEquals(good, bad);
      Files.writeString(file, lines.get(0) + "\n" + bad + "\n" + good + "\n");
      var refused =
          assertThrows(
              IllegalArgumentException.class, () -> Recording.replay(file, unreachable()), bad);
      assertTrue(refused.getMessage().contains("recording.jsonl, line 2"), refused.getMessage());
      assertThrows(IllegalArgumentException.class, () -> Recording.record(file, unreachable()));
    }
    var latin =
        (lines.get(0) + "\n" + good.replace("re:", "r\u00E9:") + "\n")
            .getBytes(StandardCharsets.ISO_8859_1);
    Files.write(file, latin);
    assertThrows(IllegalArgumentException.class, () -> Recording.replay(file, unreachable()));
  }

  @Test
  void aMissingRecordingNamesTheRemedy() {
    var missing =
        assertThrows(IllegalArgumentException.class, () -> Recording.replay(file, unreachable()));
    assertTrue(missing.getMessage().contains("replayOrRecord"), missing.getMessage());
    assertFalse(Files.exists(file));
  }

  @Test
  void twoRecordingsDoNotShareAFile() {
    try (var _ = Recording.record(file, unreachable())) {
      assertThrows(IllegalStateException.class, () -> Recording.record(file, unreachable()));
    }
    Recording.record(file, unreachable()).close();
  }

  /// What was wrong is said in the next request, which is recorded on its own.
  @Test
  void retriesAreReplayedToo() throws NoReply {
    Tally first;
    try (var stub = StubEndpoint.of(StubEndpoint.says("perhaps"), StubEndpoint.says("yes"));
        var recording = Recording.record(file, model(stub.url()))) {
      first = yes(recording);
      assertEquals(2, first.calls());
    }
    try (var recording = Recording.replay(file, unreachable())) {
      assertEquals(first, yes(recording));
    }
  }

  private static Tally yes(ChatModel model) throws NoReply {
    var asking = Asking.of(model).waiting(Pause.NONE);
    assertTrue(
        asking.<Boolean>ask(
            PromptText.of("You say yes.").task("Well?"),
            reply -> {
              if (!reply.text().equals("yes")) {
                throw new MalformedReply("yes", reply.text());
              }
              return true;
            }));
    return asking.tally();
  }
}

package org.recollect.retrieval.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Endpoints through [Asking], against a server that is good, slow, wrong, cut off and down.
class EndpointTest {

  private static final String KEY = "sk-a-key-that-must-not-show";

  private static final List<ChatMessage> QUESTION =
      List.of(SystemMessage.from("Be brief."), UserMessage.from("How many?"));

  private static final Endpoint ANY = Endpoint.at("http://localhost:1/v1", "some-model");

  private static Asking asking(String url) {
    return asking(Endpoint.at(url, "some-model").timeout(Duration.ofSeconds(20)).connect());
  }

  private static Asking asking(ChatModel model) {
    return Asking.of(model).waiting(Pause.NONE);
  }

  private static Integer number(Reply reply) {
    if (!reply.text().matches("[0-9]{1,9}")) {
      throw new MalformedReply("a number", reply.text());
    }
    return Integer.valueOf(reply.text());
  }

  private static NoReply noReply(Asking asking) {
    return assertThrows(NoReply.class, () -> asking.ask(QUESTION, EndpointTest::number));
  }

  private static IllegalStateException stopped(Asking asking) {
    return assertThrows(
        IllegalStateException.class, () -> asking.ask(QUESTION, EndpointTest::number));
  }

  @Test
  void sendsWhatIsAskedAndCountsWhatComesBack() throws NoReply {
    try (var stub = StubEndpoint.of(StubEndpoint.says("42"))) {
      var asking = asking(stub.url());
      assertEquals(42, asking.ask(QUESTION, EndpointTest::number));
      assertEquals("some-model", asking.model());
      assertEquals(new Tally(1, 0, 1, 7, 1, 0, java.util.Map.of()), asking.tally());

      var call = stub.calls().getFirst();
      assertEquals("/v1/chat/completions", call.path());
      assertNull(call.authorization());
      assertEquals("some-model", call.body().path("model").asText());
      assertEquals(0.0, call.body().path("temperature").doubleValue());
      assertEquals(512, call.body().path("max_tokens").intValue());
      assertFalse(call.body().path("logprobs").asBoolean());
      assertEquals("system", call.body().at("/messages/0/role").asText());
      assertEquals("Be brief.", call.body().at("/messages/0/content").asText());
      assertEquals("How many?", call.body().at("/messages/1/content").asText());
    }
  }

  @Test
  void givesLogProbabilitiesWhereTheyAreAskedFor() throws NoReply {
    try (var stub = StubEndpoint.of(StubEndpoint.says("forty two"))) {
      var model = Endpoint.at(stub.url(), "some-model").withLogprobs().connect();
      var reply = asking(model).ask(QUESTION, Function.identity());
      assertEquals(
          List.of(new Reply.Token("forty", Math.log(0.5)), new Reply.Token(" two", Math.log(0.5))),
          reply.tokens());
    }
  }

  @Test
  void asksASlowServerAgainAndThenGivesUp() {
    try (var stub =
        StubEndpoint.of(StubEndpoint.silence(), StubEndpoint.stall(), StubEndpoint.silence())) {
      var endpoint = Endpoint.at(stub.url(), "some-model").timeout(Duration.ofMillis(150));
      var asking = asking(endpoint.connect());
      var failure = noReply(asking);
      assertEquals(
          List.of(Trouble.TIME_OUT, Trouble.TIME_OUT, Trouble.TIME_OUT), failure.troubles());
      assertTrue(failure.getMessage().contains("150 ms"), failure.getMessage());
      assertEquals(3, asking.tally().calls());
      assertEquals(3, asking.tally().uncounted());
      assertEquals(java.util.Map.of(Trouble.TIME_OUT, 2L), asking.tally().retries());
      assertEquals(1, asking.tally().failures());
    }
  }

  @Test
  void recoversFromEveryTroubleThatPasses() throws NoReply {
    try (var stub =
        StubEndpoint.of(
            StubEndpoint.status(500, "{\"error\": {\"message\": \"out of memory\"}}"),
            StubEndpoint.status(429, "{}"),
            StubEndpoint.status(200, "not { JSON"),
            StubEndpoint.status(200, "{\"answer\": 42}"),
            StubEndpoint.status(200, "{\"choices\": []}"),
            StubEndpoint.status(200, ""),
            StubEndpoint.hangUp(),
            StubEndpoint.says("4", "length"),
            StubEndpoint.says(" \n"),
            StubEndpoint.says("forty-two"),
            StubEndpoint.says("42"))) {
      var asking = asking(stub.url()).retries(10);
      assertEquals(42, asking.ask(QUESTION, EndpointTest::number));
      assertEquals(11, asking.tally().calls());
      assertEquals(0, asking.tally().failures());
      assertEquals(
          java.util.Map.of(
              Trouble.SERVER_ERROR, 5L,
              Trouble.BUSY, 1L,
              Trouble.UNREACHABLE, 1L,
              Trouble.CUT_OFF, 1L,
              Trouble.EMPTY, 1L,
              Trouble.MALFORMED, 1L),
          asking.tally().retries());
    }
  }

  @Test
  void aServerThatIsDownIsNamed() {
    var url = StubEndpoint.down();
    var failure = noReply(asking(url));
    assertEquals(
        List.of(Trouble.UNREACHABLE, Trouble.UNREACHABLE, Trouble.UNREACHABLE), failure.troubles());
    assertTrue(failure.getMessage().contains(url), failure.getMessage());
  }

  @Test
  void aRefusedRequestIsNotSentAgain() {
    for (var refusal :
        List.of(
            StubEndpoint.status(400, "{\"error\": {\"message\": \"too long\"}}"),
            StubEndpoint.says("", "content_filter"))) {
      try (var stub = StubEndpoint.of(refusal)) {
        assertEquals(List.of(Trouble.REFUSED), noReply(asking(stub.url())).troubles());
        assertEquals(1, stub.calls().size());
      }
    }
  }

  @Test
  void aServerThatServesNobodyStopsTheRunInOneSentence() {
    for (int status : new int[] {301, 401, 403, 404}) {
      try (var stub = StubEndpoint.of(StubEndpoint.status(status, "<html>no</html>"))) {
        var asking = asking(stub.url());
        var message = stopped(asking).getMessage();
        assertTrue(message.startsWith(stub.url()) && message.contains("" + status), message);
        assertEquals(1, stub.calls().size());
        assertEquals(1, asking.tally().failures());
      }
    }
    try (var stub = StubEndpoint.of(StubEndpoint.status(404, "{\"detail\": \"no such model\"}"))) {
      var message = stopped(asking(stub.url())).getMessage();
      assertTrue(message.contains("'some-model'") && message.contains("no such model"), message);
    }
  }

  @Test
  void aMissingKeyIsNamedByItsVariable() {
    try (var stub = StubEndpoint.of(StubEndpoint.says("42"))) {
      var endpoint = Endpoint.at(stub.url(), "some-model").keyFrom("SOME_KEY");
      for (var value : new String[] {null, " ", "two words", "half\nhidden"}) {
        var message = stopped(asking(endpoint.connect(_ -> value))).getMessage();
        assertTrue(message.contains("SOME_KEY"), message);
        assertFalse(message.contains("words") || message.contains("hidden"), message);
      }
      assertEquals(List.of(), stub.calls());
    }
  }

  /// A server may repeat the key in its replies and its errors.
  @Test
  void theKeyReachesTheHeaderAndNothingElse(@TempDir Path folder) throws Exception {
    try (var stub =
        StubEndpoint.of(
            StubEndpoint.status(500, "{\"error\": {\"message\": \"bad key " + KEY + "\"}}"),
            StubEndpoint.status(500, KEY),
            StubEndpoint.says("you sent " + KEY),
            StubEndpoint.status(200, KEY),
            StubEndpoint.status(400, "{\"error\": \"" + KEY.replace("-", "\\u002d") + "\"}"),
            StubEndpoint.status(401, "{\"message\": \"Incorrect key: " + KEY + "\"}"))) {
      var endpoint =
          Endpoint.at(stub.url(), "some-model").timeout(Duration.ofSeconds(20)).keyFrom("SOME_KEY");
      var model = endpoint.connect(name -> name.equals("SOME_KEY") ? KEY : null);
      var file = folder.resolve("recording.jsonl");
      var shown = new StringWriter();
      try (var recording = Recording.record(file, model)) {
        var asking = asking(recording);
        var reply = asking.ask(QUESTION, Function.identity());
        assertEquals("you sent ***", reply.text());
        var other = List.<ChatMessage>of(UserMessage.from("Another one?"));
        assertThrows(NoReply.class, () -> asking.ask(other, Function.identity()))
            .printStackTrace(new PrintWriter(shown, true));
        assertThrows(IllegalStateException.class, () -> asking.ask(other, Function.identity()))
            .printStackTrace(new PrintWriter(shown, true));
        shown.append(reply + " " + asking + asking.tally() + recording + model + endpoint);
        shown.append(recording.defaultRequestParameters().toString());
      }
      assertEquals(6, stub.calls().size());
      stub.calls()
          .forEach(call -> {
            assertEquals("Bearer " + KEY, call.authorization());
            assertFalse(call.body().toString().contains(KEY));
          });
      assertFalse(Files.readString(file).contains(KEY));
      assertFalse(shown.toString().contains(KEY), shown.toString());
      assertTrue(shown.toString().contains("SOME_KEY"), shown.toString());
    }
  }

  @Test
  void aKeyThatIsNoSecretDoesNotChangeReplies() throws NoReply {
    try (var stub = StubEndpoint.of(StubEndpoint.says("The set is EMPTY."))) {
      var model = Endpoint.at(stub.url(), "m").keyFrom("SOME_KEY").connect(_ -> "EMPTY");
      assertEquals("The set is EMPTY.", asking(model).ask(QUESTION, Reply::text));
    }
  }

  @Test
  void aReplyWithoutEndOrMeasureIsBroken() {
    var endless = "{\"choices\": \"" + "x".repeat(17 << 20) + "\"}";
    try (var stub = StubEndpoint.of(StubEndpoint.status(200, endless))) {
      var failure = noReply(asking(stub.url()).retries(0));
      assertEquals(List.of(Trouble.UNREACHABLE), failure.troubles());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost:8000",
        "ftp://localhost/v1",
        "http://",
        "http://me:secret@localhost/v1",
        "http://localhost/v1?api-key=secret",
        "http://localhost/v1#secret",
        "http://local host/secret"
      })
  void urlsWithoutServerOrWithCredentialsAreRefused(String url) {
    var refused =
        assertThrows(IllegalArgumentException.class, () -> Endpoint.at(url, "some-model"));
    assertFalse(refused.getMessage().contains("secret"), refused.getMessage());
    assertNull(refused.getCause());
  }

  @Test
  void valuesOutOfRangeAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> ANY.temperature(-0.1));
    assertThrows(IllegalArgumentException.class, () -> ANY.temperature(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> ANY.maxTokens(0));
    assertThrows(IllegalArgumentException.class, () -> ANY.timeout(Duration.ZERO));
    assertThrows(IllegalArgumentException.class, () -> Endpoint.at("http://localhost/v1", " "));
    var refused = assertThrows(IllegalArgumentException.class, () -> ANY.keyFrom(KEY));
    assertFalse(refused.getMessage().contains(KEY), refused.getMessage());
  }
}

package org.recollect.retrieval.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.model.output.FinishReason;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/// One line of a recording: `{"hash": ..., "request": {...}, "reply": {...}}`, where the reply has
/// `text`, `finish`, and where known `prompt_tokens`, `reply_tokens` and `tokens`, a list of text
/// and log-probability in turn.
///
/// @param hash of the request
record RecordedReply(String hash, ObjectNode request, Reply reply) {

  private static final Set<String> FIELDS = Set.of("hash", "request", "reply");

  private static final Set<String> REPLY_FIELDS =
      Set.of("text", "finish", "prompt_tokens", "reply_tokens", "tokens");

  /// How each line begins.
  static final String START = "{\"hash\":\"";

  static RecordedReply of(CanonicalRequest request, Reply reply) {
    return new RecordedReply(request.hash(), request.json(), reply);
  }

  /// One line in ASCII, without its end.
  String line() {
    var json = JsonNodeFactory.instance.objectNode().put("hash", hash);
    json.set("request", request);
    var said =
        json.putObject("reply").put("text", reply.text()).put("finish", reply.finish().name());
    reply.promptTokens().ifPresent(count -> said.put("prompt_tokens", count));
    reply.replyTokens().ifPresent(count -> said.put("reply_tokens", count));
    if (!reply.tokens().isEmpty()) {
      var tokens = said.putArray("tokens");
      reply.tokens().forEach(token -> tokens.add(token.text()).add(token.logProbability()));
    }
    return Json.text(json);
  }

  /// @throws IllegalArgumentException with what is wrong, as part of a sentence
  static RecordedReply parse(String line) {
    try {
      var json = Json.parse(line);
      requireFields(json, "the line", FIELDS);
      requireFields(json.path("reply"), "\"reply\"", REPLY_FIELDS);
      if (!(json.path("request") instanceof ObjectNode request)) {
        throw new IllegalArgumentException("\"request\" is no object");
      }
      var hash = new CanonicalRequest(request).hash();
      if (!hash.equals(json.path("hash").asText())) {
        throw new IllegalArgumentException("\"hash\" is not that of the request");
      }
      return new RecordedReply(hash, request, reply(json.path("reply")));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not one JSON value");
    }
  }

  private static void requireFields(JsonNode json, String what, Set<String> known) {
    if (!json.isObject()) {
      throw new IllegalArgumentException(what + " is no object");
    }
    json.fieldNames()
        .forEachRemaining(name -> {
          if (!known.contains(name)) {
            throw new IllegalArgumentException(what + " has an unknown field");
          }
        });
  }

  private static Reply reply(JsonNode json) {
    return new Reply(
        text(json.path("text"), "text"),
        finish(json.path("finish")),
        count(json, "prompt_tokens"),
        count(json, "reply_tokens"),
        tokens(json.path("tokens")));
  }

  private static FinishReason finish(JsonNode json) {
    var name = text(json, "finish");
    return Arrays.stream(FinishReason.values())
        .filter(reason -> reason.name().equals(name))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "\"finish\" is none of " + Arrays.toString(FinishReason.values())));
  }

  private static OptionalInt count(JsonNode json, String name) {
    var count = json.path(name);
    if (count.isMissingNode()) {
      return OptionalInt.empty();
    }
    if (!count.isIntegralNumber() || !count.canConvertToInt() || count.intValue() < 0) {
      throw new IllegalArgumentException("\"%s\" is no count of tokens".formatted(name));
    }
    return OptionalInt.of(count.intValue());
  }

  private static List<Reply.Token> tokens(JsonNode json) {
    if (!json.isMissingNode() && !(json.isArray() && json.size() % 2 == 0)) {
      throw new IllegalArgumentException("\"tokens\" is no list of pairs");
    }
    var tokens = new ArrayList<Reply.Token>();
    for (int i = 0; i < json.size(); i += 2) {
      if (!json.get(i + 1).isNumber()) {
        throw new IllegalArgumentException("\"tokens\" has a log-probability that is no number");
      }
      tokens.add(new Reply.Token(text(json.get(i), "tokens"), json.get(i + 1).doubleValue()));
    }
    return tokens;
  }

  private static String text(JsonNode json, String name) {
    if (!json.isTextual()) {
      throw new IllegalArgumentException("\"%s\" is missing or no text".formatted(name));
    }
    return json.textValue();
  }
}

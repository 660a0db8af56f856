package org.recollect.retrieval.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import java.util.Optional;

/// A reply of an endpoint that is none, and what to do about it.
///
/// @param status of HTTP, not 200
/// @param body whatever the server sent, perhaps with the key in it
/// @param key that was sent, if any
record Refusal(Endpoint endpoint, int status, String body, Optional<String> key) {

  /// More of what a server says would hide the remedy.
  private static final int MAX_WORDS = 200;

  RuntimeException exception() {
    return switch (status) {
      case 401, 403 -> new IllegalStateException(sentence("refuses its caller", keyRemedy()));
      case 404 ->
          new IllegalStateException(
              sentence(
                  "does not know the model '%s' or the path".formatted(endpoint.name()),
                  "check the model's name and the URL, which mostly ends in /v1"));
      case 408 -> new TimeoutException(sentence("gave up waiting", "try again"));
      case 429 ->
          new RateLimitException(
              sentence("is asked too often", "ask less often, or check your quota"));
      default ->
          status >= 500
              ? new InternalServerException(sentence("failed", "look into the server's log"))
              : status >= 400
                  ? new InvalidRequestException(
                      sentence("refuses the request", "change the prompt or the parameters"))
                  : new IllegalStateException(
                      sentence("answers from elsewhere", "give the URL that answers itself"));
    };
  }

  private String keyRemedy() {
    return endpoint
        .keyVariable()
        .map(variable -> "put a valid key into the environment variable " + variable)
        .orElse("name the environment variable that holds your key by keyFrom");
  }

  private String sentence(String what, String remedy) {
    var words = words();
    return "%s %s (%d%s): %s."
        .formatted(endpoint.url(), what, status, words.isEmpty() ? "" : ", " + words, remedy);
  }

  /// What the server says, in one line, without the key.
  private String words() {
    var said = said().replaceAll("[\\p{C}\\p{Z}]+", " ").strip();
    var safe = key.map(secret -> said.replace(secret, "***")).orElse(said);
    return safe.length() <= MAX_WORDS ? safe : safe.substring(0, MAX_WORDS) + " ...";
  }

  /// OpenAI's servers say `error.message`, others `error`, `message` or `detail`.
  private String said() {
    try {
      var json = Json.parse(body);
      for (var path : new String[] {"/error/message", "/error", "/message", "/detail"}) {
        if (json.at(path).isTextual()) {
          return json.at(path).textValue();
        }
      }
      return "";
    } catch (JsonProcessingException page) {
      return "";
    }
  }
}

package org.recollect.retrieval.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.langchain4j.exception.AuthenticationException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.exception.RateLimitException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.UnresolvedAddressException;

/// Why a call to a model gave no reply of use.
public enum Trouble {
  /// It took too long.
  TIME_OUT(""),
  /// The server asks for fewer calls (HTTP 429).
  BUSY(""),
  /// The server failed (HTTP 5xx), or replied with something that is no reply.
  SERVER_ERROR(""),
  /// There is no server, or the connection broke.
  UNREACHABLE(""),
  /// The reply has as many tokens as it may have, and no end.
  CUT_OFF("Your last reply was cut off before its end. Reply again, more briefly."),
  /// The reply has no text.
  EMPTY("Your last reply was empty. Reply again."),
  /// The reply is not what it was asked to be.
  MALFORMED("Your last reply was not in the form asked for. Reply again, in exactly that form."),
  /// The server declines this request (other HTTP 4xx), or what would have been its reply. To ask
  /// again is of no use.
  REFUSED("");

  private final String reminder;

  Trouble(String reminder) {
    this.reminder = reminder;
  }

  /// What the model is told when it is asked again; empty where it has not seen the request, or not
  /// answered it.
  String reminder() {
    return reminder;
  }

  boolean canPass() {
    return this != REFUSED;
  }

  /// The trouble that LangChain4j's exceptions speak of.
  ///
  /// @throws IllegalStateException with the remedy when no call to this model can succeed
  /// @throws RuntimeException the exception itself where it speaks of none
  static Trouble of(RuntimeException problem, String model) {
    return switch (problem) {
      case TimeoutException _ -> TIME_OUT;
      case RateLimitException _ -> BUSY;
      case InternalServerException _ -> SERVER_ERROR;
      case UnresolvedModelServerException _ -> UNREACHABLE;
      case InvalidRequestException _ -> REFUSED;
      case AuthenticationException _, ModelNotFoundException _ ->
          // Without the cause: a server may repeat the key that it refuses.
          throw new IllegalStateException(
              "The server of %s does not serve it to you (%s): check the key, the model's name and the URL."
                  .formatted(model, problem.getClass().getSimpleName()));
      case UncheckedIOException ours -> throw ours; // such as a recording on a full disk
      default ->
          switch (root(problem)) {
            case JsonProcessingException _ -> SERVER_ERROR;
            case IOException _, UnresolvedAddressException _ -> UNREACHABLE;
            default -> throw problem;
          };
    };
  }

  private static Throwable root(Throwable problem) {
    var root = problem;
    while (root.getCause() != null && root.getCause() != root) {
      root = root.getCause();
    }
    return root;
  }
}

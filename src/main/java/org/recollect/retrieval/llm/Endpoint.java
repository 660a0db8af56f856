package org.recollect.retrieval.llm;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// A language model on a server that speaks OpenAI's protocol, such as vLLM, llama.cpp, Ollama or a
/// provider's own.
///
/// ```java
/// Endpoint.at("http://localhost:8000/v1", "some-model");
/// Endpoint.at("https://api.example.com/v1", "some-model").keyFrom("EXAMPLE_API_KEY").connect();
/// ```
///
/// A key is only ever named by the environment variable that holds it. It is read at each call, put
/// into that call's `Authorization` header, and blanked in what the server sends back.
///
/// @param url to which `/chat/completions` is added; it mostly ends in `/v1`
/// @param name the model's, as the server and all tables call it
/// @param timeout for a whole call, from connecting to the reply's last byte
/// @param temperature 0 for the likeliest reply, at most 2
/// @param maxTokens of a reply
/// @param logprobs whether the log-probabilities of the reply's tokens are asked for
/// @param keyVariable the environment variable that holds the key; none sends no key
public record Endpoint(
    URI url,
    String name,
    Duration timeout,
    double temperature,
    int maxTokens,
    boolean logprobs,
    Optional<String> keyVariable) {

  /// As POSIX names environment variables: none of the usual keys looks like this, so that a key
  /// given in place of a name is refused, not kept.
  private static final Pattern VARIABLE = Pattern.compile("[A-Z_][A-Z0-9_]*");

  /// @throws IllegalArgumentException when the URL is none of HTTP or carries credentials or a
  ///   query, or another value is out of its range
  public Endpoint {
    if (!("http".equals(url.getScheme()) || "https".equals(url.getScheme()))
        || url.getHost() == null) {
      throw new IllegalArgumentException(
          "The URL of an endpoint begins with http:// or https:// and a host, as in http://localhost:8000/v1: give it so.");
    }
    if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "The URL of an endpoint holds no user, password or query: give the bare URL, and name the variable that holds the key by keyFrom.");
    }
    Objects.requireNonNull(keyVariable, "keyVariable");
    require(!name.isBlank(), "has no name", "as the server lists it under /models");
    require(timeout.isPositive(), "has a time-out of " + timeout, "above zero");
    require(
        temperature >= 0 && temperature <= 2, "has the temperature " + temperature, "from 0 to 2");
    require(maxTokens >= 1, "may reply with " + maxTokens + " tokens", "at least 1");
    if (keyVariable.isPresent() && !VARIABLE.matcher(keyVariable.get()).matches()) {
      throw new IllegalArgumentException(
          "That is no environment variable in capital letters: put the key into one and give its name, as in keyFrom(\"OPENAI_API_KEY\").");
    }
  }

  private static void require(boolean holds, String given, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(
          "The model of an endpoint %s: give it %s.".formatted(given, expected));
    }
  }

  /// A model that answers the same question in the same way, as far as its server does: temperature
  /// 0, up to 512 tokens within two minutes, no log-probabilities and no key. All of these are our
  /// choice.
  public static Endpoint at(String url, String name) {
    URI parsed;
    try {
      parsed = URI.create(url);
    } catch (IllegalArgumentException unparsed) {
      // Without its cause, which would repeat whatever credentials the text holds.
      throw new IllegalArgumentException(
          "That is not the URL of an endpoint: give one such as http://localhost:8000/v1.");
    }
    return new Endpoint(parsed, name, Duration.ofMinutes(2), 0, 512, false, Optional.empty());
  }

  public Endpoint timeout(Duration whole) {
    return new Endpoint(url, name, whole, temperature, maxTokens, logprobs, keyVariable);
  }

  public Endpoint temperature(double other) {
    return new Endpoint(url, name, timeout, other, maxTokens, logprobs, keyVariable);
  }

  public Endpoint maxTokens(int most) {
    return new Endpoint(url, name, timeout, temperature, most, logprobs, keyVariable);
  }

  /// Asks for the log-probabilities of the reply's tokens too, which not every server gives.
  public Endpoint withLogprobs() {
    return new Endpoint(url, name, timeout, temperature, maxTokens, true, keyVariable);
  }

  /// Sends the key that an environment variable holds.
  ///
  /// @param variable its name, in capital letters
  public Endpoint keyFrom(String variable) {
    return new Endpoint(
        url, name, timeout, temperature, maxTokens, logprobs, Optional.of(variable));
  }

  /// The model behind this endpoint. Nothing is sent and no key is read before its first call; it
  /// does not try again by itself, which is [Asking]'s part.
  ///
  /// What the server refuses for good (401, 403, 404), and a key that is not there, is an
  /// [IllegalStateException] with the remedy; all else is one of LangChain4j's own exceptions.
  public ChatModel connect() {
    return connect(System::getenv);
  }

  /// @param environment the value of a variable, or null
  ChatModel connect(UnaryOperator<String> environment) {
    return OpenAiChatModel.builder()
        .httpClientBuilder(new Wire(this, environment))
        .baseUrl(url.toString())
        .modelName(name)
        .temperature(temperature)
        .maxTokens(maxTokens)
        .logprobs(logprobs ? true : null)
        .timeout(timeout)
        .maxRetries(0)
        .build();
  }
}

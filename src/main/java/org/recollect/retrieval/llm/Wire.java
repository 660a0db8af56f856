package org.recollect.retrieval.llm;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.langchain4j.exception.InternalServerException;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.exception.UnresolvedModelServerException;
import dev.langchain4j.http.client.HttpClient;
import dev.langchain4j.http.client.HttpClientBuilder;
import dev.langchain4j.http.client.HttpRequest;
import dev.langchain4j.http.client.SuccessfulHttpResponse;
import dev.langchain4j.http.client.sse.ServerSentEventListener;
import dev.langchain4j.http.client.sse.ServerSentEventParser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/// How an endpoint's requests travel: over HTTP/1.1, since many of these servers stumble over an
/// upgrade; to nowhere else, so that no key follows a redirection; and back within the time-out and
/// [#MAX_BYTES], whatever the server does. The JDK's own time-out ends with the headers.
///
/// @param environment the value of a variable, or null
record Wire(Endpoint endpoint, UnaryOperator<String> environment)
    implements HttpClient, HttpClientBuilder {

  private static final long MAX_BYTES = 16 << 20;

  /// Shorter ones are no secret, such as the `EMPTY` that servers without keys are given, and might
  /// be part of an honest reply.
  private static final int SECRET_LENGTH = 16;

  /// No quotes and no backslashes, which JSON would spell in another way.
  private static final Pattern KEY = Pattern.compile("[!#-\\[\\]-~]+");

  private static final java.net.http.HttpClient CLIENT =
      java.net.http.HttpClient.newBuilder()
          .version(Version.HTTP_1_1)
          .followRedirects(Redirect.NEVER)
          .build();

  @Override
  public SuccessfulHttpResponse execute(HttpRequest request) {
    var key = key();
    var post =
        java.net.http.HttpRequest.newBuilder(URI.create(request.url()))
            .POST(BodyPublishers.ofString(request.body()));
    request.headers().forEach((name, values) -> values.forEach(value -> post.header(name, value)));
    key.ifPresent(secret -> post.setHeader("Authorization", "Bearer " + secret));
    var response = send(post.build());
    var body = new String(response.body(), StandardCharsets.UTF_8);
    if (response.statusCode() != 200) {
      throw new Refusal(endpoint, response.statusCode(), body, key).exception();
    }
    return SuccessfulHttpResponse.builder().statusCode(200).body(checked(body, key)).build();
  }

  private Optional<String> key() {
    return endpoint
        .keyVariable()
        .map(variable -> {
          var key = environment.apply(variable);
          if (key == null || key.isBlank()) {
            throw new IllegalStateException(
                "The environment variable %s holds no key: set it before Java starts, or leave keyFrom out if the server asks for none."
                    .formatted(variable));
          }
          if (!KEY.matcher(key.strip()).matches()) {
            throw new IllegalStateException(
                "The key in the environment variable %s has a space or a character that no header can carry: set it again."
                    .formatted(variable));
          }
          return key.strip();
        });
  }

  private HttpResponse<byte[]> send(java.net.http.HttpRequest post) {
    var pending =
        CLIENT.sendAsync(post, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BYTES));
    try {
      return pending.get(endpoint.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (java.util.concurrent.TimeoutException late) {
      pending.cancel(true);
      throw new TimeoutException(
          "%s did not reply within %s: give it a longer time-out."
              .formatted(endpoint.url(), show(endpoint.timeout())));
    } catch (InterruptedException stop) {
      pending.cancel(true);
      Thread.currentThread().interrupt();
      throw new CancellationException("A call to " + endpoint.url() + " was interrupted.");
    } catch (ExecutionException lost) {
      throw new UnresolvedModelServerException(
          "%s cannot be reached or broke off its reply (%s): start the server, or check the URL."
              .formatted(endpoint.url(), reason(lost.getCause())));
    }
  }

  private static String show(Duration duration) {
    return duration.toMillis() % 1000 == 0
        ? duration.toSeconds() + " s"
        : duration.toMillis() + " ms";
  }

  private static String reason(Throwable problem) {
    var message = problem instanceof IOException ? problem.getMessage() : null;
    return message == null ? problem.getClass().getSimpleName() : message;
  }

  /// The same JSON without the key.
  private String checked(String body, Optional<String> key) {
    try {
      var json = Json.parse(body);
      if (json.path("choices").path(0).path("message").isObject()) {
        var text = Json.text(json);
        return key.filter(secret -> secret.length() >= SECRET_LENGTH)
            .map(secret -> text.replace(secret, "***"))
            .orElse(text);
      }
    } catch (JsonProcessingException unreadable) {
      // Said below, without the parser's excerpt of the body.
    }
    throw new InternalServerException(
        "%s replied with something else than OpenAI's chat completions: check the URL, which mostly ends in /v1."
            .formatted(endpoint.url()));
  }

  @Override
  public void execute(
      HttpRequest request, ServerSentEventParser parser, ServerSentEventListener listener) {
    throw new UnsupportedOperationException("Replies are read whole: ask without streaming.");
  }

  @Override
  public HttpClient build() {
    return this;
  }

  @Override
  public Duration connectTimeout() {
    return endpoint.timeout();
  }

  @Override
  public Duration readTimeout() {
    return endpoint.timeout();
  }

  /// The endpoint's time-out holds.
  @Override
  public HttpClientBuilder connectTimeout(Duration ignored) {
    return this;
  }

  /// The endpoint's time-out holds.
  @Override
  public HttpClientBuilder readTimeout(Duration ignored) {
    return this;
  }
}

package org.recollect.retrieval.llm;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;

/// A server on this machine that speaks OpenAI's protocol as well or as badly as its script says.
/// Mutable; close it, which also ends what it holds back.
///
/// ```java
/// try (var stub = StubEndpoint.of(StubEndpoint.status(500, "{}"), StubEndpoint.says("yes"))) {
///   Endpoint.at(stub.url(), "stub").connect();
/// }
/// ```
public final class StubEndpoint implements AutoCloseable {

  /// What is done with one call.
  @FunctionalInterface
  public interface Behaviour {
    void answer(HttpExchange exchange, JsonNode request, StubEndpoint stub) throws Exception;
  }

  /// One call.
  ///
  /// @param path under which it came
  /// @param authorization the header, or null
  /// @param body what was asked
  public record Call(String path, String authorization, JsonNode body) {}

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final List<Behaviour> script;
  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final CountDownLatch released = new CountDownLatch(1);

  private StubEndpoint(List<Behaviour> script) {
    this.script = List.copyOf(script);
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.setExecutor(threads);
    server.createContext("/", this::serve);
    server.start();
  }

  /// Follows a script call by call; its last behaviour is that of all later calls.
  public static StubEndpoint of(Behaviour... script) {
    return new StubEndpoint(List.of(script));
  }

  /// The URL of a port at which nobody listens.
  public static String down() {
    try (var stub = of(says("never"))) {
      return stub.url();
    }
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /// All calls so far, in order.
  public List<Call> calls() {
    return List.copyOf(calls);
  }

  /// A whole reply.
  public static Behaviour says(String text) {
    return says(text, "stop");
  }

  /// @param finish as OpenAI calls it: `stop`, `length`, `content_filter`
  public static Behaviour says(String text, String finish) {
    return (exchange, request, _) -> send(exchange, 200, completion(request, text, finish));
  }

  /// A reply that depends on the last message.
  public static Behaviour replying(Function<String, String> reply) {
    return (exchange, request, _) -> {
      var messages = request.path("messages");
      var last = messages.path(messages.size() - 1).path("content").asText();
      send(exchange, 200, completion(request, reply.apply(last), "stop"));
    };
  }

  /// The replies of a model that is asked with the messages of each call.
  public static Behaviour playing(ChatModel model) {
    return (exchange, request, _) -> {
      var messages = new ArrayList<ChatMessage>();
      for (JsonNode message : request.path("messages")) {
        var text = message.path("content").asText();
        messages.add(
            message.path("role").asText().equals("system")
                ? SystemMessage.from(text)
                : UserMessage.from(text));
      }
      var reply = Reply.of(model.chat(messages));
      send(
          exchange,
          200,
          completion(request, reply.text(), "stop", reply.promptTokens().orElseThrow()));
    };
  }

  /// Any body under any status.
  public static Behaviour status(int status, String body) {
    return (exchange, _, _) -> send(exchange, status, body);
  }

  /// Nothing before the stub is closed, by when the client has given up.
  public static Behaviour silence() {
    return (exchange, request, stub) -> {
      stub.released.await();
      send(exchange, 200, completion(request, "too late", "stop"));
    };
  }

  /// The headers of a reply, and nothing more before the stub is closed.
  public static Behaviour stall() {
    return (exchange, _, stub) -> {
      exchange.sendResponseHeaders(200, 1000);
      exchange.getResponseBody().write('{');
      exchange.getResponseBody().flush();
      stub.released.await();
      exchange.close();
    };
  }

  /// The beginning of a reply, then the end of the connection.
  public static Behaviour hangUp() {
    return (exchange, request, _) -> {
      var whole = completion(request, "never whole", "stop").getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(200, whole.length);
      exchange.getResponseBody().write(whole, 0, whole.length / 2);
      exchange.getResponseBody().flush();
      exchange.close();
    };
  }

  /// The body of a reply; a token of the text is what stands between spaces, each as likely as 1/2.
  private static String completion(JsonNode request, String text, String finish) {
    return completion(request, text, finish, 7);
  }

  private static String completion(JsonNode request, String text, String finish, int promptTokens) {
    var json = JSON.createObjectNode().put("id", "stub").put("object", "chat.completion");
    json.put("created", 1).put("model", request.path("model").asText());
    var choice = json.putArray("choices").addObject().put("index", 0).put("finish_reason", finish);
    choice.putObject("message").put("role", "assistant").put("content", text);
    var words = text.split("(?= )");
    if (request.path("logprobs").asBoolean()) {
      var tokens = choice.putObject("logprobs").putArray("content");
      for (String word : words) {
        tokens.addObject().put("token", word).put("logprob", Math.log(0.5));
      }
    }
    json.putObject("usage")
        .put("prompt_tokens", promptTokens)
        .put("completion_tokens", words.length)
        .put("total_tokens", promptTokens + words.length);
    return json.toString();
  }

  private static void send(HttpExchange exchange, int status, String body) throws IOException {
    var bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      var body = JSON.readTree(exchange.getRequestBody().readAllBytes());
      Behaviour behaviour;
      synchronized (this) {
        behaviour = script.get(Math.min(calls.size(), script.size() - 1));
        calls.add(
            new Call(
                exchange.getRequestURI().getPath(),
                exchange.getRequestHeaders().getFirst("Authorization"),
                body));
      }
      behaviour.answer(exchange, body, this);
    } catch (IOException clientIsGone) {
      throw clientIsGone;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  @Override
  public void close() {
    released.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}

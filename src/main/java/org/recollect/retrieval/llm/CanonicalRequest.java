package org.recollect.retrieval.llm;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.ResponseFormatType;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;

/// A request in the one form in which it is recorded and hashed: a JSON object with the fields
/// below in this order, without those that the request leaves open.
///
/// `model`, `messages` (each `role` and `text`), `temperature`, `top_p`, `top_k`,
/// `frequency_penalty`, `presence_penalty`, `max_tokens`, `max_completion_tokens`, `stop`,
/// `format`, `seed`, `logprobs`, `top_logprobs`, `reasoning_effort`
///
/// Its hash is the SHA-256 of that text in ASCII, written without spaces. Where the model is served
/// (URL, key, time-out) has no part in it; whatever else might change the reply is refused.
record CanonicalRequest(ObjectNode json) {

  /// @throws IllegalArgumentException when the request has tools, a schema, pictures or other parts
  ///   that a recording does not know
  static CanonicalRequest of(ChatRequest request) {
    var asked = request.parameters();
    var json = JsonNodeFactory.instance.objectNode();
    json.put("model", asked.modelName());
    var messages = json.putArray("messages");
    for (ChatMessage message : request.messages()) {
      messages
          .addObject()
          .put("role", message.type().name().toLowerCase(Locale.ROOT))
          .put("text", text(message));
    }
    json.put("temperature", asked.temperature());
    json.put("top_p", asked.topP());
    json.put("top_k", asked.topK());
    json.put("frequency_penalty", asked.frequencyPenalty());
    json.put("presence_penalty", asked.presencePenalty());
    json.put("max_tokens", asked.maxOutputTokens());
    if (asked instanceof OpenAiChatRequestParameters openAi) {
      json.put("max_completion_tokens", openAi.maxCompletionTokens());
    }
    if (!asked.stopSequences().isEmpty()) {
      asked.stopSequences().forEach(json.putArray("stop")::add);
    }
    json.put("format", format(asked));
    if (asked instanceof OpenAiChatRequestParameters openAi) {
      json.put("seed", openAi.seed());
      json.put("logprobs", openAi.logprobs());
      json.put("top_logprobs", openAi.topLogprobs());
      json.put("reasoning_effort", openAi.reasoningEffort());
      refuse(!openAi.logitBias().isEmpty(), "a bias on its logits");
      refuse(!openAi.customParameters().isEmpty(), "parameters of its server's own");
    }
    refuse(!asked.toolSpecifications().isEmpty(), "tools");
    json.properties().removeIf(field -> field.getValue().isNull());
    return new CanonicalRequest(json);
  }

  private static String format(ChatRequestParameters asked) {
    var format = asked.responseFormat();
    if (format == null || format.type() == ResponseFormatType.TEXT) {
      return null;
    }
    refuse(format.jsonSchema() != null, "a schema for its reply");
    return "json";
  }

  /// @throws IllegalArgumentException when the message is not of text alone
  static String text(ChatMessage message) {
    return switch (message) {
      case SystemMessage system -> system.text();
      case UserMessage user when user.hasSingleText() -> user.singleText();
      case AiMessage reply when reply.text() != null && !reply.hasToolExecutionRequests() ->
          reply.text();
      default -> {
        refuse(true, "a message of something else than text");
        yield "";
      }
    };
  }

  private static void refuse(boolean present, String what) {
    if (present) {
      throw new IllegalArgumentException(
          "The request has %s, which neither a recording nor a local model knows: leave it out."
              .formatted(what));
    }
  }

  String model() {
    return json.path("model").asText("");
  }

  /// 64 hexadecimal digits in lower case.
  String hash() {
    return HexFormat.of().formatHex(sha256(Json.text(json)));
  }

  static byte[] sha256(String text) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has SHA-256", impossible);
    }
  }
}

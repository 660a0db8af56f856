package org.recollect.retrieval.llm;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.exception.InvalidRequestException;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.OpenAiChatRequestParameters;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.recollect.model.DenseCache;
import org.recollect.model.LanguageModel;
import org.recollect.model.Sampling;
import org.recollect.tensor.RandomStream;

/// One of our own models behind the port of all models. It continues a text, so the messages become
/// one. Methods that need more than text, such as logits, hidden states or vectors before the text,
/// take it from the [#model] itself.
///
/// Unless a request says otherwise, the likeliest tokens are taken, up to 64 (our choice). Of a
/// request's parameters it knows temperature, `top_k`, `seed`, `max_tokens` and `stop`; the
/// log-probabilities of a reply's tokens are always given, under the model's own distribution
/// whatever the temperature. It must be used as the model must: by platform threads, and it does
/// not close it.
///
/// @param name as tables show it
/// @param model borrowed, with a tokenizer
/// @param template the text that a list of messages becomes
public record LocalModel(
    String name, LanguageModel model, Function<List<ChatMessage>, String> template)
    implements ChatModel {

  public LocalModel {
    Objects.requireNonNull(template, "template");
    if (name.isBlank()) {
      throw new IllegalArgumentException("A model needs a name: tables and recordings show it.");
    }
    model.tokenizer();
  }

  /// A model that continues the texts of the messages, which are joined by line feeds.
  ///
  /// @throws IllegalStateException when the model has no tokenizer
  public static LocalModel of(String name, LanguageModel model) {
    return new LocalModel(name, model, LocalModel::joined);
  }

  private static String joined(List<ChatMessage> messages) {
    return messages.stream().map(CanonicalRequest::text).collect(Collectors.joining("\n"));
  }

  /// The same for a model that was trained on another form of text.
  public LocalModel reading(Function<List<ChatMessage>, String> other) {
    return new LocalModel(name, model, other);
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return OpenAiChatRequestParameters.builder()
        .modelName(name)
        .temperature(0.0)
        .maxOutputTokens(64)
        .build();
  }

  /// @throws InvalidRequestException when the request does not fit into the model's context, has no
  ///   text, or has a parameter that is not known here
  @Override
  public ChatResponse doChat(ChatRequest request) {
    var asked = request.parameters();
    if (asked.topP() != null
        || asked.frequencyPenalty() != null
        || asked.presencePenalty() != null) {
      throw new InvalidRequestException(
          "A local model knows neither top_p nor penalties: leave them out, or use top_k.");
    }
    if (asked.stopSequences().contains("")) {
      throw new InvalidRequestException(
          "A reply cannot stop at an empty string: leave it out of the stop strings.");
    }
    var text = template.apply(request.messages());
    int[] prompt = model.tokenizer().encode(text);
    int most = asked.maxOutputTokens();
    requireRoom(prompt.length, most);
    return reply(prompt, most, sampling(asked, text), asked.stopSequences()).toResponse(name);
  }

  private void requireRoom(int prompt, int most) {
    int room = model.config().contextLength();
    if (prompt == 0 || most < 1 || prompt > room - most) {
      throw new InvalidRequestException(
          "%s reads and writes %d tokens together, not %d and %d: give it a text, and a shorter one if need be."
              .formatted(name, room, prompt, most));
    }
  }

  /// The same request gives the same reply, and another one draws anew.
  private static Sampling sampling(ChatRequestParameters asked, String text) {
    if (asked.temperature() == 0) {
      return Sampling.greedy();
    }
    Integer seed = asked instanceof OpenAiChatRequestParameters openAi ? openAi.seed() : null;
    var random = RandomStream.of(seed == null ? 0 : seed, "reply", text);
    int topK = asked.topK() == null ? Integer.MAX_VALUE : asked.topK();
    return new Sampling.Random(asked.temperature(), topK, random);
  }

  private Reply reply(int[] prompt, int most, Sampling sampling, List<String> stops) {
    var read = model.prefill(prompt, 1);
    var draft = new Draft(model.tokenizer(), prompt.length, stops);
    try (var cache = DenseCache.of(read)) {
      float[] logits = read.logits();
      while (true) {
        int token = sampling.choose(logits);
        if (token == model.endOfText()) {
          return draft.reply(FinishReason.STOP);
        }
        draft.add(token, logProbability(logits, token));
        if (draft.stopped()) {
          return draft.reply(FinishReason.STOP);
        }
        if (draft.length() == most) {
          return draft.reply(FinishReason.LENGTH);
        }
        logits = model.step(token, cache);
      }
    }
  }

  /// `log softmax(logits)[token]`
  private static double logProbability(float[] logits, int token) {
    double top = Double.NEGATIVE_INFINITY;
    for (float logit : logits) {
      top = Math.max(top, logit);
    }
    double mass = 0;
    for (float logit : logits) {
      mass += Math.exp(logit - top);
    }
    return logits[token] - top - Math.log(mass);
  }
}

package org.recollect.retrieval.llm;

import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.openai.LogProb;
import dev.langchain4j.model.openai.OpenAiChatResponseMetadata;
import dev.langchain4j.model.openai.OpenAiTokenUsage;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;

/// What a language model replied, reduced to what a method can use and a recording keeps.
///
/// @param text as the model wrote it; empty where it wrote none
/// @param finish why it ended; `OTHER` where the server does not say
/// @param promptTokens how many tokens the model read, where the server says so
/// @param replyTokens how many it wrote, likewise
/// @param tokens the tokens of the reply with their log-probabilities; empty unless they were asked
///   for and the server gives them
public record Reply(
    String text,
    FinishReason finish,
    OptionalInt promptTokens,
    OptionalInt replyTokens,
    List<Token> tokens) {

  /// One token of a reply.
  ///
  /// @param logProbability natural logarithm, at most 0 but for rounding
  public record Token(String text, double logProbability) {
    public Token {
      Objects.requireNonNull(text, "text");
      if (Double.isNaN(logProbability)) {
        throw new IllegalArgumentException(
            "The log-probability of a token is not a number: give the logarithm of a probability.");
      }
    }
  }

  /// @throws IllegalArgumentException when a number of tokens is negative
  public Reply {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(finish, "finish");
    if (promptTokens.orElse(0) < 0 || replyTokens.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "A reply has %d tokens to a prompt of %d: neither can be negative."
              .formatted(replyTokens.orElse(0), promptTokens.orElse(0)));
    }
    tokens = List.copyOf(tokens);
  }

  /// The reply in a response. Counts below zero and incomplete log-probabilities are taken as not
  /// given.
  public static Reply of(ChatResponse response) {
    var text = response.aiMessage().text();
    var usage = response.tokenUsage();
    return new Reply(
        text == null ? "" : text,
        response.finishReason() == null ? FinishReason.OTHER : response.finishReason(),
        count(usage == null ? null : usage.inputTokenCount()),
        count(usage == null ? null : usage.outputTokenCount()),
        tokens(response));
  }

  private static OptionalInt count(Integer tokens) {
    return tokens == null || tokens < 0 ? OptionalInt.empty() : OptionalInt.of(tokens);
  }

  private static List<Token> tokens(ChatResponse response) {
    if (!(response.metadata() instanceof OpenAiChatResponseMetadata metadata)
        || metadata.logProbs() == null
        || !metadata.logProbs().stream().allMatch(Reply::isComplete)) {
      return List.of();
    }
    return metadata.logProbs().stream()
        .map(token -> new Token(token.token(), token.logprob()))
        .toList();
  }

  private static boolean isComplete(LogProb token) {
    return token != null
        && token.token() != null
        && token.logprob() != null
        && !token.logprob().isNaN();
  }

  /// The response that holds this reply and nothing else.
  ///
  /// @param model the name of the model that replied
  public ChatResponse toResponse(String model) {
    var usage = OpenAiTokenUsage.builder();
    promptTokens.ifPresent(usage::inputTokenCount);
    replyTokens.ifPresent(usage::outputTokenCount);
    if (promptTokens.isPresent() && replyTokens.isPresent()) {
      usage.totalTokenCount(promptTokens.getAsInt() + replyTokens.getAsInt());
    }
    var metadata =
        OpenAiChatResponseMetadata.builder()
            .modelName(model)
            .finishReason(finish)
            .tokenUsage(usage.build());
    if (!tokens.isEmpty()) {
      metadata.logProbs(
          tokens.stream()
              .map(token ->
                  LogProb.builder().token(token.text()).logprob(token.logProbability()).build())
              .toList());
    }
    return ChatResponse.builder()
        .aiMessage(AiMessage.from(text))
        .metadata(metadata.build())
        .build();
  }
}

package org.recollect.retrieval.llm;

import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.output.FinishReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Function;

/// How a role of a method asks a model: it sends a prompt, reads the reply, tries again within
/// limits, and counts. The count is all that changes; it may be used by several threads if the
/// model may.
///
/// ```java
/// var asking = Asking.of(model);
/// boolean enough = asking.ask(prompt, reply -> yesOrNo(reply.text()));
/// asking.tally();
/// ```
///
/// A model that has replied badly would do so again, at temperature 0 and from a [Recording]: it is
/// asked with a fixed sentence more at the end, which says what was wrong and which try this is.
/// That sentence never quotes the reply, in which there may be somebody else's instructions. A
/// server in trouble is sent the same request again.
public final class Asking {
  private final ChatModel model;
  private final ChatRequestParameters parameters;
  private final int retries;
  private final Pause pause;
  private final boolean whole;
  private Tally tally = Tally.NONE;

  private Asking(
      ChatModel model, ChatRequestParameters parameters, int retries, Pause pause, boolean whole) {
    this.model = model;
    this.parameters = parameters;
    this.retries = retries;
    this.pause = pause;
    this.whole = whole;
  }

  /// Asks with the model's own parameters, up to three times, of which a server in trouble is given
  /// 1 s before the second and 2 s before the third.
  public static Asking of(ChatModel model) {
    var pause = Pause.doubling(Duration.ofSeconds(1), Duration.ofSeconds(30));
    return new Asking(model, DefaultChatRequestParameters.EMPTY, 2, pause, true);
  }

  /// The same with other limits and a count of its own.
  ///
  /// @param most how often a question is asked again, 0 to 10
  public Asking retries(int most) {
    if (most < 0 || most > 10) {
      throw new IllegalArgumentException(
          "A question is asked again 0 to 10 times, not %d.".formatted(most));
    }
    return new Asking(model, parameters, most, pause, whole);
  }

  /// The same with other pauses and a count of its own.
  public Asking waiting(Pause other) {
    return new Asking(model, parameters, retries, other, whole);
  }

  /// The same with a count of its own and parameters that take the place of the model's, such as
  /// the most tokens of a reply, strings at which it stops, or a seed.
  public Asking with(ChatRequestParameters other) {
    return new Asking(model, other, retries, pause, whole);
  }

  /// The same with a count of its own, taking replies that end for want of tokens as they are: for
  /// methods that let a model write so many tokens and no more.
  public Asking takingCutOff() {
    return new Asking(model, parameters, retries, pause, false);
  }

  /// The same with a count of its own.
  public Asking afresh() {
    return new Asking(model, parameters, retries, pause, whole);
  }

  /// The name of the model, as tables show it.
  public String model() {
    var name = model.defaultRequestParameters().overrideWith(parameters).modelName();
    return name == null ? model.getClass().getSimpleName() : name;
  }

  /// What has been asked through this, and what it cost.
  public synchronized Tally tally() {
    return tally;
  }

  /// Asks for a reply that has some text.
  ///
  /// @throws NoReply when no try brought one
  /// @throws IllegalStateException with the remedy when the model answers nobody, such as for a
  ///   wrong key or name, or because it was not recorded
  public Reply ask(PromptText prompt) throws NoReply {
    return ask(prompt, Function.identity());
  }

  /// Asks for a reply in a certain form.
  ///
  /// @param parser what the reply says; throws a [MalformedReply] where it says nothing of the kind
  /// @throws NoReply when no try brought such a reply
  /// @throws IllegalStateException as above
  /// @throws CancellationException when the thread is interrupted
  public <T> T ask(PromptText prompt, Function<Reply, T> parser) throws NoReply {
    return ask(prompt.messages(), parser);
  }

  /// The same of messages that hold no foreign text, or a [PromptText]'s and others.
  public <T> T ask(List<ChatMessage> messages, Function<Reply, T> parser) throws NoReply {
    add(Tally.question());
    try {
      return tried(messages, parser);
    } catch (NoReply | RuntimeException failure) {
      add(Tally.failure());
      throw failure;
    }
  }

  private <T> T tried(List<ChatMessage> asked, Function<Reply, T> parser) throws NoReply {
    var troubles = new ArrayList<Trouble>();
    var messages = asked;
    while (true) {
      try {
        return once(messages, parser);
      } catch (Setback setback) {
        troubles.add(setback.trouble);
        if (troubles.size() > retries || !setback.trouble.canPass()) {
          throw new NoReply(model(), troubles, setback.getMessage());
        }
        pause(troubles.size(), setback.trouble);
        add(Tally.retry(setback.trouble));
        if (!setback.trouble.reminder().isEmpty()) {
          messages = reminded(asked, setback.trouble, troubles.size());
        }
      }
    }
  }

  private <T> T once(List<ChatMessage> messages, Function<Reply, T> parser) throws Setback {
    var reply = call(messages);
    if (reply.finish() == FinishReason.CONTENT_FILTER) {
      throw new Setback(Trouble.REFUSED, "Its content filter holds the reply back.");
    }
    if (whole && reply.finish() == FinishReason.LENGTH) {
      throw new Setback(
          Trouble.CUT_OFF, "The reply has no end: ask for a shorter one, or allow more tokens.");
    }
    if (reply.text().isBlank()) {
      throw new Setback(Trouble.EMPTY, "The reply has no text.");
    }
    try {
      return parser.apply(reply);
    } catch (MalformedReply malformed) {
      throw new Setback(Trouble.MALFORMED, malformed.getMessage() + ".");
    }
  }

  private Reply call(List<ChatMessage> messages) throws Setback {
    try {
      var request = ChatRequest.builder().messages(messages).parameters(parameters).build();
      var reply = Reply.of(model.chat(request));
      add(Tally.call(reply));
      return reply;
    } catch (RuntimeException problem) {
      if (Thread.currentThread().isInterrupted()) {
        throw new CancellationException("Asking " + model() + " was interrupted.");
      }
      add(Tally.callWithoutReply());
      throw new Setback(Trouble.of(problem, model()), String.valueOf(problem.getMessage()));
    }
  }

  /// With the reminder at the end of the last message, since many models take no two messages of
  /// one role in a row.
  private static List<ChatMessage> reminded(List<ChatMessage> asked, Trouble trouble, int retry) {
    var reminder = "%s (Try %d.)".formatted(trouble.reminder(), retry + 1);
    var messages = new ArrayList<>(asked);
    if (messages.getLast() instanceof UserMessage last && last.hasSingleText()) {
      messages.set(messages.size() - 1, UserMessage.from(last.singleText() + "\n\n" + reminder));
    } else {
      messages.add(UserMessage.from(reminder));
    }
    return messages;
  }

  private void pause(int retry, Trouble trouble) {
    try {
      pause.before(retry, trouble);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new CancellationException("Asking " + model() + " was interrupted.");
    }
  }

  private synchronized void add(Tally more) {
    tally = tally.plus(more);
  }

  /// A try without a reply of use.
  private static final class Setback extends Exception {
    private static final long serialVersionUID = 1L;
    private final Trouble trouble;

    Setback(Trouble trouble, String detail) {
      super(detail, null, false, false);
      this.trouble = trouble;
    }
  }
}

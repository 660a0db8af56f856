package org.recollect.retrieval.llm;

import dev.langchain4j.model.ModelProvider;
import dev.langchain4j.model.chat.Capability;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/// A model that keeps what another replied in a file, so that a run made with a real model can be
/// repeated without it. Mutable; it owns the file, and may be used by several threads.
///
/// ```java
/// var model = Endpoint.at("http://localhost:8000/v1", "some-model").connect();
/// try (var recording = Recording.replayOrRecord(Path.of("some-model.jsonl"), model)) {
///   var asking = Asking.of(recording);
/// }
/// ```
///
/// A recording is a function: it has one reply to a request, which is the model's name, the
/// messages and all parameters, in the form and under the hash of [CanonicalRequest]. Who wants
/// several replies to the same prompt asks with several seeds. Calls that failed leave no trace, so
/// that a repeated run shows neither time-outs nor busy servers.
///
/// The file is JSON, one line each call, with the text of request and reply, the tokens they took,
/// the reason why the reply ended and its log-probabilities where they were asked for. It knows
/// neither key nor URL.
public final class Recording implements ChatModel, AutoCloseable {

  private enum Mode {
    RECORD,
    REPLAY,
    REPLAY_OR_RECORD
  }

  private final Mode mode;
  private final RecordingFile file;
  private final ChatModel model;
  private final Path path;

  /// The requests that this session has put to the model.
  private final Set<String> asked = new HashSet<>();

  private long replayed;

  private Recording(Mode mode, Path path, RecordingFile file, ChatModel model) {
    this.mode = mode;
    this.path = path;
    this.file = file;
    this.model = model;
  }

  /// Asks the model anew, once for each request, and adds its replies to the file, where they take
  /// the place of earlier ones.
  ///
  /// @throws IllegalArgumentException when the file is malformed
  /// @throws IllegalStateException when another recording writes to it
  public static Recording record(Path file, ChatModel model) {
    return new Recording(Mode.RECORD, file, RecordingFile.write(file), model);
  }

  /// Never asks the model: a request that the file has no reply to is an [IllegalStateException].
  ///
  /// @param model as it was recorded, for its name and parameters; an [Endpoint] that is down and
  ///   whose key is missing will do
  /// @throws IllegalArgumentException when there is no such file, or it is malformed
  public static Recording replay(Path file, ChatModel model) {
    return new Recording(Mode.REPLAY, file, RecordingFile.read(file), model);
  }

  /// Asks the model for what the file has no reply to, and adds that.
  ///
  /// @throws IllegalArgumentException when the file is malformed
  /// @throws IllegalStateException when another recording writes to it
  public static Recording replayOrRecord(Path file, ChatModel model) {
    return new Recording(Mode.REPLAY_OR_RECORD, file, RecordingFile.write(file), model);
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    var canonical = CanonicalRequest.of(request);
    return known(canonical.hash())
        .orElseGet(() -> ask(request, canonical))
        .toResponse(canonical.model());
  }

  private synchronized Optional<Reply> known(String hash) {
    var reply =
        mode == Mode.RECORD && !asked.contains(hash) ? Optional.<Reply>empty() : file.find(hash);
    replayed += reply.isPresent() ? 1 : 0;
    return reply;
  }

  private Reply ask(ChatRequest request, CanonicalRequest canonical) {
    if (mode == Mode.REPLAY) {
      throw new IllegalStateException(
          "The recording '%s' has no reply of %s to this request: record it by Recording.replayOrRecord where the model can be reached, or undo the change of prompt, model or parameters."
              .formatted(path, canonical.model()));
    }
    var reply = Reply.of(model.chat(request));
    return keep(canonical, reply);
  }

  /// Where two threads asked for the same, the first reply counts for both.
  private synchronized Reply keep(CanonicalRequest canonical, Reply reply) {
    if (!asked.add(canonical.hash())) {
      return file.find(canonical.hash()).orElseThrow();
    }
    file.add(RecordedReply.of(canonical, reply));
    return reply;
  }

  /// How many requests were served from the file.
  public synchronized long replayed() {
    return replayed;
  }

  /// How many replies of the model were added to the file.
  public synchronized long recorded() {
    return asked.size();
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return model.defaultRequestParameters();
  }

  @Override
  public ModelProvider provider() {
    return model.provider();
  }

  @Override
  public Set<Capability> supportedCapabilities() {
    return model.supportedCapabilities();
  }

  @Override
  public synchronized void close() {
    file.close();
  }
}

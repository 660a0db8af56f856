package org.recollect.notebook;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.HelpLink;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.dflib.jjava.jupyter.kernel.magic.MagicParser;
import org.dflib.jjava.jupyter.kernel.magic.MagicTranspiler;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.MessageType;
import org.dflib.jjava.jupyter.messages.publish.PublishError;
import org.dflib.jjava.jupyter.messages.publish.PublishExecuteInput;
import org.dflib.jjava.jupyter.messages.publish.PublishExecuteResult;
import org.dflib.jjava.jupyter.messages.reply.ErrorReply;
import org.dflib.jjava.jupyter.messages.reply.ExecuteReply;
import org.dflib.jjava.jupyter.messages.request.ExecuteRequest;
import org.dflib.jjava.jupyter.messages.request.HistoryRequest;
import org.recollect.notebook.Cell.Span;
import org.recollect.notebook.render.MimeBundle;
import org.recollect.notebook.render.Renderers;
import org.recollect.tensor.Torch;

/// A Java kernel: answers Jupyter's requests with an [Evaluator] and a [CodeAssist].
final class NotebookKernel extends BaseKernel {
  private static final Duration PATIENCE = Duration.ofSeconds(3);

  private final CompletableFuture<Evaluator> evaluator;
  private final CellStreams streams;
  private final CellHistory history;
  private final Magics magics;

  /// Released when the cell that runs, or ran last, has ended.
  private volatile CountDownLatch running = new CountDownLatch(0);

  NotebookKernel(String version) {
    this(version, new CellStreams(), new CellHistory(), new MagicsRegistry());
  }

  private NotebookKernel(
      String version, CellStreams streams, CellHistory history, MagicsRegistry registry) {
    super(
        "recollect",
        version,
        new LanguageInfo(
            "java",
            Runtime.version().toString(),
            "text/x-java-source",
            ".java",
            "java",
            "text/x-java",
            "script"),
        List.of(new HelpLink("Java 25 API", "https://docs.oracle.com/en/java/javase/25/docs/api/")),
        null,
        streams,
        new CommManager(),
        new Renderer(),
        new MagicParser("^%", "%%", new MagicTranspiler()),
        registry,
        true,
        new StringStyler.Builder().build());
    this.streams = streams;
    this.history = history;
    this.magics = new Magics(this, registry);
    // Compiling the imports takes a second, in which the front end may already connect.
    this.evaluator =
        CompletableFuture.supplyAsync(
            () -> new Evaluator(StartupImports.all(), this::magic, NotebookKernel::startTensors));
  }

  /// Starts the engine early, in the thread that will use it: its first use there switches off the
  /// recording of gradients, which would keep every intermediate array of every cell.
  private static void startTensors() {
    Torch.manager().close();
  }

  @Override
  protected synchronized void handleExecuteRequest(
      ShellReplyEnvironment environment, Message<ExecuteRequest> message) {
    ExecuteRequest request = message.getContent();
    if (environment.getShell() instanceof RequestChannel channel && channel.isAborting()) {
      environment.setBusyDeferIdle();
      var aborted = new Aborted("aborted", executionCount.get());
      reply(environment, message, MessageType.EXECUTE_REPLY, aborted);
      return;
    }
    commManager.setMessageContext(message);
    boolean loud = !request.isSilent();
    int count = loud ? executionCount.getAndIncrement() : executionCount.get();
    environment.setBusyDeferIdle();
    if (loud) {
      environment.publish(new PublishExecuteInput(request.getCode(), count));
    }
    streams.attach(environment, request.isStdinEnabled());
    var cell = new Cell(count, request.getCode());
    running = new CountDownLatch(1);
    try {
      DisplayData shown = show(evaluator.join().evaluate(cell));
      streams.flush();
      if (shown != null && loud) {
        environment.publish(new PublishExecuteResult(count, shown));
      }
      remember(request, cell, shown);
      environment.defer().reply(new ExecuteReply(count, Map.of()));
    } catch (RuntimeException | Error e) {
      streams.flush();
      remember(request, cell, null);
      fail(environment, failure(e), count);
      if (request.shouldStopOnError() && environment.getShell() instanceof RequestChannel channel) {
        channel.abortQueued();
      }
    } finally {
      running.countDown();
    }
  }

  private void fail(ShellReplyEnvironment environment, CellFailure failure, int count) {
    var lines = failure.traceback();
    environment.publish(new PublishError(failure.name(), failure.getMessage(), lines));
    var error = new ErrorReply(failure.name(), failure.getMessage(), lines);
    error.setExecutionCount(count);
    environment.defer().replyError(ExecuteReply.MESSAGE_TYPE.error(), error);
  }

  /// A failure of the kernel's own, such as an unknown magic, is told in one sentence.
  private static CellFailure failure(Throwable thrown) {
    if (thrown instanceof CellFailure failure) {
      return failure;
    }
    String name = thrown.getClass().getSimpleName();
    String message = Objects.requireNonNullElse(thrown.getMessage(), "");
    return new CellFailure(name, message, List.of(Ansi.red(name) + ": " + message));
  }

  private void remember(ExecuteRequest request, Cell cell, DisplayData shown) {
    if (request.shouldStoreHistory() && !request.isSilent()) {
      history.add(cell, shown == null ? null : text(shown));
    }
  }

  private static String text(DisplayData shown) {
    return String.valueOf(shown.getData(MIMEType.TEXT_PLAIN));
  }

  @Override
  protected void handleHistoryRequest(
      ShellReplyEnvironment environment, Message<HistoryRequest> message) {
    environment.setBusyDeferIdle();
    var found = new Past("ok", history.answer(message.getContent()));
    reply(environment, message, MessageType.HISTORY_REPLY, found);
  }

  /// The library writes history entries as objects; the protocol wants tuples.
  private record Past(String status, List<List<Object>> history) {}

  /// The reply to a cell that is not run because an earlier one failed.
  private record Aborted(String status, int execution_count) {}

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static void reply(
      ShellReplyEnvironment environment, Message<?> request, MessageType type, Object content) {
    environment.defer().reply(new Message(request, type, content));
  }

  private Object magic(Span text) {
    return magics.run(text, evaluator.join());
  }

  private DisplayData show(Object value) {
    return switch (value) {
      case null -> null;
      case DisplayData data -> data;
      case Object array when array.getClass().isArray() ->
          new DisplayData(Renderers.javaArray(array).data().get(MimeBundle.TEXT));
      default -> renderer.render(value);
    };
  }

  @Override
  public Object evalRaw(String source) {
    return evaluator.join().evaluate(new Cell(executionCount.get(), source));
  }

  @Override
  public ReplacementOptions complete(String code, int cursor) {
    return assist().complete(code, utf16(code, cursor), magics.names());
  }

  @Override
  public DisplayData inspect(String code, int cursor, boolean detailed) {
    String found = assist().document(code, utf16(code, cursor));
    return found.isEmpty() ? null : new DisplayData(found);
  }

  @Override
  public String isComplete(String code) {
    return assist().isComplete(code);
  }

  @Override
  public void interrupt() {
    var cell = running;
    evaluator.join().interrupt();
    Thread.startVirtualThread(() -> noteIfStillRunning(cell));
  }

  /// A loop of the cell stops at once, one inside a library only if it watches for interruption.
  private void noteIfStillRunning(CountDownLatch cell) {
    try {
      if (!cell.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        streams.err.println(
            "The cell still runs: the library code it is in does not watch for interruption. Wait,"
                + " or restart the kernel.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void onShutdown(boolean restarting) {
    interrupt();
    streams.detach();
    super.onShutdown(restarting);
  }

  private CodeAssist assist() {
    return new CodeAssist(evaluator.join().analysis());
  }

  /// Jupyter counts characters, Java UTF-16 units.
  private static int utf16(String code, int characters) {
    int count = Math.clamp(characters, 0, code.codePointCount(0, code.length()));
    return code.offsetByCodePoints(0, count);
  }
}

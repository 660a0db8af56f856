package org.recollect.notebook;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.reflect.TypeToken;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.channels.ShellChannel;
import org.dflib.jjava.jupyter.channels.ShellHandler;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.messages.HMACGenerator;
import org.dflib.jjava.jupyter.messages.Header;
import org.dflib.jjava.jupyter.messages.KernelTimestamp;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.MessageType;
import org.dflib.jjava.jupyter.messages.adapters.HeaderAdapter;
import org.dflib.jjava.jupyter.messages.adapters.HistoryRequestAdapter;
import org.dflib.jjava.jupyter.messages.adapters.KernelTimestampAdapter;
import org.dflib.jjava.jupyter.messages.adapters.MessageTypeAdapter;
import org.dflib.jjava.jupyter.messages.request.HistoryRequest;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/// Takes requests from one socket and hands each to its handler. A message that is malformed,
/// unsigned or unknown is dropped without an answer, and the next one is served.
final class RequestChannel extends ShellChannel {
  private static final byte[] DELIMITER = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);

  /// Signature, header, parent header, metadata and content follow the delimiter.
  private static final int PARTS = 5;

  private static final Gson GSON =
      new GsonBuilder()
          .registerTypeAdapter(KernelTimestamp.class, KernelTimestampAdapter.INSTANCE)
          .registerTypeAdapter(Header.class, HeaderAdapter.INSTANCE)
          .registerTypeAdapter(MessageType.class, MessageTypeAdapter.INSTANCE)
          .registerTypeAdapter(HistoryRequest.class, HistoryRequestAdapter.INSTANCE)
          .create();

  private final boolean control;
  private final JupyterConnection connection;
  private final Queue<List<byte[]>> condemned = new ArrayDeque<>();
  private boolean aborting;
  private volatile boolean serving;

  RequestChannel(
      ZMQ.Context context, HMACGenerator signer, boolean control, JupyterConnection connection) {
    super(context, signer, control, connection);
    this.control = control;
    this.connection = connection;
  }

  @Override
  public void bind(KernelConnectionProperties properties) {
    int port = control ? properties.getControlPort() : properties.getShellPort();
    bind(formatAddress(properties.getTransport(), properties.getIp(), port));
    serving = true;
    Thread.ofPlatform().daemon().name(control ? "control requests" : "requests").start(this::serve);
  }

  /// Closes the socket where no thread serves it, which would close it itself when its context
  /// ends.
  void closeUnlessServing() {
    if (!serving) {
      close();
    }
  }

  /// Has the cells that wait in the queue now refused: one before them failed. Called by the
  /// handler of that cell, thus on the thread of this channel and before the front end learns of
  /// the failure; what it sends afterwards is run.
  void abortQueued() {
    List<byte[]> frames;
    while (!(frames = receive(ZMQ.DONTWAIT)).isEmpty()) {
      condemned.add(frames);
    }
  }

  /// Whether the request being handled was waiting when an earlier one failed.
  boolean isAborting() {
    return aborting;
  }

  private void serve() {
    try {
      while (true) {
        aborting = !condemned.isEmpty();
        dispatch(aborting ? condemned.remove() : receive(0));
      }
    } catch (ZMQException e) {
      if (e.getErrorCode() != ZMQ.Error.ETERM.getCode()) {
        throw e;
      }
    } finally {
      close();
    }
  }

  private List<byte[]> receive(int flags) {
    var frames = new ArrayList<byte[]>();
    byte[] frame = recv(flags);
    while (frame != null) {
      frames.add(frame);
      frame = hasReceiveMore() ? recv() : null;
    }
    return frames;
  }

  @SuppressWarnings({"unchecked", "rawtypes"})
  private void dispatch(List<byte[]> frames) {
    Message message = read(frames);
    if (message == null) {
      return;
    }
    ShellHandler handler = connection.getHandler(message.getHeader().getType());
    if (handler == null) {
      return;
    }
    ShellReplyEnvironment environment = connection.prepareReplyEnv(this, message);
    try {
      handler.handle(environment, message);
    } catch (RuntimeException | Error e) {
      System.err.println("A " + message.getHeader().getType() + " failed: " + e);
    } finally {
      environment.resolveDeferrals();
    }
    if (environment.isMarkedForShutdown()) {
      connection.close();
    }
  }

  /// @return the message, or null where it is not one that we may trust
  private Message<?> read(List<byte[]> frames) {
    int at = 0;
    while (at < frames.size() && !Arrays.equals(frames.get(at), DELIMITER)) {
      at++;
    }
    List<byte[]> parts = frames.subList(Math.min(at + 1, frames.size()), frames.size());
    if (parts.size() < PARTS || !isSigned(parts)) {
      return null;
    }
    try {
      Header<?> header = GSON.fromJson(text(parts.get(1)), Header.class);
      return new Message(
          frames.subList(0, at),
          header,
          parentHeader(text(parts.get(2))),
          GSON.fromJson(text(parts.get(3)), new TypeToken<Map<String, Object>>() {}.getType()),
          GSON.fromJson(text(parts.get(4)), header.getType().getContentType()),
          parts.subList(PARTS, parts.size()));
    } catch (JsonParseException | NullPointerException | IllegalStateException e) {
      return null;
    }
  }

  private boolean isSigned(List<byte[]> parts) {
    String expected =
        hmacGenerator.calculateSignature(parts.subList(1, PARTS).toArray(byte[][]::new));
    return MessageDigest.isEqual(expected.getBytes(StandardCharsets.US_ASCII), parts.getFirst());
  }

  private static Header<?> parentHeader(String json) {
    JsonElement parent = JsonParser.parseString(json);
    boolean present = parent instanceof JsonObject fields && !fields.isEmpty();
    return present ? GSON.fromJson(parent, Header.class) : null;
  }

  private static String text(byte[] utf8) {
    return new String(utf8, StandardCharsets.UTF_8);
  }
}

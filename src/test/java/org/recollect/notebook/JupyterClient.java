package org.recollect.notebook;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/// A front end as small as can be, written from the Jupyter messaging specification and not from
/// the kernel's library: it signs, sends and waits for messages, each wait bounded by a time-out.
final class JupyterClient implements AutoCloseable {
  private static final int TIMEOUT_MS = 60_000;
  private static final String[] PORTS = {
    "shell_port", "control_port", "iopub_port", "stdin_port", "hb_port"
  };

  record Message(JsonObject header, JsonObject parent, JsonObject content) {
    String type() {
      return header.get("msg_type").getAsString();
    }

    boolean answers(String id) {
      return parent.has("msg_id") && parent.get("msg_id").getAsString().equals(id);
    }

    String string(String field) {
      return content.get(field).getAsString();
    }
  }

  /// What came of a cell: its reply and all that was published for it.
  record Outcome(Message reply, List<Message> published) {
    List<Message> published(String type) {
      return published.stream().filter(m -> m.type().equals(type)).toList();
    }

    String status() {
      return reply.string("status");
    }

    String stream(String name) {
      var text = new StringBuilder();
      published("stream").stream()
          .filter(m -> m.string("name").equals(name))
          .forEach(m -> text.append(m.string("text")));
      return text.toString();
    }

    /// The data of the cell's value, empty where it has none.
    JsonObject value() {
      return published("execute_result").stream()
          .findFirst()
          .map(m -> m.content().getAsJsonObject("data"))
          .orElse(new JsonObject());
    }

    String text() {
      JsonElement text = value().get("text/plain");
      return text == null ? "" : text.getAsString();
    }

    /// The traceback of the reply without its colours.
    String traceback() {
      return lines(reply.content().getAsJsonArray("traceback"));
    }

    static String lines(JsonArray traceback) {
      var text = new StringBuilder();
      traceback.forEach(line -> text.append(line.getAsString()).append('\n'));
      return text.toString().replaceAll("\u001b\\[[0-9;]*m", "");
    }
  }

  private final ZContext context = new ZContext();
  private final String key = UUID.randomUUID().toString();
  private final String session = UUID.randomUUID().toString();
  private final JsonObject connection = new JsonObject();
  private final ZMQ.Socket shell;
  private final ZMQ.Socket control;
  private final ZMQ.Socket iopub;

  JupyterClient() throws IOException {
    connection.addProperty("transport", "tcp");
    connection.addProperty("ip", "127.0.0.1");
    connection.addProperty("signature_scheme", "hmac-sha256");
    connection.addProperty("key", key);
    var held = new ArrayList<ServerSocket>();
    for (String port : PORTS) {
      var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      held.add(socket);
      connection.addProperty(port, socket.getLocalPort());
    }
    for (ServerSocket socket : held) {
      socket.close();
    }
    shell = connect(SocketType.DEALER, "shell_port");
    control = connect(SocketType.DEALER, "control_port");
    iopub = connect(SocketType.SUB, "iopub_port");
    iopub.subscribe(ZMQ.SUBSCRIPTION_ALL);
  }

  String connectionJson() {
    return connection.toString();
  }

  Path writeConnectionFile(Path folder) throws IOException {
    return Files.writeString(folder.resolve("connection.json"), connectionJson());
  }

  private ZMQ.Socket connect(SocketType type, String port) {
    ZMQ.Socket socket = context.createSocket(type);
    socket.setReceiveTimeOut(TIMEOUT_MS);
    socket.setLinger(0);
    socket.setRcvHWM(0);
    socket.connect("tcp://127.0.0.1:" + connection.get(port).getAsInt());
    return socket;
  }

  /// Waits until the kernel answers and until what it publishes arrives here.
  void awaitReady() {
    do {
      String id = send(shell, "kernel_info_request", new JsonObject());
      receive(shell, m -> m.answers(id));
      iopub.setReceiveTimeOut(200);
    } while (tryReceive(iopub) == null);
    iopub.setReceiveTimeOut(100);
    while (tryReceive(iopub) != null) {}
    iopub.setReceiveTimeOut(TIMEOUT_MS);
  }

  Outcome execute(String code) {
    return outcome(submit(code));
  }

  /// Sends a cell without waiting for what comes of it.
  String submit(String code) {
    var content = new JsonObject();
    content.addProperty("code", code);
    content.addProperty("silent", false);
    content.addProperty("store_history", true);
    content.addProperty("allow_stdin", false);
    content.addProperty("stop_on_error", true);
    content.add("user_expressions", new JsonObject());
    return send(shell, "execute_request", content);
  }

  Outcome outcome(String id) {
    Message reply = receive(shell, m -> m.answers(id));
    var published = new ArrayList<Message>();
    Message message;
    do {
      message = receive(iopub, m -> m.answers(id));
      published.add(message);
    } while (!(message.type().equals("status")
        && message.string("execution_state").equals("idle")));
    return new Outcome(reply, published);
  }

  Message awaitPublished(Predicate<Message> wanted) {
    return receive(iopub, wanted);
  }

  JsonObject request(String type, JsonObject content) {
    String id = send(shell, type, content);
    return receive(shell, m -> m.answers(id)).content();
  }

  JsonObject controlRequest(String type, JsonObject content) {
    String id = send(control, type, content);
    return receive(control, m -> m.answers(id)).content();
  }

  /// Sends frames as they are, to see that the kernel survives them.
  void sendRaw(byte[]... frames) {
    for (int i = 0; i < frames.length; i++) {
      shell.send(frames[i], i < frames.length - 1 ? ZMQ.SNDMORE : 0);
    }
  }

  private String send(ZMQ.Socket socket, String type, JsonObject content) {
    String id = UUID.randomUUID().toString();
    byte[][] parts = parts(id, type, content);
    socket.sendMore("<IDS|MSG>");
    socket.sendMore(sign(parts));
    for (int i = 0; i < parts.length; i++) {
      socket.send(parts[i], i < parts.length - 1 ? ZMQ.SNDMORE : 0);
    }
    return id;
  }

  /// Header, parent header, metadata and content of a message.
  byte[][] parts(String id, String type, JsonObject content) {
    var header = new JsonObject();
    header.addProperty("msg_id", id);
    header.addProperty("msg_type", type);
    header.addProperty("session", session);
    header.addProperty("username", "reader");
    header.addProperty("date", "2026-01-01T00:00:00.000000Z");
    header.addProperty("version", "5.3");
    return new byte[][] {bytes(header.toString()), bytes("{}"), bytes("{}"), bytes("" + content)};
  }

  private String sign(byte[][] parts) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(bytes(key), "HmacSHA256"));
      for (byte[] part : parts) {
        mac.update(part);
      }
      return HexFormat.of().formatHex(mac.doFinal());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private Message receive(ZMQ.Socket socket, Predicate<Message> wanted) {
    while (true) {
      Message message = tryReceive(socket);
      if (message == null) {
        throw new AssertionError("No message within " + TIMEOUT_MS + " ms.");
      }
      if (wanted.test(message)) {
        return message;
      }
    }
  }

  private Message tryReceive(ZMQ.Socket socket) {
    String frame = socket.recvStr();
    if (frame == null) {
      return null;
    }
    while (!frame.equals("<IDS|MSG>")) {
      frame = socket.recvStr();
    }
    String signature = socket.recvStr();
    byte[][] parts = {socket.recv(), socket.recv(), socket.recv(), socket.recv()};
    if (!sign(parts).equals(signature)) {
      throw new AssertionError("The kernel signed a message wrongly.");
    }
    return new Message(json(parts[0]), json(parts[1]), json(parts[3]));
  }

  private static JsonObject json(byte[] utf8) {
    return JsonParser.parseString(new String(utf8, StandardCharsets.UTF_8)).getAsJsonObject();
  }

  static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    context.close();
  }
}

package org.recollect.notebook;

import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.messages.Message;
import org.dflib.jjava.jupyter.messages.publish.PublishStatus;
import org.zeromq.ZMQ;

/// The sockets of a kernel. The library's own request loops die of the first message with a bad
/// signature, so requests come in through [RequestChannel].
final class KernelConnection extends JupyterConnection {
  private static final Duration GRACE = Duration.ofSeconds(3);

  private final KernelConnectionProperties properties;
  private final ZMQ.Context context = ZMQ.context(1);
  private final RequestChannel requests;
  private final RequestChannel controls;
  private final CountDownLatch closed = new CountDownLatch(1);

  KernelConnection(KernelConnectionProperties properties)
      throws NoSuchAlgorithmException, InvalidKeyException {
    super(properties);
    this.properties = properties;
    var signer = properties.createHMACGenerator();
    requests = new RequestChannel(context, signer, false, this);
    controls = new RequestChannel(context, signer, true, this);
  }

  @Override
  public void connect() {
    heartbeat.bind(properties);
    stdin.bind(properties);
    // A cell may print faster than the front end reads: by default the socket would drop the rest,
    // and with it the word that the cell has ended.
    iopub.setSndHWM(0);
    iopub.bind(properties);
    requests.bind(properties);
    controls.bind(properties);
    iopub.sendMessage(new Message<>(null, PublishStatus.MESSAGE_TYPE, PublishStatus.STARTING));
  }

  /// Lets [#waitUntilClose()] return; may be called from a thread that serves requests.
  @Override
  public void close() {
    closed.countDown();
  }

  /// Waits until [#close()] is called, then closes every socket, so that the last replies go out. A
  /// cell that cannot be stopped holds its socket: it is waited for a moment only.
  @Override
  public void waitUntilClose() {
    try {
      closed.await();
      var closer = Thread.ofPlatform().daemon().name("close sockets").start(this::closeSockets);
      closer.join(GRACE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void closeSockets() {
    requests.closeUnlessServing();
    controls.closeUnlessServing();
    context.term();
    super.close();
  }
}

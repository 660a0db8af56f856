package org.recollect.notebook;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Objects;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.zeromq.ZMQException;

/// Starts the kernel: `java ... org.recollect.notebook.Main CONNECTION_FILE`, as a kernelspec does.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println(
          "Usage: Main CONNECTION_FILE. Jupyter calls this with the file that it wrote.");
      System.exit(2);
    }
    endWithParent();
    try {
      serve(ConnectionFile.read(Path.of(arguments[0])));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
    }
    // Threads that cells left running must not keep a kernel alive that was shut down.
    System.exit(0);
  }

  /// Serves one front end until it asks for the end.
  ///
  /// @throws IllegalArgumentException where the signature scheme is unknown or a port is taken
  static void serve(KernelConnectionProperties properties) {
    var kernel = new NotebookKernel(version());
    var connection = connection(properties);
    kernel.becomeHandlerForConnection(connection);
    kernel.onStartup();
    try {
      connection.connect();
    } catch (ZMQException e) {
      kernel.onShutdown(false);
      connection.close();
      throw new IllegalArgumentException(
          "The kernel cannot listen on the ports that the connection file names: another process"
              + " holds one; restart the kernel to have Jupyter choose others.",
          e);
    } finally {
      connection.waitUntilClose();
    }
  }

  private static KernelConnection connection(KernelConnectionProperties properties) {
    try {
      return new KernelConnection(properties);
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "The connection file names the signature scheme "
              + properties.getSignatureScheme()
              + ", which this JVM does not know: use hmac-sha256.",
          e);
    }
  }

  /// Jupyter names its own process: when that is gone nobody can reach the kernel, so it ends too.
  private static void endWithParent() {
    String parent = System.getenv("JPY_PARENT_PID");
    if (parent != null && parent.matches("[1-9][0-9]{0,9}")) {
      ProcessHandle.of(Long.parseLong(parent))
          .filter(process -> process.pid() > 1)
          .ifPresent(process -> process.onExit().thenRun(() -> System.exit(0)));
    }
  }

  private static String version() {
    String version = Main.class.getPackage().getImplementationVersion();
    return Objects.requireNonNullElse(version, "0.1.0-SNAPSHOT");
  }
}

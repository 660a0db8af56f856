package org.recollect.notebook;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Objects;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.recollect.lab.Progress;
import org.recollect.notebook.render.LiveProgress;

/// Starts the kernel: `java ... org.recollect.notebook.Main CONNECTION_FILE`, as a kernelspec does.
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length != 1) {
      System.err.println(
          "Usage: Main CONNECTION_FILE. Jupyter calls this by the kernelspec, with the file it wrote.");
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
  /// @throws IllegalArgumentException where the signature scheme is unknown
  static void serve(KernelConnectionProperties properties) {
    Progress.showIn(new LiveProgress());
    var kernel = new NotebookKernel(version());
    try {
      var connection = new KernelConnection(properties);
      kernel.becomeHandlerForConnection(connection);
      kernel.onStartup();
      connection.connect();
      connection.waitUntilClose();
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

package org.recollect.notebook;

import com.google.gson.JsonParseException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/// Reads the file in which Jupyter names the addresses and the key for a kernel.
final class ConnectionFile {
  private static final long MAX_BYTES = 64 * 1024;

  private ConnectionFile() {}

  /// @throws IllegalArgumentException where the file is missing, is not a connection file, or would
  ///   open the kernel to other machines: whoever reaches a kernel runs code as its user
  static KernelConnectionProperties read(Path file) {
    KernelConnectionProperties properties = parse(file);
    if (properties == null || properties.getTransport() == null || properties.getIp() == null) {
      throw new IllegalArgumentException(
          file + " is not a Jupyter connection file: it needs transport, ip and five ports.");
    }
    boolean local =
        switch (properties.getTransport()) {
          case "ipc" -> true;
          case "tcp" -> isLoopback(properties.getIp());
          default -> false;
        };
    if (!local) {
      throw new IllegalArgumentException(
          ("The connection file asks to listen at %s://%s; this kernel listens on loopback only:"
                  + " set ip to 127.0.0.1 in it.")
              .formatted(properties.getTransport(), properties.getIp()));
    }
    return properties;
  }

  private static KernelConnectionProperties parse(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw new IllegalArgumentException(
            file + " is larger than a connection file can be: name the file that Jupyter wrote.");
      }
      return KernelConnectionProperties.parse(Files.readString(file));
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "The connection file "
              + file
              + " cannot be read: Jupyter names it when it starts a kernel.",
          e);
    } catch (JsonParseException e) {
      throw new IllegalArgumentException(
          file + " is not a Jupyter connection file: it is not JSON.", e);
    }
  }

  private static boolean isLoopback(String ip) {
    try {
      return InetAddress.getByName(ip).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}

package org.recollect.tensor;

import java.nio.file.Path;

/// The one folder outside a project that Recollect writes to: finished trials, and the native
/// libraries that DJL unpacks.
public final class CacheFolder {
  private CacheFolder() {}

  /// The system property `recollect.home`, else the environment variable `RECOLLECT_HOME`, else
  /// `~/.cache/recollect`; absolute. It need not exist yet.
  public static Path path() {
    String home = System.getProperty("recollect.home", System.getenv("RECOLLECT_HOME"));
    return home == null || home.isBlank()
        ? Path.of(System.getProperty("user.home"), ".cache", "recollect")
        : Path.of(home).toAbsolutePath();
  }
}

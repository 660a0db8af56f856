package org.recollect.notebook;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;
import org.recollect.notebook.Cell.Span;

/// The lines that speak to the kernel and not to Java: `%classpath`, `%jars`, `%time`, and what
/// extensions register.
final class Magics {
  private static final Set<String> OWN = Set.of("classpath", "jars", "time");

  private final BaseKernel kernel;
  private final MagicsRegistry registered;

  Magics(BaseKernel kernel, MagicsRegistry registered) {
    this.kernel = kernel;
    this.registered = registered;
  }

  Set<String> names() {
    var names = new TreeSet<>(OWN);
    names.addAll(registered.getLineMagicNames());
    return names;
  }

  /// Runs a line without its `%`, or the rest of a cell that has another `%` in front.
  ///
  /// @return the value to show, or null
  /// @throws IllegalArgumentException where there is no such magic
  Object run(Span text, Evaluator evaluator) {
    boolean wholeCell = text.text().startsWith("%");
    Span call = wholeCell ? text.sub(text.from() + 1, text.to()) : text;
    String name = call.text().split("\\s", 2)[0];
    Span rest = call.sub(call.from() + name.length(), call.to());
    if (wholeCell && !name.equals("time")) {
      throw new IllegalArgumentException(
          "There is no magic %%" + name + " for a whole cell; there is %%time.");
    }
    return switch (name) {
      case "time" -> time(rest, evaluator);
      case "classpath" -> add(paths(rest.text(), "*"), evaluator);
      case "jars" -> add(paths(rest.text(), "*.jar"), evaluator);
      default -> runRegistered(name, List.of(rest.text().strip().split("\\s+")));
    };
  }

  private static Object add(List<Path> paths, Evaluator evaluator) {
    paths.forEach(evaluator::addToClasspath);
    return null;
  }

  /// Evaluates code, then prints what it took. CPU time is that of all threads.
  private static Object time(Span code, Evaluator evaluator) {
    long cpu = cpuNanos();
    long start = System.nanoTime();
    try {
      return evaluator.evaluate(code);
    } finally {
      System.out.printf(
          "Wall time %s, CPU time %s%n",
          seconds(System.nanoTime() - start), seconds(cpuNanos() - cpu));
    }
  }

  private Object runRegistered(String name, List<String> arguments) {
    if (!registered.getLineMagicNames().contains(name)) {
      throw new IllegalArgumentException(
          "There is no magic %" + name + "; there are %" + String.join(", %", names()) + ".");
    }
    try {
      return registered.evalLineMagic(kernel, name, arguments);
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException("%" + name + " failed: " + e.getMessage(), e);
    }
  }

  /// The files that the arguments name: a path, a folder with `*` or another glob in the last part.
  private static List<Path> paths(String arguments, String pattern) {
    if (arguments.isBlank()) {
      throw new IllegalArgumentException(
          "Name at least one jar, folder or pattern, as in %jars libs/*.jar");
    }
    var found = new ArrayList<Path>();
    for (String argument : arguments.strip().split("\\s+")) {
      Path path = Path.of(argument.replaceFirst("^~(?=/|$)", System.getProperty("user.home")));
      String last = path.getFileName() == null ? "" : path.getFileName().toString();
      if (last.matches(".*[*?].*")) {
        found.addAll(matching(path.toAbsolutePath().getParent(), last));
      } else if (Files.isDirectory(path) && !pattern.equals("*")) {
        found.addAll(matching(path, pattern));
      } else if (Files.exists(path)) {
        found.add(path);
      } else {
        throw new IllegalArgumentException(
            argument + " does not exist; paths start at " + Path.of("").toAbsolutePath() + ".");
      }
    }
    return found;
  }

  private static List<Path> matching(Path folder, String pattern) {
    var matcher = FileSystems.getDefault().getPathMatcher("glob:" + pattern);
    try (var files = Files.list(folder)) {
      List<Path> found = files.filter(f -> matcher.matches(f.getFileName())).sorted().toList();
      if (found.isEmpty()) {
        throw new IllegalArgumentException("No file in " + folder + " matches " + pattern + ".");
      }
      return found;
    } catch (IOException e) {
      throw new UncheckedIOException(folder + " cannot be listed.", e);
    }
  }

  private static long cpuNanos() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean process
        ? process.getProcessCpuTime()
        : 0;
  }

  private static String seconds(long nanos) {
    double seconds = nanos / 1e9;
    return seconds < 1
        ? String.format(Locale.ROOT, "%.1f ms", seconds * 1e3)
        : String.format(Locale.ROOT, "%.2f s", seconds);
  }
}

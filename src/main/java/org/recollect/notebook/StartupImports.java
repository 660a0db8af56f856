package org.recollect.notebook;

import java.util.List;
import java.util.stream.Stream;

/// What every cell sees without an import of its own.
final class StartupImports {
  /// Packages of the library that readers use, besides the front door.
  private static final List<String> PACKAGES =
      List.of(
          "continual",
          "data",
          "kernel",
          "kv",
          "lab",
          "memory",
          "model",
          "papers",
          "retrieval",
          "tensor",
          "train",
          "unlearning");

  /// Tables are named one by one: Tablesaw's package has a `Row` of its own, which would make ours
  /// ambiguous.
  private static final List<String> OTHERS =
      List.of(
          "import module java.base;",
          "import java.util.*;",
          "import java.util.function.*;",
          "import java.util.stream.*;",
          "import ai.djl.ndarray.NDArray;",
          "import ai.djl.ndarray.NDList;",
          "import ai.djl.ndarray.NDManager;",
          "import ai.djl.ndarray.types.DataType;",
          "import ai.djl.ndarray.types.Shape;",
          "import org.knowm.xchart.*;",
          "import tech.tablesaw.api.DoubleColumn;",
          "import tech.tablesaw.api.IntColumn;",
          "import tech.tablesaw.api.StringColumn;",
          "import tech.tablesaw.api.Table;",
          "import org.recollect.Recollect;",
          "import static org.recollect.Recollect.*;");

  private StartupImports() {}

  static List<String> all() {
    Stream<String> ours =
        PACKAGES.stream()
            .filter(StartupImports::exists)
            .map(name -> "import org.recollect." + name + ".*;");
    return Stream.concat(OTHERS.stream(), ours).toList();
  }

  /// An import of a package without classes does not compile, and a build may hold some families
  /// only.
  private static boolean exists(String name) {
    return StartupImports.class.getResource("/org/recollect/" + name + "/") != null;
  }
}

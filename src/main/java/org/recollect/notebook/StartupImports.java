package org.recollect.notebook;

import java.util.List;

/// What every cell sees without an import of its own.
final class StartupImports {
  private StartupImports() {}

  static List<String> all() {
    return List.of(
        "import module java.base;",
        "import java.util.*;",
        "import java.util.function.*;",
        "import java.util.stream.*;",
        "import ai.djl.ndarray.NDArray;",
        "import ai.djl.ndarray.NDList;",
        "import ai.djl.ndarray.NDManager;",
        "import ai.djl.ndarray.types.Shape;",
        "import org.knowm.xchart.*;",
        "import tech.tablesaw.api.*;",
        "import org.recollect.*;",
        "import static org.recollect.Recollect.*;");
  }
}

package org.recollect.notebook;

import java.util.ArrayList;
import java.util.List;

/// What every cell sees without an import of its own.
final class StartupImports {
  /// Packages of the library that readers use, besides the front door. A family keeps its measures
  /// in a class named after it, whose constants need no qualifier: `kv.KvMeasures`.
  private static final List<String> PACKAGES =
      List.of(
          "continual",
          "continual.adapter",
          "continual.expand",
          "continual.measure",
          "continual.merge",
          "continual.preference",
          "continual.regularise",
          "continual.replay",
          "continual.subspace",
          "data",
          "kernel",
          "kv",
          "kv.chunk",
          "kv.heads",
          "kv.omni",
          "kv.stream",
          "kv.weights",
          "lab",
          "memory",
          "model",
          "papers",
          "retrieval",
          "retrieval.domain",
          "retrieval.llm",
          "retrieval.policy",
          "retrieval.role",
          "retrieval.search",
          "retrieval.store",
          "tensor",
          "train",
          "unlearning",
          "unlearning.analytic",
          "unlearning.guard",
          "unlearning.measure",
          "unlearning.skill",
          "unlearning.vision");

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
    var imports = new ArrayList<>(OTHERS);
    for (String name : PACKAGES) {
      String folder = name.replace('.', '/') + "/";
      if (exists(folder)) {
        imports.add("import org.recollect." + name + ".*;");
      }
      String family = name.substring(name.lastIndexOf('.') + 1);
      String measures = Character.toUpperCase(family.charAt(0)) + family.substring(1) + "Measures";
      if (exists(folder + measures + ".class")) {
        imports.add("import static org.recollect." + name + "." + measures + ".*;");
      }
    }
    return imports;
  }

  /// An import of a package without classes does not compile, and a build may hold some families
  /// only.
  private static boolean exists(String path) {
    return StartupImports.class.getResource("/org/recollect/" + path) != null;
  }
}

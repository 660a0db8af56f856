package org.recollect.notebook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.recollect.kv.KvMeasures;

class StartupImportsTest {
  private static final Evaluator EVALUATOR =
      new Evaluator(StartupImports.all(), line -> null, () -> {});

  @AfterAll
  static void close() {
    EVALUATOR.close();
  }

  @Test
  void cellsNameEveryPublicTypeOfTheLibraryWithoutAnImport() {
    List<JavaClass> types =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.recollect")
                .stream()
                .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
                .filter(type -> type.isTopLevelClass())
                .filter(type -> !type.getPackageName().startsWith("org.recollect.notebook"))
                // Cells reach a device through Kernels.
                .filter(type -> !type.getPackageName().equals("org.recollect.kernel.cuda"))
                .toList();
    assertTrue(types.size() > 20, "types were found: " + types.size());
    var literals = types.stream().map(type -> type.getSimpleName() + ".class");
    String code = "List.of(new Class<?>[] {" + literals.collect(Collectors.joining(", ")) + "})";
    var named = (List<?>) EVALUATOR.evaluate(new Cell(1, code));
    assertEquals(
        types.stream().map(JavaClass::getName).toList(),
        named.stream().map(type -> ((Class<?>) type).getName()).toList());
  }

  /// Two families with a measure of one name would make it ambiguous in every cell.
  @Test
  void cellsNameEveryMeasureWithoutAQualifier() {
    var fields =
        new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.recollect")
                .stream()
                .filter(type -> type.getSimpleName().endsWith("Measures"))
                .flatMap(type -> type.getFields().stream())
                .filter(field -> field.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaField::getName)
                .toList();
    assertTrue(fields.size() > 40, "measures were found: " + fields.size());
    String code = "List.of(new Object[] {" + String.join(", ", fields) + "}).size()";
    assertEquals(fields.size(), EVALUATOR.evaluate(new Cell(1, code)));
  }

  @Test
  void cellsNameTheTypesOfTheFieldWithoutAnImport() {
    EVALUATOR.evaluate(
        new Cell(
            1, "List.of(NDArray.class, NDManager.class, Shape.class, Table.class, XYChart.class)"));
    assertEquals(6, EVALUATOR.evaluate(new Cell(1, "Stream.of(1, 2, 3).mapToInt(i -> i).sum()")));
    var duration = EVALUATOR.evaluate(new Cell(1, "Duration.ofMinutes(1).toSeconds()"));
    assertEquals(60L, duration);
    assertEquals(KvMeasures.RECALL, EVALUATOR.evaluate(new Cell(1, "RECALL")));
    assertEquals(scale(), EVALUATOR.evaluate(new Cell(1, "scale()")));
  }

  private static Object scale() {
    return org.recollect.Recollect.scale();
  }
}

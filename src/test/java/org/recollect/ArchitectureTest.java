package org.recollect;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import ai.djl.ndarray.NDArray;
import ai.djl.nn.Activation;
import ai.djl.training.loss.Loss;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// The arrows between the packages, and the calls that no differentiable code may make.
class ArchitectureTest {

  /// From the bottom up: a package may use those in the rows before its own, and none in its own
  /// row.
  private static final List<List<String>> LAYERS =
      List.of(
          List.of("papers", "tensor"),
          List.of("kernel", "data"),
          List.of("model"),
          List.of("train"),
          List.of("lab"),
          List.of("kv", "retrieval", "memory", "continual", "unlearning"),
          List.of("notebook"));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.recollect");

  @TestFactory
  List<DynamicTest> arrowsPointDownwards() {
    var tests = new ArrayList<DynamicTest>();
    for (int row = 0; row < LAYERS.size(); row++) {
      for (String name : LAYERS.get(row)) {
        var above = LAYERS.subList(row + 1, LAYERS.size()).stream().flatMap(List::stream);
        var beside = LAYERS.get(row).stream().filter(sibling -> !sibling.equals(name));
        String[] forbidden =
            java.util.stream.Stream.concat(above, beside)
                .map(other -> packages(other))
                .toArray(String[]::new);
        tests.add(
            DynamicTest.dynamicTest(
                name,
                () -> {
                  var rule = noClasses().that().resideInAPackage(packages(name));
                  if (forbidden.length > 0) {
                    rule.should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(forbidden)
                        .allowEmptyShould(true)
                        .check(CLASSES);
                  }
                  if (!name.equals("notebook")) {
                    rule.should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.recollect")
                        .allowEmptyShould(true)
                        .check(CLASSES);
                  }
                }));
      }
    }
    return tests;
  }

  @Test
  void catalogueDependsOnNothing() {
    noClasses()
        .that()
        .resideInAPackage(packages("papers"))
        .should()
        .dependOnClassesThat()
        .resideOutsideOfPackages("org.recollect.papers..", "java..", "com.fasterxml.jackson..")
        .allowEmptyShould(true)
        .check(CLASSES);
  }

  /// DJL keeps a pointer to a collectable Java buffer in these calls: a gradient taken after a
  /// garbage collection is silently wrong. [org.recollect.tensor] has safe forms of each.
  @Test
  void noCallWhoseGradientBreaksUnderGarbageCollection() {
    for (String method : Set.of("mul", "div", "pow")) {
      noClasses()
          .should()
          .callMethod(NDArray.class, method, Number.class)
          .because("its gradient breaks under garbage collection; use tensor.Ops")
          .check(CLASSES);
    }
    noClasses().should().dependOnClassesThat().areAssignableTo(Activation.class).check(CLASSES);
    noClasses().should().dependOnClassesThat().areAssignableTo(Loss.class).check(CLASSES);
  }

  /// Until it is compiled, a vector that is reinterpreted passes through a memory segment on the
  /// heap; loops over native segments that have met such a one stay slow for the life of the
  /// process. And a reduction by addition adds in one order before it is compiled and in another
  /// after.
  @Test
  void noVectorCallThatSlowsAllLoopsOverSegments() {
    for (String method : Set.of("reinterpretShape", "viewAsFloatingLanes", "viewAsIntegralLanes")) {
      noClasses().should(callVectors(method)).check(CLASSES);
    }
    for (String type : Set.of("Bytes", "Shorts", "Ints", "Longs", "Floats", "Doubles")) {
      noClasses().should(callVectors("reinterpretAs" + type)).check(CLASSES);
    }
  }

  private static ArchCondition<JavaClass> callVectors(String method) {
    return new ArchCondition<>("call " + method + " of a vector") {
      @Override
      public void check(JavaClass type, ConditionEvents events) {
        type.getMethodCallsFromSelf().stream()
            .filter(call -> call.getName().equals(method))
            .filter(call -> call.getTargetOwner().getName().startsWith("jdk.incubator.vector."))
            .forEach(
                call -> events.add(SimpleConditionEvent.satisfied(type, call.getDescription())));
      }
    };
  }

  private static String packages(String name) {
    return "org.recollect." + name + "..";
  }
}

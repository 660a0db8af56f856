package org.recollect.notebook;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/// What a cell calls in place of `System.exit`, which would end the JVM and with it everything that
/// the notebook holds. Public because the code of cells links to it.
public final class Exit {
  private static final ClassDesc HERE = ClassDesc.of(Exit.class.getName());
  private static final ClassDesc RUNTIME = ClassDesc.of("java.lang.Runtime");
  private static final MethodTypeDesc STATUS =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);

  private Exit() {}

  /// Stands for `System.exit(status)`.
  ///
  /// @throws UnsupportedOperationException always
  public static void refuse(int status) {
    throw new UnsupportedOperationException(
        "System.exit("
            + status
            + ") would end the kernel and lose every variable of the notebook: leave it out, or"
            + " restart the kernel from the menu to begin afresh.");
  }

  /// Stands for `runtime.exit(status)` and `runtime.halt(status)`.
  ///
  /// @throws UnsupportedOperationException always
  public static void refuse(Runtime runtime, int status) {
    refuse(status);
  }

  /// Redirects the calls of a class that would end the JVM to the methods above.
  static byte[] weave(byte[] classFile) {
    CodeTransform redirect =
        (code, element) -> {
          if (element instanceof InvokeInstruction call && endsTheJvm(call)) {
            boolean onRuntime = call.owner().asSymbol().equals(RUNTIME);
            var type = onRuntime ? STATUS.insertParameterTypes(0, RUNTIME) : STATUS;
            code.invokestatic(HERE, "refuse", type);
          } else {
            code.with(element);
          }
        };
    var classes = ClassFile.of();
    return classes.transformClass(
        classes.parse(classFile), ClassTransform.transformingMethodBodies(redirect));
  }

  private static boolean endsTheJvm(InvokeInstruction call) {
    return switch (call.owner().asInternalName()) {
      case "java/lang/System" -> call.name().equalsString("exit");
      case "java/lang/Runtime" ->
          call.name().equalsString("exit") || call.name().equalsString("halt");
      default -> false;
    };
  }
}

package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Calls any operator of ATen, LibTorch's operator library, by its registered name.
///
/// The call goes through two functions of LibTorch's C ABI (`shim.h` of its AOTInductor):
///
/// ```c
/// int aoti_torch_new_tensor_handle(Tensor* original, Tensor** copy);
/// int aoti_torch_call_dispatcher(char* name, char* overload, uint64_t* stack);
/// ```
///
/// The stack holds the arguments in the order of the operator's schema, eight bytes each: a tensor
/// handle, which the call consumes, an integer, the bits of a double, a boolean, or 0 for None. The
/// result replaces the first. Lists and strings cannot be passed. A call costs about a microsecond
/// and records its gradient as any other.
///
/// Where a platform's library lacks these functions, the same call is written out as a [Script]. So
/// it is after a failed call, for the reason, which the C ABI writes to standard error only.
final class Aten {
  /// Bound while the calling thread must use [Script], so that a test can compare the two ways.
  static final ScopedValue<Boolean> SCRIPTED = ScopedValue.newInstance();

  /// What LibTorch takes for an argument at the end that is not given.
  private static final List<String> DEFAULTS = List.of("None", "False");

  private static final int MAX_ARGUMENTS = 16;
  private static final MethodHandle NEW_HANDLE;
  private static final MethodHandle DISPATCH;

  private static final ThreadLocal<MemorySegment> STACK =
      ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ValueLayout.JAVA_LONG, MAX_ARGUMENTS));
  private static final Map<String, Operator> OPERATORS = new ConcurrentHashMap<>();

  static {
    Torch.enter(); // loads the library that the symbols are in
    NEW_HANDLE = find("aoti_torch_new_tensor_handle", 2);
    DISPATCH = find("aoti_torch_call_dispatcher", 3);
  }

  private Aten() {}

  /// Whether this platform's LibTorch has the C ABI.
  static boolean direct() {
    return NEW_HANDLE != null && DISPATCH != null;
  }

  /// Calls an operator that has one tensor as its result.
  ///
  /// @param operator the registered name with its overload, such as `silu` or `softmax.int`
  /// @param arguments all arguments of the schema in order: [NDArray], [Integer], [Double],
  ///   [Boolean] or null; the first is an array, and its manager gets the result
  static NDArray call(String operator, Object... arguments) {
    Torch.enter();
    return direct() && !SCRIPTED.isBound()
        ? dispatch(operator, arguments)
        : script(operator, arguments);
  }

  /// The same call as an expression, such as `torch.softmax(x0, -1)`: for operators that are given
  /// a list, or an optional tensor, which the C ABI cannot be handed safely.
  static NDArray script(String operator, Object... arguments) {
    var arrays = new ArrayList<NDArray>();
    var literals = new ArrayList<String>();
    for (var argument : arguments) {
      literals.add(
          switch (argument) {
            case NDArray array -> {
              arrays.add(array);
              yield "x" + (arrays.size() - 1);
            }
            case Boolean flag -> flag ? "True" : "False";
            case null -> "None";
            default -> argument.toString();
          });
    }
    while (DEFAULTS.contains(literals.getLast())) {
      literals.removeLast(); // some of them could be passed by keyword only
    }
    var name = operator.split("\\.")[0];
    var expression = "torch.%s(%s)".formatted(name, String.join(", ", literals));
    return Script.evaluate(expression, 1, arrays).getFirst();
  }

  private static NDArray dispatch(String name, Object... arguments) {
    var operator = OPERATORS.computeIfAbsent(name, Operator::of);
    var stack = STACK.get();
    int status;
    try {
      for (int i = 0; i < arguments.length; i++) {
        push(arguments[i], stack.asSlice(i * 8L, 8));
      }
      status = (int) DISPATCH.invokeExact(operator.name(), operator.overload(), stack);
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new IllegalStateException(failure);
    }
    if (status != 0) {
      return script(name, arguments); // fails again, and says why
    }
    var manager = (PtNDManager) ((NDArray) arguments[0]).getManager();
    return new PtNDArray(manager, stack.get(ValueLayout.JAVA_LONG, 0));
  }

  private static void push(Object argument, MemorySegment slot) throws Throwable {
    switch (argument) {
      case PtNDArray array -> {
        var handle = MemorySegment.ofAddress(array.getHandle());
        int unused = (int) NEW_HANDLE.invokeExact(handle, slot);
      }
      case Integer number -> slot.set(ValueLayout.JAVA_LONG, 0, number);
      case Double number -> slot.set(ValueLayout.JAVA_DOUBLE, 0, number);
      case Boolean flag -> slot.set(ValueLayout.JAVA_LONG, 0, flag ? 1 : 0);
      case null -> slot.set(ValueLayout.JAVA_LONG, 0, 0);
      default -> throw new IllegalArgumentException("cannot pass a " + argument.getClass());
    }
  }

  private static MethodHandle find(String symbol, int pointers) {
    var parameters = new ValueLayout[pointers];
    Arrays.fill(parameters, ValueLayout.ADDRESS);
    return SymbolLookup.loaderLookup()
        .find(symbol)
        .map(address ->
            Linker.nativeLinker()
                .downcallHandle(address, FunctionDescriptor.of(ValueLayout.JAVA_INT, parameters)))
        .orElse(null);
  }

  /// An operator's name and overload as C strings that live as long as the process.
  private record Operator(MemorySegment name, MemorySegment overload) {
    static Operator of(String operator) {
      var parts = operator.split("\\.", 2);
      return new Operator(
          Arena.global().allocateFrom("aten::" + parts[0]),
          Arena.global().allocateFrom(parts.length == 2 ? parts[1] : ""));
    }
  }
}

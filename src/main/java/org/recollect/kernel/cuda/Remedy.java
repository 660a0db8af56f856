package org.recollect.kernel.cuda;

/// What to do about a failure of the driver.
final class Remedy {

  private static final int NO_DEVICE = 100;
  private static final int INVALID_IMAGE = 200;
  private static final int NO_BINARY_FOR_GPU = 209;
  private static final int INVALID_PTX = 218;
  private static final int UNSUPPORTED_PTX_VERSION = 222;
  private static final int ILLEGAL_ADDRESS = 700;
  private static final int LAUNCH_FAILED = 719;
  private static final int SYSTEM_DRIVER_MISMATCH = 803;

  private Remedy() {}

  /// @param code a `CUresult`
  static String of(int code) {
    return switch (code) {
      case NO_DEVICE -> "use the simd kernels, or make a GPU visible to this process";
      case INVALID_IMAGE, NO_BINARY_FOR_GPU, INVALID_PTX, UNSUPPORTED_PTX_VERSION ->
          "update the driver, or build the kernels for this GPU with kernels-native/build";
      case SYSTEM_DRIVER_MISMATCH -> "restart the machine after the update of its driver";
      case ILLEGAL_ADDRESS, LAUNCH_FAILED ->
          "restart the process, use the simd kernels and report what was computed";
      default -> "use the simd kernels, or restart the process if the device worked before";
    };
  }
}

package org.recollect.kernel.cuda;

/// What the CUDA driver refused: the message says what was attempted, the driver's name for the
/// failure and what to do about it.
public final class CudaException extends IllegalStateException {

  private final int code;

  CudaException(int code, String message) {
    super(message);
    this.code = code;
  }

  /// The driver's `CUresult`.
  public int code() {
    return code;
  }
}

package org.recollect.kernel.cuda;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

/// Where the kernels run in tests.
public enum Where {
  /// As host C++, wherever there is a compiler.
  HOST {
    @Override
    public Cuda cuda() {
      HostDriver.library();
      return Host.CUDA;
    }
  },
  /// On the GPU of this machine, if it has one.
  GPU {
    @Override
    public Cuda cuda() {
      assumeTrue(Cuda.find().isPresent(), "Not tested on a GPU. " + Cuda.describeHere());
      return Cuda.find().orElseThrow();
    }
  };

  /// Open as long as the tests run; skips the test where it cannot be had.
  public abstract Cuda cuda();

  private static final class Host {
    private static final Cuda CUDA = Cuda.on(HostDriver.load());
  }
}

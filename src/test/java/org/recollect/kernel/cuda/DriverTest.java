package org.recollect.kernel.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;

class DriverTest {

  private static final long FOUR_GIB = 1L << 32;

  @AfterEach
  void letTheDriverWork() {
    if (HostDriver.isHere()) {
      HostDriver.fail("", 0);
      HostDriver.memory(FOUR_GIB);
      HostDriver.refuseBinaries(false);
      HostDriver.devices(1);
    }
  }

  @Test
  void withoutADriverThereIsOneSentence() {
    var none =
        assertThrows(IllegalStateException.class, () -> Driver.load("libcuda-of-no-machine.so"));
    assertEquals(
        "The cuda kernels need NVIDIA's driver, but there is no libcuda-of-no-machine.so: install the driver, or use the simd kernels.",
        none.getMessage());
  }

  @Test
  void whatThisMachineHasIsSaidInOneSentence() {
    assertFalse(Cuda.describeHere().isBlank());
    assertEquals(1, Cuda.describeHere().lines().count());
  }

  @Test
  void withoutADeviceTheDriversNameForItIsSaid() {
    HostDriver.library();
    HostDriver.fail("cuInit", 100);
    var none = assertThrows(CudaException.class, HostDriver::load);
    assertEquals(100, none.code());
    assertTrue(none.getMessage().contains("starting the driver"), none.getMessage());
  }

  @Test
  void aDriverWithoutDevicesIsOneSentence() {
    var driver = HostDriver.load();
    HostDriver.devices(0);
    var none = assertThrows(IllegalStateException.class, () -> Cuda.on(driver));
    assertTrue(none.getMessage().startsWith("The driver sees no device: "), none.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuDeviceGetCount",
        "cuDeviceGet",
        "cuDevicePrimaryCtxRetain",
        "cuCtxSetCurrent",
        "cuModuleLoadData",
        "cuStreamCreate"
      })
  void aFailureWhileStartingIsNamed(String function) {
    var driver = HostDriver.load();
    HostDriver.fail(function, 719);
    var failure = assertThrows(CudaException.class, () -> Cuda.on(driver));
    assertTrue(failure.getMessage().contains("CUDA_ERROR_LAUNCH_FAILED"), failure.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "cuMemAlloc_v2",
        "cuMemcpyHtoDAsync_v2",
        "cuModuleGetFunction",
        "cuLaunchKernel",
        "cuMemcpyDtoHAsync_v2",
        "cuStreamSynchronize"
      })
  void aFailureWhileComputingIsNamed(String function) {
    try (var cuda = Cuda.on(HostDriver.load())) {
      HostDriver.fail(function, 700);
      var failure =
          assertThrows(
              CudaException.class, () -> cuda.hadamard().transform(new float[64], 0, 64, 64));
      assertEquals(700, failure.code());
      assertTrue(failure.getMessage().contains("CUDA_ERROR_ILLEGAL_ADDRESS"), failure.getMessage());
      assertTrue(failure.getMessage().contains("; restart"), failure.getMessage());
      HostDriver.fail("", 0);
    }
  }

  @Test
  void memoryThatIsShortIsSaidInBytes() {
    try (var cuda = Cuda.on(HostDriver.load());
        var arena = Arena.ofConfined()) {
      var table = VectorTable.allocate(arena, Storage.F32, 16, 100_000);
      table.append(new float[16]);
      HostDriver.memory(HostDriver.used() + 1_000_000);
      var failure =
          assertThrows(
              CudaException.class,
              () -> cuda.search().nearest(table, new float[][] {new float[16]}, Metric.COSINE, 1));
      assertEquals(Driver.OUT_OF_MEMORY, failure.code());
      String asked = "asked for %,d bytes".formatted(table.bytes());
      assertTrue(failure.getMessage().contains(asked), failure.getMessage());
      String free = "where 1,000,000 of";
      assertTrue(failure.getMessage().contains(free), failure.getMessage());
    }
  }

  @Test
  void copiesThatNobodyAsksForMakeRoom() {
    try (var cuda = Cuda.on(HostDriver.load());
        var arena = Arena.ofConfined()) {
      HostDriver.memory(HostDriver.used() + 10_000_000);
      float[][] query = {new float[16]};
      for (int i = 0; i < 5; i++) {
        var table = VectorTable.allocate(arena, Storage.F32, 16, 100_000);
        table.append(new float[16]);
        assertEquals(1, cuda.search().nearest(table, query, Metric.COSINE, 1).getFirst().count());
      }
    }
  }

  @Test
  void copiesGoWithWhatTheyWereCopiedFrom() {
    try (var cuda = Cuda.on(HostDriver.load())) {
      var mirrors = new Mirrors<Object>(cuda.device());
      var kept = new Object();
      mirrors.of(kept, 1000);
      mirrors.of(new Object(), 1000);
      long used = HostDriver.used();
      for (int collections = 0; mirrors.count() > 1 && collections < 100; collections++) {
        System.gc();
        mirrors.nextCall();
      }
      assertEquals(1, mirrors.count());
      assertEquals(used - 1000, HostDriver.used());
      java.lang.ref.Reference.reachabilityFence(kept);
      mirrors.close();
    }
  }

  @Test
  void aCopyThatIsTooSmallIsReplaced() {
    try (var cuda = Cuda.on(HostDriver.load())) {
      try (var mirrors = new Mirrors<Object>(cuda.device())) {
        var owner = new Object();
        mirrors.of(owner, 1000).holds(7);
        assertEquals(7, mirrors.of(owner, 900).current());
        assertEquals(Mirrors.NEVER, mirrors.of(owner, 1001).current());
        assertEquals(1, mirrors.count());
      }
    }
  }

  @Test
  void aDriverThatCannotReadTheBinaryCompilesTheText() {
    HostDriver.library();
    HostDriver.refuseBinaries(true);
    try (var cuda = Cuda.on(HostDriver.load())) {
      float[] x = {1, 1};
      cuda.hadamard().transform(x, 0, 2, 2);
      assertEquals(0, x[1]);
    }
  }

  @Test
  void closingGivesEverythingBack() {
    HostDriver.library();
    long used = HostDriver.used();
    long handles = HostDriver.handles();
    try (var cuda = Cuda.on(HostDriver.load())) {
      cuda.hadamard().transform(new float[64], 0, 64, 64);
      assertTrue(HostDriver.used() > used);
    }
    assertEquals(used, HostDriver.used());
    assertEquals(handles, HostDriver.handles());
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void theDeviceIsDescribedInALine(Where where) {
    var cuda = where.cuda();
    String line = cuda.describe();
    assertEquals(1, line.lines().count());
    assertTrue(line.startsWith(cuda.device().name()), line);
    assertTrue(line.contains("sm " + cuda.device().capability()), line);
    assertTrue(cuda.device().freeBytes() <= cuda.device().totalBytes());
  }

  @ParameterizedTest
  @EnumSource(Where.class)
  void timesRunForward(Where where) {
    var device = where.cuda().device();
    device.enter();
    try (var stream = new Stream(device);
        var start = new Event(device);
        var end = new Event(device)) {
      stream.record(start);
      stream.record(end);
      assertTrue(end.since(start) >= 0);
    }
  }
}

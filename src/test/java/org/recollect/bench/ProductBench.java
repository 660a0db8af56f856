package org.recollect.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import org.recollect.kernel.BitPlaneMatrix;
import org.recollect.kernel.DotProducts;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Kernels.Implementation;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;
import org.recollect.lab.Agreement;
import org.recollect.lab.Contender;
import org.recollect.lab.Contest;
import org.recollect.lab.Contest.Clock;
import org.recollect.lab.Pace;
import org.recollect.tensor.RandomStream;

/// One vector times a matrix of weights: integers on bit planes beside int8 weights and f32 ones,
/// which the vector meets as floats.
final class ProductBench implements Benchmark {

  private static final long SEED = 17;
  private static final int SIZE = 2048;
  private static final int WEIGHT_BITS = 6;

  @Override
  public String name() {
    return "product";
  }

  @Override
  public void run(Pace pace, Report report) {
    var random = RandomStream.of(SEED, "product");
    float[] weights = random.gaussians(SIZE * SIZE);
    float[] x = random.gaussians(SIZE);
    try (var arena = Arena.ofShared()) {
      var f32 = table(arena, Storage.F32, weights);
      var planes = BitPlaneMatrix.of(arena, weights, SIZE, SIZE, WEIGHT_BITS, BitPlaneMatrix.GROUP);
      float[] expected =
          product(new float[SIZE], Kernels.dotProducts(Implementation.REFERENCE), f32, x);
      var contenders = new ArrayList<Contender>();
      contenders.add(dense("f32", f32, x, expected, 1e-5));
      contenders.add(dense("int8 weights", table(arena, Storage.INT8, weights), x, expected, 0.05));
      contenders.add(integers("W6A8 g128", planes, 8, x, expected));
      contenders.add(integers("W6A6 g128", planes, 6, x, expected));
      var title = "%d x %d weights".formatted(SIZE, SIZE);
      var standings = new Contest(title, "product", Clock.PROCESSOR, contenders).run(pace);
      report.add(name(), standings);
    }
  }

  private static Contender dense(
      String name, VectorTable table, float[] x, float[] expected, double tolerance) {
    var kernel = Kernels.dotProducts(Implementation.SIMD);
    float[] y = new float[SIZE];
    Agreement.require(name, expected, product(y, kernel, table, x), tolerance);
    return Contender.of(name, 1, () -> product(y, kernel, table, x));
  }

  private static Contender integers(
      String name, BitPlaneMatrix planes, int activationBits, float[] x, float[] expected) {
    var kernel = Kernels.integerProduct(Implementation.SIMD);
    float[] y = new float[SIZE];
    kernel.multiply(x, activationBits, planes, y);
    Agreement.require(name, expected, y, 0.1);
    return Contender.of(name, 1, () -> kernel.multiply(x, activationBits, planes, y));
  }

  private static float[] product(float[] y, DotProducts kernel, VectorTable table, float[] x) {
    kernel.fill(table, 0, SIZE, new float[][] {x}, y);
    return y;
  }

  private static VectorTable table(Arena arena, Storage storage, float[] weights) {
    var table = VectorTable.allocate(arena, storage, SIZE, SIZE);
    for (int row = 0; row < SIZE; row++) {
      table.append(Arrays.copyOfRange(weights, row * SIZE, (row + 1) * SIZE));
    }
    return table;
  }
}

package org.recollect.retrieval.search;

import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.recollect.tensor.RandomStream;

/// The leading right singular vectors of a sparse matrix A, by a randomised range finder (Halko,
/// Martinsson and Tropp, "Finding Structure with Randomness", 2011, algorithms 4.4 and 5.1):
///
/// `Q = orth(A W)`, twice `Q = orth(A A' Q)`, and the vectors are those of `A' Q`
///
/// with random signs W, 16 more of them than directions are wanted. It is in plain Java, so that
/// one seed gives the same bits on every machine.
final class TruncatedSvd {
  private static final int OVERSAMPLING = 16;
  private static final int POWER_ITERATIONS = 2;
  private static final int PARTS = 16;

  /// Directions below this share of the largest singular value, squared, are taken for none.
  private static final double NEGLIGIBLE = 1e-9;

  private TruncatedSvd() {}

  /// An orthonormal basis, direction by direction from the largest singular value down.
  ///
  /// @return `[columns][directions]`, with fewer directions where the matrix has a smaller rank
  static float[][] rightVectors(SparseRows matrix, int directions, RandomStream random) {
    var transposed = matrix.transposed();
    int width = Math.min(directions + OVERSAMPLING, Math.min(matrix.rows(), matrix.columns()));
    float[][] range = orthonormal(matrix.times(signs(matrix.columns(), width, random)), width);
    for (int i = 0; i < POWER_ITERATIONS; i++) {
      range = orthonormal(matrix.times(transposed.times(range)), width);
    }
    return orthonormal(transposed.times(range), directions);
  }

  private static float[][] signs(int rows, int columns, RandomStream random) {
    float[][] signs = new float[rows][columns];
    for (float[] row : signs) {
      for (int i = 0; i < columns; i++) {
        row[i] = random.nextBoolean() ? 1 : -1;
      }
    }
    return signs;
  }

  /// An orthonormal basis of the columns of a tall matrix, by the eigenvectors of its Gram matrix;
  /// what hardly spans anything is left out.
  private static float[][] orthonormal(float[][] tall, int most) {
    int width = tall[0].length;
    var gram = new DMatrixRMaj(width, width, true, gram(tall, width));
    var eigen = DecompositionFactory_DDRM.eig(width, true, true);
    eigen.decompose(gram);
    var order =
        IntStream.range(0, width)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> -eigen.getEigenvalue(i).real))
            .toList();
    double least = NEGLIGIBLE * eigen.getEigenvalue(order.getFirst()).real;
    var kept = order.stream().limit(most).filter(i -> eigen.getEigenvalue(i).real > least).toList();
    double[][] turn = new double[width][kept.size()];
    for (int k = 0; k < kept.size(); k++) {
      double length = Math.sqrt(eigen.getEigenvalue(kept.get(k)).real);
      for (int i = 0; i < width; i++) {
        turn[i][k] = eigen.getEigenVector(kept.get(k)).get(i) / length;
      }
    }
    return Arrays.stream(tall).parallel().map(row -> times(row, turn)).toArray(float[][]::new);
  }

  private static float[] times(float[] row, double[][] turn) {
    double[] sum = new double[turn[0].length];
    for (int i = 0; i < row.length; i++) {
      double factor = row[i];
      double[] other = turn[i];
      for (int k = 0; k < sum.length; k++) {
        sum[k] += factor * other[k];
      }
    }
    float[] result = new float[sum.length];
    for (int k = 0; k < sum.length; k++) {
      result[k] = (float) sum[k];
    }
    return result;
  }

  /// `tall' tall`, added up in a fixed number of parts, so that threads do not change the sum.
  private static double[] gram(float[][] tall, int width) {
    var parts =
        IntStream.range(0, PARTS)
            .parallel()
            .mapToObj(part -> {
              double[][] sum = new double[width][width];
              double[] row = new double[width];
              for (int r = part; r < tall.length; r += PARTS) {
                for (int i = 0; i < width; i++) {
                  row[i] = tall[r][i];
                }
                for (int i = 0; i < width; i++) {
                  double factor = row[i];
                  double[] into = sum[i];
                  for (int j = i; j < width; j++) {
                    into[j] += factor * row[j];
                  }
                }
              }
              return sum;
            })
            .toList();
    double[] gram = new double[width * width];
    for (double[][] part : parts) {
      for (int i = 0; i < width; i++) {
        for (int j = 0; j < width; j++) {
          gram[i * width + j] += part[Math.min(i, j)][Math.max(i, j)];
        }
      }
    }
    return gram;
  }
}

package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.SingularOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;

/// [LinearAlgebra] in plain Java doubles, by EJML, for float32 and float64 arrays; without
/// gradients.
final class DoubleAlgebra {
  private DoubleAlgebra() {}

  static List<NDArray> svd(NDArray a) {
    return each(
        a,
        matrix -> {
          var svd = DecompositionFactory_DDRM.svd(matrix.numRows, matrix.numCols, true, true, true);
          svd.decompose(matrix);
          var u = svd.getU(null, false);
          var vt = svd.getV(null, true);
          int rank = svd.numberOfSingularValues();
          SingularOps_DDRM.descendingOrder(u, false, svd.getSingularValues(), rank, vt, true);
          return List.of(
              Part.of(u), Part.vector(Arrays.copyOf(svd.getSingularValues(), rank)), Part.of(vt));
        });
  }

  static List<NDArray> qr(NDArray a) {
    return each(
        a,
        matrix -> {
          var qr = DecompositionFactory_DDRM.qr(matrix.numRows, matrix.numCols);
          qr.decompose(matrix);
          return List.of(Part.of(qr.getQ(null, true)), Part.of(qr.getR(null, true)));
        });
  }

  static List<NDArray> eigh(NDArray a) {
    return each(
        a,
        matrix -> {
          int n = matrix.numRows;
          mirrorLowerTriangle(matrix);
          var eigen = DecompositionFactory_DDRM.eig(n, true, true);
          eigen.decompose(matrix);
          var order =
              IntStream.range(0, n)
                  .boxed()
                  .sorted(Comparator.comparingDouble(i -> eigen.getEigenvalue(i).real))
                  .toList();
          var values = new double[n];
          var vectors = new DMatrixRMaj(n, n);
          for (int i = 0; i < n; i++) {
            values[i] = eigen.getEigenvalue(order.get(i)).real;
            CommonOps_DDRM.insert(eigen.getEigenVector(order.get(i)), vectors, 0, i);
          }
          return List.of(Part.vector(values), Part.of(vectors));
        });
  }

  static Optional<NDArray> cholesky(NDArray a) {
    var factors = new ArrayList<Part>();
    for (var matrix : matrices(a)) {
      mirrorLowerTriangle(matrix);
      var cholesky = DecompositionFactory_DDRM.chol(matrix.numRows, true);
      if (!cholesky.decompose(matrix)) {
        return Optional.empty();
      }
      factors.add(Part.of(cholesky.getT(null)));
    }
    return Optional.of(stack(a, factors));
  }

  static NDArray solve(NDArray a, NDArray b) {
    var right = matrices(b);
    var left = matrices(a);
    if (left.size() != right.size()) {
      throw new IllegalArgumentException(
          "There are %d matrices %s but %d right sides %s: expected as many."
              .formatted(left.size(), a.getShape(), right.size(), b.getShape()));
    }
    var solutions = new ArrayList<Part>();
    for (int i = 0; i < left.size(); i++) {
      var solver = LinearSolverFactory_DDRM.lu(left.get(i).numRows);
      if (!solver.setA(left.get(i)) || solver.quality() == 0) {
        throw new IllegalArgumentException(
            "The matrix %d of %s is singular.".formatted(i, a.getShape()));
      }
      var x = new DMatrixRMaj(right.get(i).numRows, right.get(i).numCols);
      solver.solve(right.get(i), x);
      solutions.add(Part.of(x));
    }
    return stack(b, solutions);
  }

  /// Adds up the products over all values of all letters, as the definition says.
  static NDArray einsum(String equation, NDArray... operands) {
    var sides = equation.split("->", -1);
    var inputs = sides[0].split(",", -1);
    var letters = Letters.of(inputs, operands);
    var values = Arrays.stream(operands).map(DoubleAlgebra::values).toArray(double[][]::new);
    var shape = sides[1].chars().mapToLong(letters::size).toArray();
    var sums = new double[Math.toIntExact(new Shape(shape).size())];
    for (long point = 0; point < letters.points(); point++) {
      double product = 1;
      for (int i = 0; i < inputs.length; i++) {
        product *= values[i][letters.offset(inputs[i], point)];
      }
      sums[letters.offset(sides[1], point)] += product;
    }
    return array(operands[0], sums, shape);
  }

  /// The sizes of an equation's letters. A point numbers one choice of a value for each letter.
  private record Letters(Map<Integer, Long> sizes) {
    static Letters of(String[] inputs, NDArray[] operands) {
      var sizes = new LinkedHashMap<Integer, Long>();
      for (int i = 0; i < inputs.length; i++) {
        var shape = operands[i].getShape();
        if (shape.dimension() != inputs[i].length()) {
          throw new IllegalArgumentException(
              "The array %d is %s, expected as many dimensions as %s has letters."
                  .formatted(i, shape, inputs[i]));
        }
        for (int d = 0; d < inputs[i].length(); d++) {
          var known = sizes.putIfAbsent((int) inputs[i].charAt(d), shape.get(d));
          if (known != null && known != shape.get(d)) {
            throw new IllegalArgumentException(
                "The letter %c is %d and %d, expected one size."
                    .formatted(inputs[i].charAt(d), known, shape.get(d)));
          }
        }
      }
      return new Letters(sizes);
    }

    long size(int letter) {
      var size = sizes.get(letter);
      if (size == null) {
        throw new IllegalArgumentException(
            "The result's letter %c is in no array.".formatted(letter));
      }
      return size;
    }

    long points() {
      return sizes.values().stream().reduce(1L, Math::multiplyExact);
    }

    /// Where the element that a term's letters select at a point lies in row-major order.
    int offset(String term, long point) {
      long offset = 0;
      for (int i = 0; i < term.length(); i++) {
        int letter = term.charAt(i);
        offset = offset * size(letter) + point / stride(letter) % size(letter);
      }
      return (int) offset;
    }

    private long stride(int letter) {
      return sizes.entrySet().stream()
          .takeWhile(entry -> entry.getKey() != letter)
          .mapToLong(Map.Entry::getValue)
          .reduce(1, (a, b) -> a * b);
    }
  }

  /// A matrix `[rows][columns]` or a vector, in row-major order.
  private record Part(double[] values, long... shape) {
    static Part of(DMatrixRMaj matrix) {
      return new Part(matrix.data, matrix.numRows, matrix.numCols);
    }

    static Part vector(double[] values) {
      return new Part(values, values.length);
    }
  }

  private static void mirrorLowerTriangle(DMatrixRMaj matrix) {
    for (int row = 0; row < matrix.numRows; row++) {
      for (int column = row + 1; column < matrix.numCols; column++) {
        matrix.set(row, column, matrix.get(column, row));
      }
    }
  }

  /// Decomposes each matrix, and stacks the parts of one kind along the leading dimensions.
  private static List<NDArray> each(NDArray a, Function<DMatrixRMaj, List<Part>> decomposition) {
    var parts = matrices(a).stream().map(decomposition).toList();
    return IntStream.range(0, parts.getFirst().size())
        .mapToObj(kind -> stack(a, parts.stream().map(of -> of.get(kind)).toList()))
        .toList();
  }

  private static List<DMatrixRMaj> matrices(NDArray a) {
    var values = values(a);
    int rank = a.getShape().dimension();
    int rows = Math.toIntExact(a.getShape().get(rank - 2));
    int columns = Math.toIntExact(a.getShape().get(rank - 1));
    var matrices = new ArrayList<DMatrixRMaj>();
    for (int start = 0; start < values.length; start += rows * columns) {
      var matrix = new DMatrixRMaj(rows, columns);
      System.arraycopy(values, start, matrix.data, 0, rows * columns);
      matrices.add(matrix);
    }
    return matrices;
  }

  private static NDArray stack(NDArray batch, List<Part> parts) {
    var shape = parts.getFirst().shape;
    var leading = Arrays.copyOf(batch.getShape().getShape(), batch.getShape().dimension() - 2);
    var values = parts.stream().flatMapToDouble(part -> Arrays.stream(part.values)).toArray();
    return array(
        batch, values, LongStream.concat(Arrays.stream(leading), Arrays.stream(shape)).toArray());
  }

  private static double[] values(NDArray a) {
    if (a.getDataType() == DataType.FLOAT64) {
      return Memory.toDoubles(a);
    }
    var floats = Memory.toFloats(a);
    return IntStream.range(0, floats.length).mapToDouble(i -> floats[i]).toArray();
  }

  /// A result that belongs to the manager of an operand and has its type.
  private static NDArray array(NDArray like, double[] values, long... shape) {
    if (like.getDataType() == DataType.FLOAT64) {
      return Memory.ofDoubles(like.getManager(), values).reshape(shape);
    }
    var floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return Memory.ofFloats(like.getManager(), floats).reshape(shape);
  }
}

package org.recollect.retrieval.search;

import java.util.List;
import java.util.stream.IntStream;

/// A sparse matrix `[rows][columns]` by its rows.
///
/// @param positions of the entries of each row, ascending
/// @param values of these
record SparseRows(int columns, List<int[]> positions, List<float[]> values) {

  int rows() {
    return positions.size();
  }

  /// This matrix times a dense one `[columns][width]`, row by row alike for any number of threads.
  float[][] times(float[][] dense) {
    int width = dense[0].length;
    return IntStream.range(0, rows())
        .parallel()
        .mapToObj(row -> {
          float[] sum = new float[width];
          int[] at = positions.get(row);
          float[] value = values.get(row);
          for (int i = 0; i < at.length; i++) {
            float[] other = dense[at[i]];
            float factor = value[i];
            for (int j = 0; j < width; j++) {
              sum[j] += factor * other[j];
            }
          }
          return sum;
        })
        .toArray(float[][]::new);
  }

  SparseRows transposed() {
    int[] sizes = new int[columns];
    positions.forEach(row -> IntStream.of(row).forEach(column -> sizes[column]++));
    var rowsOf = IntStream.of(sizes).mapToObj(int[]::new).toList();
    var valuesOf = IntStream.of(sizes).mapToObj(float[]::new).toList();
    int[] filled = new int[columns];
    for (int row = 0; row < rows(); row++) {
      int[] at = positions.get(row);
      for (int i = 0; i < at.length; i++) {
        int place = filled[at[i]]++;
        rowsOf.get(at[i])[place] = row;
        valuesOf.get(at[i])[place] = values.get(row)[i];
      }
    }
    return new SparseRows(rows(), rowsOf, valuesOf);
  }
}

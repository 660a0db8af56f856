package org.recollect.kv.stream;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.recollect.data.Film;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;
import org.recollect.model.PatchEncoder;

/// The visual tokens of one frame.
///
/// @param frame its number, from 0
/// @param height cells from top to bottom
/// @param width cells from left to right
/// @param vectors of length 1, `[height * width][dimensions]`, cells read like text
/// @param table the same vectors, for the kernels
public record TokenGrid(int frame, int height, int width, float[][] vectors, VectorTable table) {

  /// A frame of these vectors.
  public static TokenGrid of(int frame, int height, int width, float[][] vectors) {
    if (vectors.length != height * width) {
      throw new IllegalArgumentException(
          "A frame of %d x %d cells has %d tokens, not %d."
              .formatted(height, width, height * width, vectors.length));
    }
    var table =
        VectorTable.allocate(Arena.ofAuto(), Storage.F32, vectors[0].length, vectors.length);
    for (float[] vector : vectors) {
      table.append(vector);
    }
    return new TokenGrid(frame, height, width, vectors, table);
  }

  /// The frames of a film as an encoder sees them.
  public static List<TokenGrid> of(Film film, PatchEncoder encoder) {
    var grids = new ArrayList<TokenGrid>();
    for (int frame = 0; frame < film.frames(); frame++) {
      var vectors = encoder.encode(film.pictures()[frame]);
      grids.add(of(frame, film.height(), film.width(), vectors));
    }
    return List.copyOf(grids);
  }

  /// Cells of the frame.
  public int cells() {
    return vectors.length;
  }

  /// How far each token is from what another frame has about the same place: one minus the largest
  /// cosine with the 3 x 3 cells there.
  ///
  /// @return `[cells]`, 0 to 2
  public double[] distances(TokenGrid other) {
    float[] cosines = new float[cells() * cells()];
    Kernels.dotProducts().fill(other.table, 0, cells(), vectors, cosines);
    double[] distances = new double[cells()];
    for (int cell = 0; cell < distances.length; cell++) {
      double largest = -1;
      for (int near = 0; near < distances.length; near++) {
        if (touch(cell, near)) {
          largest = Math.max(largest, cosines[cell * cells() + near]);
        }
      }
      distances[cell] = Math.clamp(1 - largest, 0, 2);
    }
    return distances;
  }

  /// Whether two cells are one, or neighbours by a side or a corner.
  boolean touch(int a, int b) {
    return Math.abs(a / width - b / width) <= 1 && Math.abs(a % width - b % width) <= 1;
  }

  /// All tokens of the frame.
  ///
  /// @param salience `[cells]`
  List<VisualToken> tokens(double[] salience) {
    var tokens = new ArrayList<VisualToken>();
    for (int cell = 0; cell < cells(); cell++) {
      tokens.add(new VisualToken(frame, cell, vectors[cell], salience[cell]));
    }
    return tokens;
  }
}

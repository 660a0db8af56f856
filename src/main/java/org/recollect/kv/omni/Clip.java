package org.recollect.kv.omni;

import java.util.Arrays;

/// A film with sound: in each window one picture, cut into patches, and one tone, heard several
/// times through noise.
///
/// @param patches grey values about 0 `[windows][patches][pixels of a patch]`
/// @param tones noisy one-hot codes `[windows][tones][kinds]`
/// @param glyphs which glyph each window shows `[windows]`
/// @param kinds which kind of tone each window sounds `[windows]`
public record Clip(float[][][] patches, float[][][] tones, int[] glyphs, int[] kinds) {

  public int windows() {
    return glyphs.length;
  }

  /// The truth: a glyph, or a number of windows.
  public int answer(Question question) {
    return switch (question.topic()) {
      case GLYPH -> glyphs[question.about()];
      case COUNT -> (int) Arrays.stream(kinds).filter(kind -> kind == question.about()).count();
    };
  }

  /// The pictures put together again, `[windows][side][side][1]`.
  public float[][][][] pictures() {
    int grid = (int) Math.round(Math.sqrt(patches[0].length));
    int side = (int) Math.round(Math.sqrt(patches[0][0].length));
    return Arrays.stream(patches)
        .map(window -> picture(window, grid, side))
        .toArray(float[][][][]::new);
  }

  private static float[][][] picture(float[][] window, int grid, int side) {
    var picture = new float[grid * side][grid * side][1];
    for (int y = 0; y < picture.length; y++) {
      for (int x = 0; x < picture.length; x++) {
        picture[y][x][0] = window[y / side * grid + x / side][y % side * side + x % side] + .5f;
      }
    }
    return picture;
  }
}

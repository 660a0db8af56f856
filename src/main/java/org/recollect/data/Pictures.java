package org.recollect.data;

import java.awt.image.BufferedImage;
import java.util.List;

/// Pictures `[rows][columns][channels]`, 0 to 1, beside each other and on the screen.
public final class Pictures {
  private Pictures() {}

  /// The picture as an image that a notebook shows.
  ///
  /// @param picture `[rows][columns][1 or 3]`
  /// @param zoom pixels of the image along the side of one of the picture
  public static BufferedImage show(float[][][] picture, int zoom) {
    if (zoom < 1) {
      throw new IllegalArgumentException(
          "A picture is shown 1 or more times its size, not " + zoom + ".");
    }
    int rows = picture.length;
    int columns = picture[0].length;
    var image = new BufferedImage(columns * zoom, rows * zoom, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < rows * zoom; y++) {
      for (int x = 0; x < columns * zoom; x++) {
        float[] pixel = picture[y / zoom][x / zoom];
        int rgb = 0;
        for (int c = 0; c < 3; c++) {
          rgb = rgb << 8 | Math.round(255 * pixel[pixel.length == 1 ? 0 : c]);
        }
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  /// Pictures of one size in rows, read like text.
  ///
  /// @param pictures each `[height][width][channels]`
  /// @param across how many in a row; missing ones of the last row are black
  /// @return `[rows * height][across * width][channels]`
  public static float[][][] tile(List<float[][][]> pictures, int across) {
    if (pictures.isEmpty() || across < 1) {
      throw new IllegalArgumentException(
          "One or more pictures are tiled, one or more in a row; got %d and %d."
              .formatted(pictures.size(), across));
    }
    int height = pictures.getFirst().length;
    int width = pictures.getFirst()[0].length;
    int channels = pictures.getFirst()[0][0].length;
    int rows = Math.ceilDiv(pictures.size(), across);
    var tiled = new float[rows * height][across * width][channels];
    for (int i = 0; i < pictures.size(); i++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          tiled[i / across * height + y][i % across * width + x] = pictures.get(i)[y][x].clone();
        }
      }
    }
    return tiled;
  }
}

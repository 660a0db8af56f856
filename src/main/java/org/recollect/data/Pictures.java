package org.recollect.data;

import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.recollect.tensor.RandomStream;

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

  /// The picture with normal noise on each channel of each pixel, kept within 0 to 1.
  ///
  /// @param deviation standard deviation, 0 or more
  public static float[][][] noisy(float[][][] picture, double deviation, RandomStream random) {
    return changed(picture, (_, _, _, value) -> value + deviation * random.nextGaussian());
  }

  /// What becomes of one channel of one pixel.
  @FunctionalInterface
  interface Change {
    double of(int y, int x, int channel, double value);
  }

  /// The picture with each number changed, from the top left on, and kept within 0 to 1.
  static float[][][] changed(float[][][] picture, Change change) {
    var changed = new float[picture.length][picture[0].length][picture[0][0].length];
    for (int y = 0; y < changed.length; y++) {
      for (int x = 0; x < changed[y].length; x++) {
        for (int c = 0; c < changed[y][x].length; c++) {
          changed[y][x][c] = (float) Math.clamp(change.of(y, x, c, picture[y][x][c]), 0, 1);
        }
      }
    }
    return changed;
  }

  /// Pictures of one size in rows, read like text.
  ///
  /// @param pictures each `[height][width][channels]`
  /// @param across how many in a row; missing ones of the last row are black
  /// @return `[rows * height][across * width][channels]`
  public static float[][][] tile(float[][][][] pictures, int across) {
    if (pictures.length == 0 || across < 1) {
      throw new IllegalArgumentException(
          "One or more pictures are tiled, one or more in a row; got %d and %d."
              .formatted(pictures.length, across));
    }
    int height = pictures[0].length;
    int width = pictures[0][0].length;
    int channels = pictures[0][0][0].length;
    int rows = Math.ceilDiv(pictures.length, across);
    var tiled = new float[rows * height][across * width][channels];
    for (int i = 0; i < pictures.length; i++) {
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          tiled[i / across * height + y][i % across * width + x] = pictures[i][y][x].clone();
        }
      }
    }
    return tiled;
  }

  /// Pictures of one height beside each other, with two grey columns between.
  public static float[][][] row(float[][][]... pictures) {
    int gap = 2;
    int width = Arrays.stream(pictures).mapToInt(picture -> picture[0].length + gap).sum() - gap;
    int channels = pictures[0][0][0].length;
    var row = new float[pictures[0].length][width][channels];
    for (float[][] line : row) {
      for (float[] pixel : line) {
        Arrays.fill(pixel, .5f);
      }
    }
    int left = 0;
    for (float[][][] picture : pictures) {
      for (int y = 0; y < picture.length; y++) {
        System.arraycopy(picture[y], 0, row[y], left, picture[y].length);
      }
      left += picture[0].length + gap;
    }
    return row;
  }
}

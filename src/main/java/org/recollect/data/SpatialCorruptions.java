package org.recollect.data;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.stream.MemoryCacheImageInputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;
import org.recollect.tensor.RandomStream;

/// The [corruptions][Corruption] that mix a pixel with others or move it.
final class SpatialCorruptions {
  /// The side that levels are given for.
  private static final double SIDE = 28;

  private static final int ENLARGEMENTS = 8;

  /// Of the side of a pixel, to find how much of it a disc covers.
  private static final int PARTS = 8;

  private SpatialCorruptions() {}

  static float[][][] defocus(float[][][] picture, double level, RandomStream random) {
    double[][] disc = disc(level * picture.length / SIDE);
    int reach = disc.length / 2;
    return Pictures.changed(
        picture,
        (y, x, c, _) -> {
          double sum = 0;
          for (int down = -reach; down <= reach; down++) {
            for (int right = -reach; right <= reach; right++) {
              sum += disc[reach + down][reach + right] * at(picture, y + down, x + right, c);
            }
          }
          return sum;
        });
  }

  /// How much of each pixel a disc about the middle one covers, as shares of its area.
  private static double[][] disc(double radius) {
    int reach = (int) Math.ceil(radius - .5);
    int side = 2 * reach + 1;
    var disc = new double[side][side];
    double inside = 0;
    for (int y = 0; y < side * PARTS; y++) {
      for (int x = 0; x < side * PARTS; x++) {
        double down = (y + .5) / PARTS - side / 2.0;
        double right = (x + .5) / PARTS - side / 2.0;
        if (down * down + right * right < radius * radius) {
          disc[y / PARTS][x / PARTS]++;
          inside++;
        }
      }
    }
    for (double[] row : disc) {
      for (int x = 0; x < side; x++) {
        row[x] /= inside;
      }
    }
    return disc;
  }

  static float[][][] motion(float[][][] picture, double level, RandomStream random) {
    double angle = Math.PI * random.nextDouble();
    double length = level * picture.length / SIDE;
    int steps = (int) Math.ceil(2 * length);
    return Pictures.changed(
        picture,
        (y, x, c, _) -> {
          double sum = 0;
          for (int i = 0; i <= steps; i++) {
            double far = length * ((double) i / steps - .5);
            sum +=
                between(
                    picture, y + far * StrictMath.sin(angle), x + far * StrictMath.cos(angle), c);
          }
          return sum / (steps + 1);
        });
  }

  static float[][][] zoom(float[][][] picture, double level, RandomStream random) {
    double middleY = (picture.length - 1) / 2.0;
    double middleX = (picture[0].length - 1) / 2.0;
    return Pictures.changed(
        picture,
        (y, x, c, _) -> {
          double sum = 0;
          for (int i = 0; i < ENLARGEMENTS; i++) {
            double larger = 1 + level * i / (ENLARGEMENTS - 1);
            sum +=
                between(
                    picture, middleY + (y - middleY) / larger, middleX + (x - middleX) / larger, c);
          }
          return sum / ENLARGEMENTS;
        });
  }

  static float[][][] elastic(float[][][] picture, double level, RandomStream random) {
    double most = level * picture.length / SIDE;
    var down = SmoothField.draw(4, random);
    var right = SmoothField.draw(4, random);
    double height = picture.length;
    double width = picture[0].length;
    return Pictures.changed(
        picture,
        (y, x, c, _) ->
            between(
                picture,
                y + most * down.at(y / height, x / width),
                x + most * right.at(y / height, x / width),
                c));
  }

  /// The picture turned about its middle, in degrees anticlockwise.
  static float[][][] turned(float[][][] picture, double degrees) {
    double angle = Math.toRadians(degrees);
    double sine = StrictMath.sin(angle);
    double cosine = StrictMath.cos(angle);
    double middleY = (picture.length - 1) / 2.0;
    double middleX = (picture[0].length - 1) / 2.0;
    return Pictures.changed(
        picture,
        (y, x, c, _) ->
            between(
                picture,
                middleY + cosine * (y - middleY) + sine * (x - middleX),
                middleX - sine * (y - middleY) + cosine * (x - middleX),
                c));
  }

  static float[][][] pixelate(float[][][] picture, double level, RandomStream random) {
    double side = level * picture.length / SIDE;
    int rows = (int) (picture.length / side) + 1;
    int columns = (int) (picture[0].length / side) + 1;
    int channels = picture[0][0].length;
    var sums = new double[rows][columns][channels];
    var counts = new int[rows][columns];
    for (int y = 0; y < picture.length; y++) {
      for (int x = 0; x < picture[y].length; x++) {
        counts[(int) (y / side)][(int) (x / side)]++;
        for (int c = 0; c < channels; c++) {
          sums[(int) (y / side)][(int) (x / side)][c] += picture[y][x][c];
        }
      }
    }
    return Pictures.changed(
        picture,
        (y, x, c, _) ->
            sums[(int) (y / side)][(int) (x / side)][c]
                / counts[(int) (y / side)][(int) (x / side)]);
  }

  static float[][][] jpeg(float[][][] picture, double quality, RandomStream random) {
    var image = decoded(encoded(Pictures.show(picture, 1), (float) quality));
    // Grey has the same number in each channel: the first is at bit 16, and so on.
    return Pictures.changed(
        picture, (y, x, c, _) -> (image.getRGB(x, y) >> 16 - 8 * c & 0xFF) / 255.0);
  }

  private static byte[] encoded(BufferedImage image, float quality) {
    var writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    var settings = writer.getDefaultWriteParam();
    settings.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    settings.setCompressionQuality(quality);
    var bytes = new ByteArrayOutputStream();
    try (var stream = new MemoryCacheImageOutputStream(bytes)) {
      writer.setOutput(stream);
      writer.write(null, new IIOImage(image, null, null), settings);
    } catch (IOException impossible) {
      throw new UncheckedIOException("an image is written to memory", impossible);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }

  private static BufferedImage decoded(byte[] bytes) {
    try {
      return ImageIO.read(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)));
    } catch (IOException impossible) {
      throw new UncheckedIOException("an image is read from memory", impossible);
    }
  }

  /// The value at a place between pixels, weighed by nearness to the four around it.
  private static double between(float[][][] picture, double y, double x, int c) {
    int top = (int) Math.floor(y);
    int left = (int) Math.floor(x);
    double down = y - top;
    double right = x - left;
    return (1 - down)
            * ((1 - right) * at(picture, top, left, c) + right * at(picture, top, left + 1, c))
        + down
            * ((1 - right) * at(picture, top + 1, left, c)
                + right * at(picture, top + 1, left + 1, c));
  }

  /// The value of a pixel; beyond the edge that of the nearest.
  private static double at(float[][][] picture, int y, int x, int c) {
    float[][] row = picture[Math.clamp(y, 0, picture.length - 1)];
    return row[Math.clamp(x, 0, row.length - 1)][c];
  }
}

package org.recollect.notebook.render;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/// A Java2D image.
final class ImageRenderer {
  private ImageRenderer() {}

  static MimeBundle render(BufferedImage image) {
    var png = new ByteArrayOutputStream();
    try {
      ImageIO.setUseCache(false);
      if (!ImageIO.write(image, "png", png)) {
        throw new IOException("No PNG encoder takes images of type " + image.getType());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The image could not be encoded.", e);
    }
    String size = "Image, %d x %d pixels".formatted(image.getWidth(), image.getHeight());
    return MimeBundle.text(size).png(png.toByteArray());
  }
}

package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.Captioned;
import org.recollect.data.FrameStream;
import org.recollect.model.PatchEncoder;
import org.recollect.tensor.RandomStream;

class SigmoidPairsTest {
  private static final SigmoidPairs RECIPE =
      SigmoidPairs.of(FrameStream.of(16)).pictures(1500).steps(200);

  @TempDir Path folder;

  /// On pictures that were not trained on, whether it is a letter is known far above chance.
  @Test
  void cosinesSayWhichWordsAreTrue() {
    try (var encoder = RECIPE.train()) {
      var words = encoder.words();
      var random = RandomStream.of(99, "unseen");
      int things = 0;
      int colours = 0;
      int drawn = 300;
      for (int i = 0; i < drawn; i++) {
        Captioned captioned = FrameStream.of(16).draw(random);
        float[] vector = encoder.encode(new float[][][][] {captioned.picture()})[0];
        assertEquals(1, dot(vector, vector), 1e-5);
        boolean letter = dot(vector, words.get("letter")) > dot(vector, words.get("sign"));
        things += letter == captioned.words().contains("letter") ? 1 : 0;
        double red = dot(vector, words.get("red"));
        double green = dot(vector, words.get("green"));
        double blue = dot(vector, words.get("blue"));
        var best = red > Math.max(green, blue) ? "red" : green > blue ? "green" : "blue";
        if (captioned.words().stream().anyMatch(List.of("red", "green", "blue")::contains)) {
          colours += captioned.words().contains(best) ? 1 : 0;
        } else {
          colours++;
        }
      }
      assertTrue(things > .75 * drawn, things + " of " + drawn);
      assertTrue(colours > .85 * drawn, colours + " of " + drawn);
    }
  }

  @Test
  void oneRecipeGivesOneEncoderAndIsTrainedOnce() throws IOException {
    var small = RECIPE.pictures(64).steps(5);
    try (var trained = small.encoder(folder);
        var again = small.train();
        var other = small.steps(6).encoder(folder)) {
      assertEquals(trained.weights().digest(), again.weights().digest());
      assertNotEquals(trained.weights().digest(), other.weights().digest());
      var files = folder.resolve("encoders");
      try (var kept = Files.list(files)) {
        assertEquals(2, kept.count());
      }
      var times = Files.getLastModifiedTime(files);
      try (var read = small.encoder(folder)) {
        assertEquals(trained.weights().digest(), read.weights().digest());
        assertEquals(times, Files.getLastModifiedTime(files));
      }
    }
  }

  @Test
  void refusesWhatItCannotRead() {
    try (var encoder =
        PatchEncoder.random(List.of("a", "b"), 48, 8, 4, RandomStream.of(1, "random"))) {
      assertEquals(4, encoder.dimensions());
      assertThrows(IllegalArgumentException.class, () -> encoder.row("c"));
      var message =
          assertThrows(IllegalArgumentException.class, () -> encoder.encode(new float[2][8][8][3]));
      assertTrue(message.getMessage().contains("48"), message.getMessage());
      assertThrows(
          IllegalArgumentException.class, () -> new PatchEncoder(encoder.weights(), List.of("a")));
    }
    assertThrows(IllegalArgumentException.class, () -> RECIPE.steps(0));
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}

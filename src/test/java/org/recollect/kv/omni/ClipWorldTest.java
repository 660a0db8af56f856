package org.recollect.kv.omni;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.HashSet;
import org.junit.jupiter.api.Test;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.kv.omni.Question.Topic;
import org.recollect.tensor.RandomStream;

class ClipWorldTest {

  /// Windows of 2 x 2 patches of 4 x 4 pixels and 2 tones of 3 kinds; five glyphs.
  static ClipWorld small(int windows) {
    return new ClipWorld(Glyphs.of("ABCDE").sized(8), GlyphStyle.PLAIN, windows, 2, 2, 3, .1);
  }

  @Test
  void everyWordMeansOneThing() {
    var world = small(4);
    var words = new HashSet<Integer>();
    for (var question : world.questions()) {
      words.add(world.words(question)[0]);
      words.add(world.words(question)[1]);
    }
    for (int glyph = 0; glyph < 5; glyph++) {
      words.add(world.word(Topic.GLYPH, glyph));
    }
    for (int number = 0; number <= 4; number++) {
      words.add(world.word(Topic.COUNT, number));
    }
    assertEquals(2 + 4 + 3 + 5 + 5, words.size());
    assertEquals(1, words.stream().min(Integer::compare).orElseThrow());
    assertEquals(world.vocabulary() - 1, words.stream().max(Integer::compare).orElseThrow());
  }

  @Test
  void theUsualClipHasItsTokensInTheOrderOfTime() {
    var layout = ClipWorld.usual().layout(1);
    assertEquals(163, layout.tokens());
    assertEquals(128, layout.count(Modality.VIDEO));
    assertEquals(32, layout.count(Modality.AUDIO));
    assertArrayEquals(new int[] {0, 161, 162}, layout.of(Modality.TEXT));
    assertArrayEquals(new int[] {37, 38, 39, 40}, layout.of(Modality.AUDIO, 1, 2));
    assertEquals(8, layout.windowCount());
    assertEquals(new Layout(layout.modalities(), layout.windows()).tokens(), layout.tokens());
  }

  @Test
  void picturesAreCutIntoPatchesRowByRow() {
    var world = small(1);
    var clip = world.clip(RandomStream.of(3, "cut"));
    var picture =
        world.glyphs().drawClass(clip.glyphs()[0], world.style(), RandomStream.of(3, "again"));
    for (int y = 0; y < 8; y++) {
      for (int x = 0; x < 8; x++) {
        float pixel = clip.patches()[0][y / 4 * 2 + x / 4][y % 4 * 4 + x % 4];
        assertEquals(picture[y][x][0] - .5f, pixel);
        assertEquals(picture[y][x][0], clip.pictures()[0][y][x][0], 1e-6f);
      }
    }
  }

  @Test
  void answersAreTrueAndTonesAreHeard() {
    var world = small(5);
    var clip = world.clip(RandomStream.of(7, "answers"));
    int windows = 0;
    for (int kind = 0; kind < 3; kind++) {
      windows += clip.answer(new Question(Topic.COUNT, kind));
    }
    assertEquals(5, windows);
    for (int window = 0; window < 5; window++) {
      assertEquals(clip.glyphs()[window], clip.answer(new Question(Topic.GLYPH, window)));
      for (float[] tone : clip.tones()[window]) {
        assertTrue(tone[clip.kinds()[window]] > .5, Arrays.toString(tone));
      }
    }
  }

  @Test
  void refusesPicturesThatCannotBeCut() {
    var odd = Glyphs.of("AB").sized(9);
    var error =
        assertThrows(
            IllegalArgumentException.class,
            () -> new ClipWorld(odd, GlyphStyle.PLAIN, 2, 2, 2, 2, 0));
    assertTrue(error.getMessage().contains("sized("), error.getMessage());
  }
}

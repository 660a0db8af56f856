package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.types.Shape;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class LabelledPicturesTest {
  private static final Glyphs GLYPHS = Glyphs.of("07B").sized(12);

  @Test
  void oneSeedIsOneSetAndEachPartAnother() {
    var train = draw(GLYPHS, Split.TRAIN, 5, 1);
    assertEquals(train.digest(), draw(GLYPHS, Split.TRAIN, 5, 1).digest());
    var digests = new HashSet<String>();
    digests.add(train.digest());
    digests.add(draw(GLYPHS, Split.TEST, 5, 1).digest());
    digests.add(draw(GLYPHS, Split.TRAIN, 5, 2).digest());
    digests.add(draw(GLYPHS, Split.TRAIN, 4, 1).digest());
    digests.add(train.corrupted(Corruption.FOG, 1, 1).digest());
    digests.add(train.corrupted(Corruption.FOG, 2, 1).digest());
    digests.add(train.where(item -> item.label() > 0).digest());
    assertEquals(7, digests.size());
    assertEquals(train.digest(), train.configuration().get("pictures"));
  }

  @Test
  void partsShareNoPicture() {
    var seen = new HashSet<String>();
    int drawn = 0;
    for (var split : Split.values()) {
      var part = draw(GLYPHS, split, 8, 3);
      for (int i = 0; i < part.size(); i++) {
        var only = part.items().get(i);
        seen.add(part.where(item -> item == only).digest());
        drawn++;
      }
    }
    assertEquals(drawn, seen.size());
  }

  @Test
  void largerSetBeginsEachClassAsTheSmaller() {
    var small = draw(GLYPHS, Split.TRAIN, 2, 1);
    var large = draw(GLYPHS, Split.TRAIN, 5, 1);
    for (int label = 0; label < 3; label++) {
      for (int i = 0; i < 2; i++) {
        assertArrayEquals(
            small.items().get(2 * label + i).planes(), large.items().get(5 * label + i).planes());
      }
    }
  }

  @Test
  void pictureIsInTheTypefaceThatItSays() {
    var style = GlyphStyle.PLAIN.typefaces(Typeface.MONO_OBLIQUE, Typeface.SERIF_BOLD);
    var pictures = LabelledPictures.draw(GLYPHS, style, Split.TRAIN, 10, 4);
    for (int i = 0; i < pictures.size(); i++) {
      var item = pictures.items().get(i);
      var again =
          GLYPHS.drawClass(
              item.label(), style.typefaces(item.typeface()), RandomStream.of(9, "any"));
      assertTrue(Arrays.deepEquals(again, pictures.picture(i)), "picture " + i);
    }
    assertEquals(
        2, pictures.items().stream().map(LabelledPictures.Item::typeface).distinct().count());
  }

  @Test
  void nineTypefacesDiffer() {
    var drawn =
        Typeface.all().stream()
            .map(typeface ->
                LabelledPictures.draw(
                        Glyphs.of("R"), GlyphStyle.PLAIN.typefaces(typeface), Split.TRAIN, 1, 1)
                    .items()
                    .getFirst()
                    .planes())
            .map(Arrays::hashCode)
            .collect(Collectors.toSet());
    assertEquals(9, drawn.size());
  }

  @Test
  void batchHoldsThePlanesOfItsPicturesInOrder() {
    var pictures = draw(GLYPHS.coloured(), Split.TRAIN, 3, 5);
    try (var manager = Torch.manager()) {
      var batch = pictures.pictures(manager, 7, 2);
      assertEquals(new Shape(2, 3, 12, 12), batch.getShape());
      float[] numbers = Memory.toFloats(batch);
      for (int c = 0; c < 3; c++) {
        assertEquals(pictures.picture(2)[5][8][c], numbers[432 + c * 144 + 5 * 12 + 8]);
      }
      assertArrayEquals(new long[] {2, 0}, Memory.toLongs(pictures.labels(manager, 7, 2)));
    }
  }

  @Test
  void splitIsDisjointAndWholeAndKeepsTheOrder() {
    for (int count : new int[] {0, 1, 7, 15}) {
      var all = draw(GLYPHS, Split.TRAIN, 5, 6);
      var halves = all.split(count, RandomStream.of(count, "split"));
      assertEquals(count, halves.getFirst().size());
      var joined = new HashSet<>(halves.getFirst().items());
      joined.addAll(halves.getLast().items());
      assertEquals(15, joined.size());
      for (var half : halves) {
        var places = half.items().stream().map(all.items()::indexOf).toList();
        assertEquals(places.stream().sorted().toList(), places);
      }
    }
  }

  @Test
  void shufflingMovesPicturesAndLosesNone() {
    var all = draw(GLYPHS, Split.TRAIN, 8, 1);
    var shuffled = all.shuffled(RandomStream.of(1, "shuffle"));
    assertEquals(all.size(), shuffled.size());
    assertEquals(Set.copyOf(all.items()), Set.copyOf(shuffled.items()));
    assertNotEquals(all.items(), shuffled.items());
    assertEquals(shuffled.digest(), all.shuffled(RandomStream.of(1, "shuffle")).digest());
    assertNotEquals(shuffled.digest(), all.shuffled(RandomStream.of(2, "shuffle")).digest());
  }

  @Test
  void fewAreOfEachClassThatIsThere() {
    var uneven =
        draw(GLYPHS, Split.TRAIN, 6, 7)
            .where(item -> item.label() != 1)
            .and(draw(GLYPHS, Split.TEST, 1, 7).where(item -> item.label() == 1));
    var few = uneven.few(3, RandomStream.of(1, "few"));
    var labels = few.items().stream().map(LabelledPictures.Item::label).toList();
    assertEquals(List.of(0, 0, 0, 1, 2, 2, 2), labels);
    assertEquals(7, new HashSet<>(few.items()).size());
  }

  @Test
  void corruptedCopiesKeepLabelsAndTypefaces() {
    var clean = draw(GLYPHS, Split.TEST, 4, 8);
    var foggy = clean.corrupted(Corruption.FOG, 5, 1);
    for (int i = 0; i < clean.size(); i++) {
      assertEquals(clean.items().get(i).label(), foggy.items().get(i).label());
      assertEquals(clean.items().get(i).typeface(), foggy.items().get(i).typeface());
      assertNotEquals(clean.items().get(i).planes()[0], foggy.items().get(i).planes()[0]);
    }
  }

  @Test
  void onlyPicturesOfTheSameClassesAreJoined() {
    var other = draw(Glyphs.of("07C").sized(12), Split.TRAIN, 1, 1);
    assertThrows(IllegalArgumentException.class, () -> draw(GLYPHS, Split.TRAIN, 1, 1).and(other));
  }

  private static LabelledPictures draw(Glyphs glyphs, Split split, int perClass, long seed) {
    return LabelledPictures.draw(glyphs, GlyphStyle.MIXED, split, perClass, seed);
  }
}

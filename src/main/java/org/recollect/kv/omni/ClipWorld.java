package org.recollect.kv.omni;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;
import org.recollect.kv.omni.Question.Topic;
import org.recollect.tensor.RandomStream;

/// Where [Clip]s come from, and the few words in which one asks about them.
///
/// A picture is one glyph, cut into a grid of patches. Of the vocabulary, token 0 begins a text;
/// then there is a word for each topic, each window, each kind of tone, each glyph, and the numbers
/// from 0 to that of windows. A question is two words; its answer is one.
///
/// @param glyphs what is shown; their side is a multiple of the grid
/// @param style how it is drawn
/// @param windows of a clip
/// @param grid patches along a side of a picture
/// @param tonesPerWindow how often a window's tone is heard
/// @param kinds of tones
/// @param noise standard deviation of the normal noise on each entry of a tone's code
public record ClipWorld(
    Glyphs glyphs,
    GlyphStyle style,
    int windows,
    int grid,
    int tonesPerWindow,
    int kinds,
    double noise) {

  private static final int FIRST_WINDOW = 1 + Topic.values().length;

  public ClipWorld {
    if (windows < 1 || grid < 1 || tonesPerWindow < 1 || kinds < 2 || !(noise >= 0)) {
      throw new IllegalArgumentException(
          "A clip has at least one window, one patch, one tone a window and two kinds of tone, and noise from 0 up; got %d, %d, %d, %d and %s."
              .formatted(windows, grid, tonesPerWindow, kinds, noise));
    }
    if (glyphs.pixels() % grid != 0 || glyphs.channels() != 1) {
      throw new IllegalArgumentException(
          "Grey glyphs whose side is a multiple of %d are cut into patches; got %d pixels and %d channels: use Glyphs.of(...).sized(%d)."
              .formatted(grid, glyphs.pixels(), glyphs.channels(), 4 * grid));
    }
  }

  /// Eight windows of 4 x 4 patches and 4 tones: 160 tokens, of eight glyphs and four kinds.
  public static ClipWorld usual() {
    var glyphs = Glyphs.of("ABEHKMRX").sized(16);
    return new ClipWorld(glyphs, GlyphStyle.VARIED, 8, 4, 4, 4, .3);
  }

  /// What the tokens of a clip are between the beginning of the text and a question of two words.
  ///
  /// @param questions that follow the clip
  public Layout layout(int questions) {
    var modalities = new ArrayList<>(List.of(Modality.TEXT));
    var stretches = new ArrayList<>(List.of(-1));
    for (int window = 0; window < windows; window++) {
      modalities.addAll(Collections.nCopies(grid * grid, Modality.VIDEO));
      modalities.addAll(Collections.nCopies(tonesPerWindow, Modality.AUDIO));
      stretches.addAll(Collections.nCopies(grid * grid + tonesPerWindow, window));
    }
    modalities.addAll(Collections.nCopies(2 * questions, Modality.TEXT));
    stretches.addAll(Collections.nCopies(2 * questions, -1));
    return new Layout(modalities, stretches.stream().mapToInt(Integer::intValue).toArray());
  }

  /// A clip; glyphs and tones are drawn independently, each equally likely.
  public Clip clip(RandomStream random) {
    int[] shown = IntStream.range(0, windows).map(i -> random.nextInt(glyphs.size())).toArray();
    int[] heard = IntStream.range(0, windows).map(i -> random.nextInt(kinds)).toArray();
    var patches = new float[windows][][];
    var tones = new float[windows][tonesPerWindow][kinds];
    for (int window = 0; window < windows; window++) {
      patches[window] = cut(glyphs.drawClass(shown[window], style, random));
      for (float[] tone : tones[window]) {
        for (int kind = 0; kind < kinds; kind++) {
          tone[kind] = (float) (noise * random.nextGaussian() + (kind == heard[window] ? 1 : 0));
        }
      }
    }
    return new Clip(patches, tones, shown, heard);
  }

  /// Every question there is.
  public List<Question> questions() {
    return Stream.concat(
            IntStream.range(0, windows).mapToObj(i -> new Question(Topic.GLYPH, i)),
            IntStream.range(0, kinds).mapToObj(i -> new Question(Topic.COUNT, i)))
        .toList();
  }

  /// A question of a topic about something chosen by chance.
  public Question question(Topic topic, RandomStream random) {
    return new Question(topic, random.nextInt(topic == Topic.GLYPH ? windows : kinds));
  }

  /// A picture `[side][side][1]` as patches `[grid * grid][pixels]` about 0.
  private float[][] cut(float[][][] picture) {
    int side = patchSide();
    var patches = new float[grid * grid][side * side];
    for (int y = 0; y < picture.length; y++) {
      for (int x = 0; x < picture.length; x++) {
        patches[y / side * grid + x / side][y % side * side + x % side] = picture[y][x][0] - .5f;
      }
    }
    return patches;
  }

  private int patchSide() {
    return glyphs.pixels() / grid;
  }

  /// Pixels of a patch.
  public int patchPixels() {
    return patchSide() * patchSide();
  }

  public int vocabulary() {
    return firstNumber() + windows + 1;
  }

  /// The two words of a question.
  public int[] words(Question question) {
    int topic = 1 + question.topic().ordinal();
    return switch (question.topic()) {
      case GLYPH -> new int[] {topic, FIRST_WINDOW + question.about()};
      case COUNT -> new int[] {topic, firstKind() + question.about()};
    };
  }

  /// The word of an answer.
  public int word(Topic topic, int answer) {
    return answer
        + switch (topic) {
          case GLYPH -> firstGlyph();
          case COUNT -> firstNumber();
        };
  }

  private int firstKind() {
    return FIRST_WINDOW + windows;
  }

  private int firstGlyph() {
    return firstKind() + kinds;
  }

  private int firstNumber() {
    return firstGlyph() + glyphs.size();
  }
}

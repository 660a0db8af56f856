package org.recollect.kv.stream;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.recollect.data.Film;
import org.recollect.data.FrameStream;
import org.recollect.data.Ink;

/// Frames made of vectors, without pictures.
final class Scenes {
  private static final List<String> WORDS = FrameStream.of(64).vocabulary();

  private Scenes() {}

  /// A lexicon in which every word has an axis of its own.
  static Lexicon lexicon() {
    var vectors = new LinkedHashMap<String, float[]>();
    WORDS.forEach(word -> vectors.put(word, sees(word)));
    return new Lexicon(vectors);
  }

  /// A token of which exactly these words are true, each alike.
  static float[] sees(String... words) {
    float[] vector = new float[WORDS.size()];
    for (String word : words) {
      vector[WORDS.indexOf(word)] = 1;
    }
    return Vectors.unit(vector);
  }

  /// A film as a perfect encoder would see it, with a background of red signs.
  static List<TokenGrid> seen(Film film) {
    var grids = new ArrayList<TokenGrid>();
    for (int frame = 0; frame < film.frames(); frame++) {
      var vectors = new float[film.height() * film.width()][];
      for (int cell = 0; cell < vectors.length; cell++) {
        vectors[cell] = sees("sign", "background", "+", Ink.hues().get(cell % 6).word());
      }
      for (var event : film.events()) {
        if (event.lasts(frame)) {
          vectors[event.cell()] = sees("letter", "object", event.letter(), event.ink().word());
        }
      }
      grids.add(TokenGrid.of(frame, film.height(), film.width(), vectors));
    }
    return grids;
  }

  /// Frames of random directions, each cell a little different from the frame before, sometimes
  /// wholly.
  static List<TokenGrid> random(int frames, int height, int width, int dimensions, Random random) {
    var current = new float[height * width][];
    Arrays.setAll(current, i -> direction(dimensions, random));
    var grids = new ArrayList<TokenGrid>();
    for (int frame = 0; frame < frames; frame++) {
      var vectors = new float[current.length][];
      for (int cell = 0; cell < current.length; cell++) {
        if (random.nextInt(10) == 0) {
          current[cell] = direction(dimensions, random);
        }
        float[] moved = current[cell].clone();
        for (int i = 0; i < dimensions; i++) {
          moved[i] += (float) (.05 * random.nextGaussian());
        }
        vectors[cell] = Vectors.unit(moved);
      }
      grids.add(TokenGrid.of(frame, height, width, vectors));
    }
    return grids;
  }

  /// A lexicon of random directions for every word.
  static Lexicon randomLexicon(int dimensions, Random random) {
    var vectors = new LinkedHashMap<String, float[]>();
    WORDS.forEach(word -> vectors.put(word, direction(dimensions, random)));
    return new Lexicon(vectors);
  }

  static float[] direction(int dimensions, Random random) {
    float[] vector = new float[dimensions];
    for (int i = 0; i < dimensions; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return Vectors.unit(vector);
  }

  /// A frame of one row of these vectors.
  static TokenGrid row(int frame, float[]... vectors) {
    return TokenGrid.of(frame, 1, vectors.length, vectors);
  }

  /// A direction at this cosine to the first axis.
  static float[] at(double cosine) {
    return new float[] {(float) cosine, (float) Math.sqrt(1 - cosine * cosine), 0, 0};
  }

  /// The first axes of four.
  static float[] axis(int i) {
    float[] vector = new float[4];
    vector[i] = 1;
    return vector;
  }

  static List<Integer> cells(List<VisualToken> tokens) {
    return tokens.stream().map(VisualToken::cell).toList();
  }

  static List<Integer> frames(List<VisualToken> tokens) {
    return tokens.stream().map(VisualToken::frame).distinct().toList();
  }

  static double[] zeros(int count) {
    return IntStream.range(0, count).mapToDouble(i -> 0).toArray();
  }
}

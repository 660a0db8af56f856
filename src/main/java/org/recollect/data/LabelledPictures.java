package org.recollect.data;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;

/// Pictures with the class of each: what an image classifier learns from, or is judged by.
/// Immutable.
///
/// ```java
/// var glyphs = Glyphs.of("0123456789");
/// var train = LabelledPictures.train(glyphs, seed);
/// var forget = train.where(item -> item.label() == 3 && item.typeface() == Typeface.MONO);
/// var foggy = LabelledPictures.test(glyphs, seed).corrupted(Corruption.FOG, 3, seed);
/// ```
///
/// @param classes their names; a label is a place in this list, in every subset as well
/// @param pixels along a side
/// @param channels 1 for grey, 3 for red, green and blue
/// @param items the pictures in order
public record LabelledPictures(
    List<String> classes, int pixels, int channels, List<LabelledPictures.Item> items) {

  /// One picture.
  ///
  /// @param planes `[channels][pixels][pixels]` in one row, 0 to 1; shared by all sets that the
  ///   picture is in, and not to be written to
  /// @param label of its class
  /// @param typeface that it was drawn in
  public record Item(float[] planes, int label, Typeface typeface) {}

  public LabelledPictures {
    classes = List.copyOf(classes);
    items = List.copyOf(items);
  }

  /// Pictures to learn from: 200 of each character, in the style [GlyphStyle#MIXED].
  public static LabelledPictures train(Glyphs glyphs, long seed) {
    return draw(glyphs, GlyphStyle.MIXED, Split.TRAIN, 200, seed);
  }

  /// Pictures to be judged by, drawn from other streams: 60 of each character.
  public static LabelledPictures test(Glyphs glyphs, long seed) {
    return draw(glyphs, GlyphStyle.MIXED, Split.TEST, 60, seed);
  }

  /// Pictures of a style, class after class; a larger set begins each class with those of a smaller
  /// one. Several styles, such as domains, are drawn one by one and joined by [#and].
  ///
  /// @param split names the streams: no two parts have a picture in common
  /// @param perClass pictures of each character
  public static LabelledPictures draw(
      Glyphs glyphs, GlyphStyle style, Split split, int perClass, long seed) {
    var items = new ArrayList<Item>();
    for (int label = 0; label < glyphs.size(); label++) {
      for (int i = 0; i < perClass; i++) {
        var random = RandomStream.of(seed, "labelled pictures", split, glyphs.character(label), i);
        var typeface = random.pick(style.typefaces());
        var picture = glyphs.drawClass(label, style.typefaces(typeface), random);
        items.add(new Item(planes(picture), label, typeface));
      }
    }
    var classes = IntStream.range(0, glyphs.size()).mapToObj(glyphs::character).toList();
    return new LabelledPictures(classes, glyphs.pixels(), glyphs.channels(), items);
  }

  /// How many pictures there are.
  public int size() {
    return items.size();
  }

  /// The pictures that a condition holds of, in this order.
  public LabelledPictures where(Predicate<Item> condition) {
    return with(items.stream().filter(condition).toList());
  }

  /// These pictures and others of the same classes.
  public LabelledPictures and(LabelledPictures others) {
    if (!classes.equals(others.classes) || pixels != others.pixels || channels != others.channels) {
      throw new IllegalArgumentException(
          "Only pictures of the same size and classes can be joined, not %s and %s: draw both from the same Glyphs."
              .formatted(this, others));
    }
    return with(Stream.concat(items.stream(), others.items.stream()).toList());
  }

  /// The same pictures in random order.
  public LabelledPictures shuffled(RandomStream random) {
    return with(random.shuffle(items));
  }

  /// Some pictures at random, and the rest; both in this order.
  ///
  /// @param count of the first, 0 to [#size]
  public List<LabelledPictures> split(int count, RandomStream random) {
    var chosen = new boolean[size()];
    for (int i : random.indices(count, size())) {
      chosen[i] = true;
    }
    return Stream.of(true, false)
        .map(which ->
            with(
                IntStream.range(0, size())
                    .filter(i -> chosen[i] == which)
                    .mapToObj(items::get)
                    .toList()))
        .toList();
  }

  /// The same number of pictures of each class that is there, at random; all of a class that has
  /// fewer.
  public LabelledPictures few(int perClass, RandomStream random) {
    var few = new ArrayList<Item>();
    for (int label = 0; label < classes.size(); label++) {
      int wanted = label;
      var ofClass = where(item -> item.label() == wanted);
      int count = Math.min(perClass, ofClass.size());
      few.addAll(ofClass.split(count, random.split(label)).getFirst().items());
    }
    return with(few);
  }

  /// These pictures gone bad, each in its own way.
  ///
  /// @param severity 1 to 5
  public LabelledPictures corrupted(Corruption corruption, int severity, long seed) {
    var corrupted = new ArrayList<Item>();
    for (int i = 0; i < size(); i++) {
      var random = RandomStream.of(seed, "corrupted pictures", corruption, i);
      var worse = corruption.apply(picture(i), severity, random);
      corrupted.add(new Item(planes(worse), items.get(i).label(), items.get(i).typeface()));
    }
    return with(corrupted);
  }

  /// These pictures turned about their middle; corners that come from outside take the nearest
  /// pixel.
  ///
  /// @param degrees anticlockwise
  public LabelledPictures turned(double degrees) {
    return redrawn(picture -> SpatialCorruptions.turned(picture, degrees));
  }

  /// These pictures with their pixels in another order, the same for all.
  ///
  /// @param order the pixel that each place takes, row after row; each pixel once
  public LabelledPictures permuted(int... order) {
    if (order.length != pixels * pixels
        || Arrays.stream(order).distinct().count() != order.length) {
      throw new IllegalArgumentException(
          "An order names each of %d pixels once, but %d numbers were given."
              .formatted(pixels * pixels, order.length));
    }
    return redrawn(picture ->
        Pictures.changed(
            picture,
            (y, x, c, _) -> {
              int from = order[y * pixels + x];
              return picture[from / pixels][from % pixels][c];
            }));
  }

  private LabelledPictures redrawn(UnaryOperator<float[][][]> change) {
    var redrawn = new ArrayList<Item>();
    for (int i = 0; i < size(); i++) {
      var item = items.get(i);
      redrawn.add(new Item(planes(change.apply(picture(i))), item.label(), item.typeface()));
    }
    return with(redrawn);
  }

  /// One picture `[pixels][pixels][channels]`, such as for [Pictures#tile].
  public float[][][] picture(int index) {
    float[] planes = items.get(index).planes();
    var picture = new float[pixels][pixels][channels];
    for (int i = 0; i < planes.length; i++) {
      picture[i / pixels % pixels][i % pixels][i / (pixels * pixels)] = planes[i];
    }
    return picture;
  }

  private static float[] planes(float[][][] picture) {
    int side = picture.length;
    var planes = new float[picture[0][0].length * side * side];
    for (int i = 0; i < planes.length; i++) {
      planes[i] = picture[i / side % side][i % side][i / (side * side)];
    }
    return planes;
  }

  /// Some pictures as a batch `[indices][channels][pixels][pixels]`, float32.
  public NDArray pictures(NDManager manager, int... indices) {
    int each = channels * pixels * pixels;
    var numbers = new float[indices.length * each];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(items.get(indices[i]).planes(), 0, numbers, i * each, each);
    }
    return Memory.ofFloats(manager, numbers, indices.length, channels, pixels, pixels);
  }

  /// The labels of some pictures `[indices]`, int64.
  public NDArray labels(NDManager manager, int... indices) {
    return Memory.ofInts(manager, Arrays.stream(indices).map(i -> items.get(i).label()).toArray());
  }

  /// Everything that makes these pictures what they are, for the hash of a trial.
  public Map<String, ?> configuration() {
    return Map.of("pictures", digest());
  }

  /// SHA-256 of the classes, and of the pictures with their labels and typefaces in order, in
  /// lower-case hexadecimal.
  public String digest() {
    var sha = Split.sha256();
    var shape = "%s %d %d ".formatted(new TextDigest().add(classes).hex(), pixels, channels);
    sha.update(shape.getBytes(StandardCharsets.UTF_8));
    var buffer = ByteBuffer.allocate(Float.BYTES * channels * pixels * pixels + 2 * Integer.BYTES);
    for (Item item : items) {
      buffer.clear().putInt(item.label()).putInt(item.typeface().ordinal());
      buffer.slice().asFloatBuffer().put(item.planes());
      sha.update(buffer.rewind());
    }
    return HexFormat.of().formatHex(sha.digest());
  }

  @Override
  public String toString() {
    return "%,d pictures of %d x %d x %d in %d classes"
        .formatted(size(), channels, pixels, pixels, classes.size());
  }

  private LabelledPictures with(List<Item> others) {
    return new LabelledPictures(classes, pixels, channels, others);
  }
}

package org.recollect.unlearning.vision;

import java.util.Map;
import java.util.function.Function;
import org.recollect.model.ImageClassifier;
import org.recollect.tensor.Memory;

/// One step of the weights in a direction found at its beginning, taken in equal parts. Mutable;
/// owns the classifier.
final class Stride extends Erasing {
  private final int parts;
  private final Function<ImageClassifier, Map<String, float[]>> finding;
  private Map<String, float[]> displacement;
  private int taken;

  /// @param copy that the step changes; owned from now on
  /// @param parts in which the step is taken, at least 1
  /// @param finding the whole step, by the name of each weight
  Stride(ImageClassifier copy, int parts, Function<ImageClassifier, Map<String, float[]>> finding) {
    super(copy, true);
    this.parts = parts;
    this.finding = finding;
  }

  static void check(double size, int parts) {
    if (!(size > 0) || parts < 1) {
      throw new IllegalArgumentException(
          "A step has a size above 0 and is taken in at least one part; got %s and %d."
              .formatted(size, parts));
    }
  }

  @Override
  public boolean advance() {
    if (taken == parts) {
      return false;
    }
    if (displacement == null) {
      displacement = finding.apply(classifier());
    }
    displacement.forEach(this::move);
    taken++;
    return true;
  }

  private void move(String name, float[] whole) {
    var weight = classifier().weights().get(name);
    float[] values = Memory.toFloats(weight);
    for (int i = 0; i < values.length; i++) {
      values[i] += whole[i] / parts;
    }
    Memory.write(weight, values);
  }
}

package org.recollect.retrieval.search;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.recollect.data.Library;
import org.recollect.data.Passage;
import org.recollect.tensor.RandomStream;

/// An encoder that looks up vectors, for texts that are numbers.
record Given(String name, List<float[]> vectors) implements Encoder {

  static Given random(int count, int dimensions, long seed) {
    var random = RandomStream.of(seed, "vectors");
    return new Given(
        "given", IntStream.range(0, count).mapToObj(_ -> random.gaussians(dimensions)).toList());
  }

  /// Passage `i` has the vector `i`.
  static Library library(int passages) {
    return Library.of(
        "numbers",
        IntStream.range(0, passages).mapToObj(i -> new Passage("p" + i, "", "" + i)).toList());
  }

  @Override
  public List<float[]> embedAll(List<String> passages) {
    return passages.stream().map(text -> vectors.get(Integer.parseInt(text))).toList();
  }

  @Override
  public Map<String, ?> configuration() {
    return new LinkedHashMap<>(Map.of("name", name));
  }

  double cosine(int a, int b) {
    return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  }

  private double dot(int a, int b) {
    double sum = 0;
    for (int i = 0; i < vectors.get(a).length; i++) {
      sum += (double) vectors.get(a)[i] * vectors.get(b)[i];
    }
    return sum;
  }
}

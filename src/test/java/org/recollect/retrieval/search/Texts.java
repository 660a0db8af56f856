package org.recollect.retrieval.search;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.recollect.data.Library;
import org.recollect.data.Passage;
import org.recollect.tensor.RandomStream;

/// Random passages of invented words.
final class Texts {
  private static final List<String> SYLLABLES =
      List.of("ka", "ro", "mi", "ten", "sul", "va", "gor", "pe", "lin", "du", "fos", "ya");

  private Texts() {}

  static String word(RandomStream random) {
    return IntStream.range(0, 2 + random.nextInt(3))
        .mapToObj(_ -> random.pick(SYLLABLES))
        .collect(Collectors.joining());
  }

  static List<String> vocabulary(int size, RandomStream random) {
    return IntStream.range(0, size).mapToObj(_ -> word(random)).distinct().toList();
  }

  /// Words are the rarer the later they stand in the vocabulary.
  static String sentence(int words, List<String> vocabulary, RandomStream random) {
    return IntStream.range(0, words)
        .mapToObj(_ -> {
          double u = random.nextDouble();
          return vocabulary.get((int) (u * u * vocabulary.size()));
        })
        .collect(Collectors.joining(" "));
  }

  static Library library(int passages, int words, long seed) {
    var random = RandomStream.of(seed, "library");
    var vocabulary = vocabulary(Math.max(20, passages * 2), random);
    var list = new ArrayList<Passage>();
    for (int i = 0; i < passages; i++) {
      list.add(
          new Passage(
              "p" + i,
              random.nextInt(5) == 0 ? "" : sentence(1 + random.nextInt(3), vocabulary, random),
              sentence(1 + random.nextInt(words), vocabulary, random)));
    }
    return Library.of("random " + seed, list);
  }

  static List<String> queries(Library library, int count, long seed) {
    var random = RandomStream.of(seed, "queries");
    return IntStream.range(0, count)
        .mapToObj(_ -> {
          var words = Words.of(random.pick(library.passages()).whole());
          return random.pick(words) + ", " + random.pick(words) + " " + random.pick(words) + "?";
        })
        .toList();
  }

  static List<String> ids(List<Hit> hits) {
    return hits.stream().map(hit -> hit.passage().id()).toList();
  }
}

package org.recollect.unlearning.analytic;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.recollect.tensor.RandomStream;

/// Requests that come one after the other: first for samples at random, then for whole classes.
///
/// @param requests for samples
/// @param least share of what is left that one asks for, above 0
/// @param most share of the same, below 1
/// @param classes that are asked for in the end, one by one
public record Deletions(int requests, double least, double most, int classes) {

  public Deletions {
    if (requests < 0 || classes < 0 || requests + classes == 0) {
      throw new IllegalArgumentException(
          "There are %d requests for samples and %d for classes: ask for one or more."
              .formatted(requests, classes));
    }
    if (!(least > 0 && least <= most && most < 1)) {
      throw new IllegalArgumentException(
          "A request takes a share of what is left, above 0 and below 1, not %s to %s."
              .formatted(least, most));
    }
  }

  /// Requests for 1 to 5 % of what is left.
  public static Deletions ofSamples(int requests) {
    return new Deletions(requests, 0.01, 0.05, 0);
  }

  /// The same, and then requests for classes.
  public Deletions thenClasses(int classes) {
    return new Deletions(requests, least, most, classes);
  }

  /// How many requests there are in all.
  public int size() {
    return requests + classes;
  }

  /// Draws them.
  ///
  /// @param labels of all samples
  /// @throws IllegalArgumentException if so many requests would leave fewer than two classes
  List<Deletion> draw(int[] labels, long seed) {
    var deletions = new ArrayList<Deletion>();
    int[] left = IntStream.range(0, labels.length).toArray();
    for (int number = 0; number < size(); number++) {
      var random = RandomStream.of(seed, "deletion", number);
      var next = number < requests ? samples(left, random) : wholeClass(left, labels, random);
      deletions.add(next);
      left = without(left, next);
    }
    return List.copyOf(deletions);
  }

  private Deletion samples(int[] left, RandomStream random) {
    double share = least + (most - least) * random.nextDouble();
    int count = (int) Math.max(1, Math.round(share * left.length));
    int[] places = random.indices(count, left.length);
    return new Deletion(
        Arrays.stream(places).map(i -> left[i]).sorted().toArray(), OptionalInt.empty());
  }

  private static Deletion wholeClass(int[] left, int[] labels, RandomStream random) {
    var there = Arrays.stream(left).map(i -> labels[i]).distinct().boxed().toList();
    if (there.size() < 3) {
      throw new IllegalArgumentException(
          "A request for a class would leave fewer than two of %d: ask for fewer classes."
              .formatted(there.size()));
    }
    int label = random.pick(there);
    return new Deletion(
        Arrays.stream(left).filter(i -> labels[i] == label).toArray(), OptionalInt.of(label));
  }

  /// What a request leaves of some samples, in their order.
  static int[] without(int[] left, Deletion deletion) {
    var gone = Arrays.stream(deletion.samples()).boxed().collect(Collectors.toSet());
    return Arrays.stream(left).filter(i -> !gone.contains(i)).toArray();
  }
}

package org.recollect.unlearning.vision;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.recollect.data.LabelledPictures;
import org.recollect.data.LabelledPictures.Item;
import org.recollect.tensor.RandomStream;

/// A request to erase pictures from a classifier, and what it is judged by.
///
/// @param name as captions show it
/// @param forget what is to be forgotten; it was learned
/// @param retain what was learned and is to be kept
/// @param testForget unseen pictures of the kind that is forgotten; empty where single pictures are
///   forgotten, whose kind is not
/// @param testRetain unseen pictures of what is kept
public record Erasure(
    String name,
    LabelledPictures forget,
    LabelledPictures retain,
    LabelledPictures testForget,
    LabelledPictures testRetain) {

  public Erasure {
    if (forget.size() == 0 || retain.size() == 0 || testRetain.size() == 0) {
      throw new IllegalArgumentException(
          "The request '%s' needs pictures to forget, to keep and to be judged by; it has %d, %d and %d."
              .formatted(name, forget.size(), retain.size(), testRetain.size()));
    }
  }

  /// All pictures of a kind, such as a class or one typeface of a class.
  public static Erasure of(
      String name, LabelledPictures train, LabelledPictures test, Predicate<Item> kind) {
    return new Erasure(
        name,
        train.where(kind),
        train.where(kind.negate()),
        test.where(kind),
        test.where(kind.negate()));
  }

  /// All pictures of some classes.
  public static Erasure ofClasses(
      LabelledPictures train, LabelledPictures test, Integer... labels) {
    var wanted = Set.of(labels);
    var names = new ArrayList<String>();
    wanted.stream().sorted().forEach(label -> names.add(train.classes().get(label)));
    return of(
        "class " + String.join(", ", names), train, test, item -> wanted.contains(item.label()));
  }

  /// Single pictures at random.
  public static Erasure ofPictures(
      LabelledPictures train, LabelledPictures test, int count, long seed) {
    var parts = train.split(count, RandomStream.of(seed, "to be forgotten"));
    return new Erasure(
        count + " pictures", parts.getFirst(), parts.getLast(), test.where(_ -> false), test);
  }

  /// Requests for classes, one after the other. What an earlier request was for is in no part of a
  /// later one.
  ///
  /// @param perRequest classes of each request, the first ones in the order of the labels first
  public static List<Erasure> sequence(
      LabelledPictures train, LabelledPictures test, int requests, int perRequest) {
    var erasures = new ArrayList<Erasure>();
    for (int index = 0; index < requests; index++) {
      int from = index * perRequest;
      int to = from + perRequest;
      var next = new HashSet<Integer>();
      for (int label = from; label < to; label++) {
        next.add(label);
      }
      Predicate<Item> left = item -> item.label() >= from;
      erasures.add(ofClasses(train.where(left), test.where(left), next.toArray(Integer[]::new)));
    }
    return List.copyOf(erasures);
  }

  /// All that the full model learned.
  public LabelledPictures learned() {
    return retain.and(forget);
  }

  /// Everything that makes this request what it is, for the hash of a trial.
  public Map<String, ?> configuration() {
    return Map.of(
        "forget",
        forget.configuration(),
        "retain",
        retain.configuration(),
        "test forget",
        testForget.configuration(),
        "test retain",
        testRetain.configuration());
  }
}

package org.recollect.unlearning.vision;

import java.util.function.Consumer;
import org.recollect.model.ImageClassifier;

/// A classifier on its way to forgetting. Mutable; closes what it owns.
public abstract class Erasing implements AutoCloseable {
  private final ImageClassifier classifier;
  private final boolean owned;

  /// @param classifier whose weights change
  /// @param owned whether it is closed with this
  protected Erasing(ImageClassifier classifier, boolean owned) {
    this.classifier = classifier;
    this.owned = owned;
  }

  /// Goes a step further: one update of the weights, or the whole of a method that knows no less.
  ///
  /// @return false if there is nothing more to do, or the next step would lead to weights that are
  ///   no numbers; nothing has changed then
  public abstract boolean advance();

  /// The classifier as it stands.
  public final ImageClassifier classifier() {
    return classifier;
  }

  /// How many numbers the method trains: all that are learned along their gradients, where it says
  /// nothing else.
  public long trained() {
    return classifier.weights().asMap().entrySet().stream()
        .filter(weight -> classifier.learns(weight.getKey()))
        .mapToLong(weight -> weight.getValue().size())
        .sum();
  }

  @Override
  public void close() {
    if (owned) {
      classifier.close();
    }
  }

  /// A classifier that stays as it is, and is not owned.
  public static Erasing none(ImageClassifier classifier) {
    return new Erasing(classifier, false) {
      @Override
      public boolean advance() {
        return false;
      }

      @Override
      public long trained() {
        return 0;
      }
    };
  }

  /// A method of one step.
  ///
  /// @param copy that the step changes; owned from now on
  public static Erasing atOnce(ImageClassifier copy, Consumer<ImageClassifier> step) {
    return new Erasing(copy, true) {
      private boolean done;

      @Override
      public boolean advance() {
        if (done) {
          return false;
        }
        step.accept(classifier());
        done = true;
        return true;
      }
    };
  }
}

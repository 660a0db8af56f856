package org.recollect.continual;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.recollect.data.Example.Picture;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Lesson;
import org.recollect.model.Adaptable;
import org.recollect.model.Adapter;
import org.recollect.model.ImageClassifier;
import org.recollect.model.Overlay;
import org.recollect.model.VisionTransformer;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;
import org.recollect.train.PictureCost;

/// A classifier of pictures in training. In a task-incremental stream each picture's class is
/// chosen among those of its task, in training as in tests.
public final class PictureTrainee extends Trainee {
  private static final int ROWS = 200;

  /// Large enough that its exponential is 0, and finite.
  private static final float NEVER = -1e9f;

  private final ImageClassifier base;
  private final int pixels;
  private final Optional<List<SequencedSet<Integer>>> classesOfTasks;
  private ImageClassifier model;

  /// @param base whose weights are trained in place; owned
  /// @param pixels along a side of the pictures
  /// @param classesOfTasks the labels of each task, where a model is told the task
  PictureTrainee(
      ImageClassifier base,
      int pixels,
      Optional<List<SequencedSet<Integer>>> classesOfTasks,
      Effort effort) {
    super(effort);
    this.base = base;
    this.model = base;
    this.pixels = pixels;
    this.classesOfTasks = classesOfTasks;
  }

  /// The model with what is laid over it.
  public ImageClassifier model() {
    return model;
  }

  @Override
  public Weights weights() {
    return base.weights();
  }

  @Override
  public Weights learned() {
    return base.trainable();
  }

  @Override
  public Adaptable<?> adaptable() {
    return transformer();
  }

  private VisionTransformer transformer() {
    if (base instanceof VisionTransformer transformer) {
      return transformer;
    }
    throw new IllegalStateException(
        "A %s has no linear maps to lay anything over: take Base.visionTransformer()."
            .formatted(base.getClass().getSimpleName()));
  }

  @Override
  void laid(List<Overlay> laid) {
    model = base;
    for (Overlay overlay : laid) {
      model = overlay.on((VisionTransformer) (model == base ? transformer() : model));
    }
  }

  @Override
  void alsoLaid(Map<String, Adapter> observers) {
    transformer();
    observers.forEach((map, observer) -> model = ((VisionTransformer) model).adapt(map, observer));
  }

  private NDManager manager() {
    return base.weights().asMap().values().iterator().next().getManager();
  }

  @Override
  public NDArray features(List<Lesson> lessons) {
    int side = pixels * pixels;
    var first = item(lessons.getFirst()).planes();
    int channels = first.length / side;
    var numbers = new float[lessons.size() * first.length];
    for (int i = 0; i < lessons.size(); i++) {
      System.arraycopy(item(lessons.get(i)).planes(), 0, numbers, i * first.length, first.length);
    }
    spend(0, PictureCost.forward(base, pixels) * lessons.size());
    var pictures = Memory.ofFloats(manager(), numbers, lessons.size(), channels, pixels, pixels);
    return (learning() ? model.training() : model).features(pictures);
  }

  @Override
  public NDArray head(NDArray features, List<Lesson> lessons) {
    var logits = model.head(features);
    return classesOfTasks.map(classes -> logits.add(barred(classes, lessons))).orElse(logits);
  }

  /// What keeps each row to the classes of its task `[rows][classes]`.
  private NDArray barred(List<SequencedSet<Integer>> classesOfTasks, List<Lesson> lessons) {
    int classes = base.classes();
    var barred = new float[lessons.size() * classes];
    for (int row = 0; row < lessons.size(); row++) {
      var allowed = classesOfTasks.get(lessons.get(row).task());
      for (int label = 0; label < classes; label++) {
        barred[row * classes + label] = allowed.contains(label) ? 0 : NEVER;
      }
    }
    return Memory.ofFloats(manager(), barred, lessons.size(), classes);
  }

  @Override
  public NDArray targets(List<Lesson> lessons) {
    return Memory.ofInts(
        manager(), lessons.stream().mapToInt(lesson -> item(lesson).label()).toArray());
  }

  @Override
  public SequencedSet<Integer> labels(List<Lesson> lessons) {
    return new TreeSet<>(lessons.stream().map(lesson -> item(lesson).label()).toList());
  }

  private static LabelledPictures.Item item(Lesson lesson) {
    if (lesson.example() instanceof Picture(LabelledPictures.Item item)) {
      return item;
    }
    throw new IllegalArgumentException(
        "A classifier of pictures cannot read: give a stream of pictures.");
  }

  @Override
  public double score(List<Lesson> lessons) {
    int right = 0;
    for (int from = 0; from < lessons.size(); from += ROWS) {
      var some = lessons.subList(from, Math.min(from + ROWS, lessons.size()));
      try (var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        long[] likeliest = Memory.toLongs(logits(some).argMax(1));
        for (int i = 0; i < likeliest.length; i++) {
          right += likeliest[i] == item(some.get(i)).label() ? 1 : 0;
        }
      }
    }
    return (double) right / lessons.size();
  }

  @Override
  PictureTrainee bare() {
    var copy = base.withWeights(base.weights().copy());
    return new PictureTrainee(copy, pixels, classesOfTasks, effort());
  }

  @Override
  void closeModel() {
    base.close();
  }
}

package org.recollect.continual;

import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;
import org.recollect.data.Example;
import org.recollect.data.Example.Picture;
import org.recollect.data.LabelledPictures;
import org.recollect.data.Scenario;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import org.recollect.lab.Meter;
import org.recollect.model.ConvNet;
import org.recollect.model.ImageClassifier;
import org.recollect.model.VisionConfig;
import org.recollect.model.VisionTransformer;
import org.recollect.tensor.RandomStream;

/// A classifier of pictures that knows nothing, see [Base#convNet] and [Base#visionTransformer].
///
/// @param transformer whether it is a [VisionTransformer], and not a [ConvNet]
record PictureBase(boolean transformer) implements Base {
  /// Patches along a side of a picture that a Transformer reads.
  private static final int PATCHES = 4;

  @Override
  public String name() {
    return transformer ? "ViT" : "ConvNet";
  }

  @Override
  public Optional<Task> general() {
    return Optional.empty();
  }

  @Override
  public Trainee begin(TaskStream stream, long seed, Meter meter) {
    var classes = stream.tasks().stream().map(PictureBase::labels).toList();
    var all = new TreeSet<Integer>();
    classes.forEach(all::addAll);
    var first = item(stream.tasks().getFirst().train().getFirst());
    int pixels = (int) Math.round(Math.sqrt(first.planes().length));
    boolean told = stream.scenario() == Scenario.TASK_INCREMENTAL;
    return new PictureTrainee(
        classifier(pixels, all.last() + 1, RandomStream.of(seed, "base")),
        pixels,
        told ? Optional.of(classes) : Optional.empty(),
        new Effort(meter));
  }

  private ImageClassifier classifier(int pixels, int classes, RandomStream random) {
    if (!transformer) {
      return ConvNet.random(1, classes, random);
    }
    if (pixels % PATCHES != 0) {
      throw new IllegalArgumentException(
          "A Transformer cuts pictures into %d by %d patches, which %d pixels are no multiple of: draw them in another size."
              .formatted(PATCHES, PATCHES, pixels));
    }
    var config = new VisionConfig(1, pixels, pixels / PATCHES, 64, 4, 4, 128, classes);
    return VisionTransformer.random(config, random);
  }

  private static SequencedSet<Integer> labels(Task task) {
    var labels = new LinkedHashSet<Integer>();
    task.train().forEach(example -> labels.add(item(example).label()));
    return labels;
  }

  private static LabelledPictures.Item item(Example example) {
    if (example instanceof Picture(var item)) {
      return item;
    }
    throw new IllegalArgumentException(
        "A classifier of pictures cannot read: take Base.words(...), or a stream of pictures.");
  }
}

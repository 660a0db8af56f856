package org.recollect.unlearning.vision;

import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.recollect.data.LabelledPictures;
import org.recollect.tensor.RandomStream;

/// An arm that is given fewer pictures than there are, as in practice, where what a model was
/// taught with is mostly gone (Zhao et al., "Practical Continual Forgetting for Pre-trained Vision
/// Models", 2025, arXiv:2501.09705, which names a tenth of what is kept, a few of each class, and
/// kept classes without any). It is judged by all of them.
///
/// ```java
/// Scarce.of(GroupSparseLora.plusPlus()).few(4)
/// ```
///
/// @param name as tables show it
/// @param eraser the arm itself
/// @param share of the pictures to keep that it is given, at random, above 0 to 1
/// @param few pictures of each class, to forget and to keep, that it is given; empty for all
/// @param missing share of the classes to keep of which it is given none, at random, 0 to below 1
public record Scarce(
    String name, Eraser eraser, double share, Optional<Integer> few, double missing)
    implements Eraser {

  public Scarce {
    if (!(share > 0 && share <= 1 && missing >= 0 && missing < 1) || few.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "What is given is a share above 0 up to 1, of each class at least one picture, and less than all classes are missing; got %s, %s and %s."
              .formatted(share, few.map(String::valueOf).orElse("all"), missing));
    }
  }

  /// An arm, with everything as yet.
  public static Scarce of(Eraser eraser) {
    return new Scarce(eraser.name(), eraser, 1, Optional.empty(), 0);
  }

  /// The same with a share of the pictures to keep.
  public Scarce keeping(double share) {
    return new Scarce(name, eraser, share, few, missing);
  }

  /// The same with a few pictures of each class, to forget and to keep.
  public Scarce few(int perClass) {
    return new Scarce(name, eraser, share, Optional.of(perClass), missing);
  }

  /// The same without a share of the classes to keep.
  public Scarce missing(double share) {
    return new Scarce(name, eraser, this.share, few, share);
  }

  /// The same under another name.
  public Scarce named(String name) {
    return new Scarce(name, eraser, share, few, missing);
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "of",
        eraser.getClass().getName(),
        "eraser",
        eraser.configuration(),
        "share",
        share,
        "few",
        few.orElse(0),
        "missing",
        missing);
  }

  @Override
  public boolean ignores(String setting) {
    return eraser.ignores(setting);
  }

  @Override
  public PictureLearner learner(PictureLearner studied) {
    return eraser.learner(studied);
  }

  @Override
  public Erasing begin(PictureRequest request) {
    return eraser.begin(request.given(fewOf(request.forget(), request), kept(request)));
  }

  private LabelledPictures kept(PictureRequest request) {
    var there = new TreeSet<Integer>();
    request.retain().items().forEach(item -> there.add(item.label()));
    var order = RandomStream.of(request.seed(), "missing classes").shuffle(there.stream().toList());
    var gone = order.subList(0, (int) Math.round(missing * order.size()));
    var known = request.retain().where(item -> !gone.contains(item.label()));
    int count = Math.max(1, (int) Math.round(share * known.size()));
    var some = known.split(count, RandomStream.of(request.seed(), "what may be kept")).getFirst();
    return fewOf(some, request);
  }

  private LabelledPictures fewOf(LabelledPictures pictures, PictureRequest request) {
    return few.map(count -> pictures.few(count, RandomStream.of(request.seed(), "few")))
        .orElse(pictures);
  }
}

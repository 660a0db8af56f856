package org.recollect.unlearning.vision;

import java.util.ArrayList;
import java.util.Map;
import org.recollect.data.LabelledPictures;
import org.recollect.tensor.RandomStream;
import org.recollect.train.Classification;

/// Random relabelling, the first half of amnesiac unlearning (Graves, Nagisetty & Ganesh, "Amnesiac
/// Machine Learning", 2021, arXiv:2010.10981, section 3.1): each picture to forget gets a wrong
/// label at random, once, and these are learned with the cross-entropy.
record RandomRelabelling() implements PictureTerm {

  @Override
  public Map<String, ?> configuration() {
    return Map.of("term", "random relabelling");
  }

  @Override
  public Objective begin(PictureRequest request) {
    var relabelled = relabelled(request.forget(), request.seed());
    return (model, _, batch) -> Classification.loss(model, relabelled, batch);
  }

  /// The same pictures in the same order, each with a label that is not its own, each of the others
  /// being equally likely.
  static LabelledPictures relabelled(LabelledPictures pictures, long seed) {
    int classes = pictures.classes().size();
    var random = RandomStream.of(seed, "wrong labels");
    var items = new ArrayList<LabelledPictures.Item>();
    for (var item : pictures.items()) {
      int wrong = (item.label() + 1 + random.nextInt(classes - 1)) % classes;
      items.add(new LabelledPictures.Item(item.planes(), wrong, item.typeface()));
    }
    return new LabelledPictures(pictures.classes(), pictures.pixels(), pictures.channels(), items);
  }
}

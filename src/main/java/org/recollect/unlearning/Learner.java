package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Configured;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;

/// The subject of a study of unlearning: a model before it has been told anything, and how it is
/// told. The study teaches it twice from the same seed, with what is to be forgotten and without.
///
/// ```java
/// Learner.small();                                   // a model of a quarter of a million weights
/// Learner.of(Models.load(Path.of("/path/to/a/llama/folder")));   // your own checkpoint
/// ```
public sealed interface Learner extends Configured {

  /// As captions name it.
  String name();

  /// How it is told facts.
  Memorising lessons();

  /// The same, told in another way.
  Learner taughtBy(Memorising lessons);

  /// A model that has been told nothing. The caller closes it.
  ///
  /// @param vocabulary all texts that it will ever read
  LanguageModel beginner(Collection<String> vocabulary, long seed);

  /// A model of 64 channels in 4 layers that reads whole words: about a quarter of a million
  /// weights, which know seven hundred answers by heart after half a minute.
  static Learner small() {
    return new Blank(64, 4, Memorising.byHeart());
  }

  /// A model of this shape with random weights, in heads of 32 channels and with a feed-forward
  /// layer of 8/3 of its width.
  ///
  /// @param hidden a multiple of 32
  static Learner blank(int hidden, int layers) {
    return new Blank(hidden, layers, Memorising.byHeart());
  }

  /// A trained model, which must outlive the study: 10 epochs at 1e-4.
  static Learner of(LanguageModel pretrained) {
    return new Pretrained(pretrained, new Memorising(10, 16, 1e-4));
  }

  /// The model that has been told some items; of an earlier call, if the cache has it. The caller
  /// closes it.
  ///
  /// @param world whose texts make the vocabulary
  /// @param items of this world, at least one
  default LanguageModel taught(ForgetSplit world, List<QaItem> items, long seed) {
    var beginner = beginner(texts(world), seed);
    var weights =
        Checkpoints.cached()
            .get(
                () -> {
                  var pupil = beginner.withWeights(beginner.weights().copy());
                  lessons().teach(pupil, items, seed);
                  return pupil.weights();
                },
                configuration(),
                world.digest(),
                items,
                seed);
    beginner.weights().close();
    return switch (this) {
      case Blank _ -> new LanguageModel(beginner.config(), weights, beginner.tokenizer());
      case Pretrained known -> known.model.withWeights(weights);
    };
  }

  /// All texts of a world, what baselines say in their place, and what attackers say before.
  private static List<String> texts(ForgetSplit world) {
    var texts = new ArrayList<String>();
    for (var part : List.of(world.learned(), world.holdout())) {
      for (QaItem item : part) {
        texts.add(item.question());
        texts.addAll(item.rephrasings());
        texts.add(" " + item.answer());
        item.paraphrases().forEach(text -> texts.add(" " + text));
        item.perturbed().forEach(text -> texts.add(" " + text));
      }
    }
    Refusals.ALL.forEach(text -> texts.add(" " + text));
    texts.addAll(Prefixing.PREFIXES);
    return texts;
  }

  /// A model with random weights, of words.
  record Blank(int hidden, int layers, Memorising lessons) implements Learner {
    private static final int HEAD = 32;
    private static final int CONTEXT = 512;

    public Blank {
      if (hidden < HEAD || hidden % HEAD != 0 || layers < 1) {
        throw new IllegalArgumentException(
            "A learner has heads of %d channels and at least one layer, not %d channels and %d layers."
                .formatted(HEAD, hidden, layers));
      }
    }

    @Override
    public String name() {
      return "a learner of %d channels and %d layers".formatted(hidden, layers);
    }

    @Override
    public Learner taughtBy(Memorising other) {
      return new Blank(hidden, layers, other);
    }

    @Override
    public LanguageModel beginner(Collection<String> vocabulary, long seed) {
      return Models.ofWords(vocabulary, hidden, HEAD, layers, CONTEXT, seed);
    }
  }

  /// A copy of a trained model.
  record Pretrained(LanguageModel model, Memorising lessons) implements Learner {

    @Override
    public String name() {
      return model.config().size();
    }

    @Override
    public Learner taughtBy(Memorising other) {
      return new Pretrained(model, other);
    }

    @Override
    public Map<String, ?> configuration() {
      return Map.of("weights", model.weights().digest(), "lessons", lessons);
    }

    @Override
    public LanguageModel beginner(Collection<String> vocabulary, long seed) {
      return model.withWeights(model.weights().copy());
    }
  }
}

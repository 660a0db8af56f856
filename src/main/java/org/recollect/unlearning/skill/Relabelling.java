package org.recollect.unlearning.skill;

import java.util.ArrayList;
import java.util.List;
import org.recollect.data.MultipleChoice;
import org.recollect.data.QaItem;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.train.AdamW;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;
import org.recollect.unlearning.QaBatch;

/// Forgetting by new labels (Zhang, Choshen and Andreas, "Unforgettable Generalization in Language
/// Models", COLM 2024, arXiv:2409.02228): all weights are trained on the questions of a skill with
/// answers that are drawn once and for all,
///
/// `L = -ln p(y' | question)`, `y'` uniform among the two choices,
///
/// until the model is right about half of its training questions. Whether it then is right about
/// half of all others too is the paper's question. Flipped labels, `y'` always the wrong choice,
/// and gradient ascent on the right ones, `L = ln p(y | question)`, stand beside it.
///
/// AdamW with a decay of 0.01 at a constant rate, gradients no longer than 1. The paper trains
/// Llama 2 of 7 billion weights at 1e-4; rate and epochs for models of this size are ours
/// (inferred), as is that the choices do not stand in the question.
///
/// @param labels what is trained on
/// @param epochs how often each question is read, at least 1
/// @param rows questions in a batch, at least 1
/// @param rate learning rate, above 0
public record Relabelling(Labels labels, int epochs, int rows, double rate) implements SkillArm {

  /// Answers to train on.
  public enum Labels {
    /// One of the choices, each equally likely.
    RANDOM("random labels"),
    /// The wrong choice.
    FLIPPED("flipped labels"),
    /// The right choice, up its loss.
    ASCENT("gradient ascent"),
    /// The right choice: more of what the model was taught.
    RIGHT("right labels");

    private final String title;

    Labels(String title) {
      this.title = title;
    }

    private String of(MultipleChoice item, RandomStream random) {
      return switch (this) {
        case RANDOM -> item.choices().get(random.nextInt(2));
        case FLIPPED -> item.choices().get(1 - item.answer());
        case ASCENT, RIGHT -> item.right();
      };
    }
  }

  public Relabelling {
    if (epochs < 1 || rows < 1 || !(rate > 0)) {
      throw new IllegalArgumentException(
          "Relabelling takes at least one epoch in batches of at least one question at a rate above 0; got %d epochs of %d at %s."
              .formatted(epochs, rows, rate));
    }
  }

  /// Random labels.
  public static Relabelling random() {
    return new Relabelling(Labels.RANDOM, 12, 32, 1e-3);
  }

  /// Always the wrong label.
  public static Relabelling flipped() {
    return random().labels(Labels.FLIPPED);
  }

  /// Up the loss of the right labels, for one epoch: it has no end that it could reach.
  public static Relabelling ascent() {
    return random().labels(Labels.ASCENT).epochs(1);
  }

  /// The same with other labels.
  public Relabelling labels(Labels labels) {
    return new Relabelling(labels, epochs, rows, rate);
  }

  /// The same for another number of epochs.
  public Relabelling epochs(int epochs) {
    return new Relabelling(labels, epochs, rows, rate);
  }

  /// The same at another rate.
  public Relabelling rate(double rate) {
    return new Relabelling(labels, epochs, rows, rate);
  }

  @Override
  public String name() {
    return labels.title;
  }

  @Override
  public boolean taught() {
    return true;
  }

  /// Who has learned flipped labels is right where the model was wrong, all others half of the
  /// time.
  @Override
  public double floor(double before) {
    return labels == Labels.FLIPPED ? 1 - before : 0.5;
  }

  @Override
  public void forget(
      LanguageModel model, List<MultipleChoice> items, long seed, Meter meter, Runnable after) {
    var relabelled = relabelled(items, seed);
    var optimizer = new AdamW(0.9, 0.95, 1e-8, 0.01);
    double sign = labels == Labels.ASCENT ? -1 : 1;
    try (var trainer = new Trainer(model.weights(), optimizer, new Schedule.Constant(rate), 1)) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        var order = RandomStream.of(seed, "relabelled", epoch).shuffle(relabelled);
        for (int from = 0; from < order.size(); from += rows) {
          var batch = QaBatch.of(model, order.subList(from, Math.min(order.size(), from + rows)));
          trainer.step(() -> Ops.scale(batch.meanLoss(model), sign));
          long tokens = batch.batch().tokens();
          meter.tokens(tokens).flop(6.0 * model.weights().parameters() * tokens);
          after.run();
        }
      }
    }
  }

  /// The questions with the answers that are trained on; a longer list begins as a shorter one.
  List<QaItem> relabelled(List<MultipleChoice> items, long seed) {
    var random = RandomStream.of(seed, "labels");
    var relabelled = new ArrayList<QaItem>();
    for (var item : items) {
      relabelled.add(new QaItem("skill", item.question(), labels.of(item, random)));
    }
    return relabelled;
  }
}

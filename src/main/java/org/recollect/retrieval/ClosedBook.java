package org.recollect.retrieval;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.recollect.data.OpenQuestion;
import org.recollect.data.World;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Configured;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.RandomStream;
import org.recollect.train.AdamW;
import org.recollect.train.Batch;
import org.recollect.train.NextToken;
import org.recollect.train.Schedule;
import org.recollect.train.SequenceSource.Sequence;
import org.recollect.train.Trainer;

/// How a small model comes to know a world, to answer from memory (E1 of the method sheets). It
/// reads what the world is told, each fact as often as the world says, and between that the
/// questions of the training part with their answers, so that it knows what an answer looks like.
/// What it recalls of other entities follows from what it has read; nobody tells it what it knows.
///
/// The defaults are inferred, but for the rate's cosine and AdamW.
///
/// @param hidden channels, a multiple of 24
/// @param layers at least 1
/// @param steps of training
/// @param rows texts in a step
/// @param rate the highest learning rate
/// @param heldBack share of the entities of the training part about which it is taught no answer, 0
///   to below 1: what it says of them is what it knows
public record ClosedBook(int hidden, int layers, int steps, int rows, double rate, double heldBack)
    implements Configured {
  /// What a model that has had answers held back can be taught to call for help with. It reads it
  /// in one sentence that says nothing of any question, so that its tokens are words like others: a
  /// token that was never read cannot be learned by tuning other weights than its own.
  public static final String RETRIEVE = "<RET>";

  private static final String CALL = "Who looks things up says " + RETRIEVE;

  private static final int HEAD = 24;
  private static final int CONTEXT = 128;

  /// One text in so many is a question with its answer.
  private static final int QUESTION_EVERY = 4;

  public ClosedBook {
    if (hidden < HEAD || hidden % HEAD != 0 || layers < 1) {
      throw new IllegalArgumentException(
          "A model has heads of %d channels and at least one layer, not %d channels and %d layers."
              .formatted(HEAD, hidden, layers));
    }
    if (steps < 1 || rows < 1 || !(rate > 0)) {
      throw new IllegalArgumentException(
          "A model is taught in at least one step of at least one text at a rate above 0; got %d steps of %d at %s."
              .formatted(steps, rows, rate));
    }
    if (!(heldBack >= 0 && heldBack < 1)) {
      throw new IllegalArgumentException(
          "From 0 to less than all of the answers can be held back, not a share of %s."
              .formatted(heldBack));
    }
  }

  /// A model of this shape: 3000 steps of 32 texts at 2e-3.
  public static ClosedBook of(int hidden, int layers) {
    return new ClosedBook(hidden, layers, 3000, 32, 2e-3, 0);
  }

  /// The same taught in another number of steps.
  public ClosedBook steps(int other) {
    return new ClosedBook(hidden, layers, other, rows, rate, heldBack);
  }

  /// The same, but not taught the answers about this share of the training part's entities.
  public ClosedBook holdingBack(double share) {
    return new ClosedBook(hidden, layers, steps, rows, rate, share);
  }

  /// The questions whose answers it is taught: of one hop, about the entities that are not held
  /// back.
  public List<OpenQuestion> lessons(World.Drawn world, long seed) {
    return world.questions().train().stream()
        .filter(each -> each.hops() == 1)
        .filter(each -> RandomStream.of(seed, "held back", each.subject()).nextDouble() >= heldBack)
        .toList();
  }

  /// The model of a world, from the cache where it has been taught before; the caller closes it.
  ///
  /// @throws IllegalArgumentException if the world tells nothing
  public LanguageModel taught(World.Drawn world, long seed) {
    if (world.told().isEmpty()) {
      throw new IllegalArgumentException(
          "This world has nothing to tell a model: take a generated one, or let a trained model answer.");
    }
    var blank = Models.ofWords(vocabulary(world), hidden, HEAD, layers, CONTEXT, seed);
    var lessons = lessons(world, seed);
    var weights =
        Checkpoints.cached()
            .get(
                () -> {
                  var pupil = blank.withWeights(blank.weights().copy());
                  teach(pupil, world.told(), lessons, seed);
                  return pupil.weights();
                },
                "closed book",
                this,
                world.told(),
                lessons.stream().map(each -> List.of(each.text(), each.answers())).toList(),
                blank.weights().digest(),
                seed);
    blank.weights().overwrite(weights);
    weights.close();
    return blank;
  }

  /// All that it will ever read or say.
  private List<String> vocabulary(World.Drawn world) {
    var questions = world.questions();
    var texts = new ArrayList<>(world.told());
    if (heldBack > 0) {
      texts.add(CALL);
    }
    Stream.of(questions.train(), questions.validation(), questions.test())
        .flatMap(List::stream)
        .forEach(question -> {
          texts.add(question.text());
          question.answers().forEach(answer -> texts.add(" " + answer));
        });
    return texts;
  }

  private void teach(
      LanguageModel model, List<String> told, List<OpenQuestion> lessons, long seed) {
    var random = RandomStream.of(seed, "closed book");
    var schedule = new Schedule.Cosine(rate, Math.max(1, steps / 20), steps, 0.05);
    try (var trainer =
        new Trainer(model.weights(), new AdamW(0.9, 0.98, 1e-8, 0.01), schedule, 1)) {
      for (int step = 0; step < steps; step++) {
        var batch =
            Batch.padded(
                IntStream.range(0, rows)
                    .mapToObj(row ->
                        row % QUESTION_EVERY == 0 && !lessons.isEmpty()
                            ? lesson(model, random.pick(lessons))
                            : row == 1 && heldBack > 0
                                ? statement(model, CALL)
                                : statement(model, random.pick(told)))
                    .toList(),
                model.endOfText());
        trainer.step(() -> NextToken.loss(model, batch));
      }
    }
  }

  private static Sequence statement(LanguageModel model, String text) {
    return Sequence.even(Drafter.ended(model, text));
  }

  private static Sequence lesson(LanguageModel model, OpenQuestion question) {
    return new Drafter(model).lesson(question.text(), question.answers().getFirst());
  }
}

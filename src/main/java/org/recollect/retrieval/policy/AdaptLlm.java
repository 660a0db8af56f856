package org.recollect.retrieval.policy;

import java.util.Arrays;
import java.util.List;
import org.recollect.data.OpenQuestion;
import org.recollect.lab.Checkpoints;
import org.recollect.model.Lora;
import org.recollect.retrieval.Answer;
import org.recollect.retrieval.ClosedBook;
import org.recollect.retrieval.Decisions;
import org.recollect.retrieval.Desk;
import org.recollect.retrieval.Drafter;
import org.recollect.retrieval.Gate;
import org.recollect.retrieval.RetrievalPolicy;
import org.recollect.retrieval.Turn;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;
import org.recollect.train.AdamW;
import org.recollect.train.Batch;
import org.recollect.train.NextToken;
import org.recollect.train.Schedule;
import org.recollect.train.Trainer;

/// Adapt-LLM (Labruna et al., "When to Retrieve: Teaching LLMs to Utilize Information Retrieval
/// Effectively", 2024): a model is taught to say `<RET>` where its own answer would be wrong.
///
/// 1. For each question `q` to learn from, with its answer `a`, the model says `r` from memory. If
///    `r` contains `a`, the lesson is `q -> a`; if not, it is `q -> <RET>`.
/// 2. LoRA of rank 8 and alpha 16 on the maps of queries and values learns the lessons. Only what
///    is to be said counts. The model's own weights stay as they are.
/// 3. The tuned model answers. If `<RET>` is in what it says, there is a search with the question,
///    and the shared reader answers from what it brings; else what it says is the answer.
///
/// Three policies come of it. [#calling] is the above. `Gated.by(adaptLlm)` is the released code's
/// variant with a threshold on `P(first token of <RET>)`, chosen on the questions to choose by; as
/// with all gates, the untuned model answers where nothing is searched for *(inferred: at a
/// threshold above a half the tuned model may have nothing to say but `<RET>`)*. [#answering] is
/// NEVER: the same tuning on the same questions with `q -> a` in all lessons.
///
/// What is learned from are questions whose answers the model was not taught before: of those that
/// it was taught, it knows the answers, and no honest `<RET>` would be left. So the form of answers
/// is taught with one half of the entities to train on, `<RET>` with the other, and both are
/// strangers to the questions that count ([ClosedBook#holdingBack]; *inferred*: the sheet takes the
/// same entities for both).
///
/// `<RET>` is three tokens here, which the model has read in one sentence about nothing that is
/// asked, so that they are words to it as they are to a large model *(inferred)*. Epochs and rates
/// are those of a small model *(inferred)*: the paper's 3 epochs at 3e-4 and rows of 128 are for
/// models of 7 billion weights. The best rate on the questions to choose by counts. There is no
/// dropout (paper: .05), which adapters do not have here, and no lesson of the form `(q, passage)
/// -> a`: the reader is the one that all policies share (E2 of the sheet), trained apart.
///
/// @param rank of the adapters
/// @param alpha their scale times the rank
/// @param epochs over the lessons
/// @param rows lessons in a step
/// @param rates tried, in a straight line down to 0 each
public record AdaptLlm(int rank, double alpha, int epochs, int rows, List<Double> rates)
    implements Gate {

  public AdaptLlm {
    if (epochs < 1 || rows < 1 || rates.isEmpty() || rates.stream().anyMatch(rate -> !(rate > 0))) {
      throw new IllegalArgumentException(
          "Lessons are learned in at least one epoch, at least one at a time and at rates above 0; got %d epochs of %d at %s."
              .formatted(epochs, rows, rates));
    }
    rates = List.copyOf(rates);
  }

  /// Rank 8 and alpha 16 as in the paper; 20 epochs of 32 lessons at 1e-3, 3e-3 or 1e-2.
  public static AdaptLlm released() {
    return new AdaptLlm(8, 16, 20, 32, List.of(1e-3, 3e-3, 1e-2));
  }

  /// Its threshold on the probability of a call, as a gate.
  @Override
  public String name() {
    return "P(<RET>)";
  }

  /// How likely the tuned model is to begin with a call, 0 to 1.
  @Override
  public Need on(Desk desk) {
    var tuned = tuned(desk, true);
    return new Need() {
      @Override
      public double of(Turn turn) {
        return turn.inclination(tuned.drafter(), ClosedBook.RETRIEVE);
      }

      @Override
      public void close() {
        tuned.close();
      }
    };
  }

  /// Searches where the tuned model calls for it: the method as it stands.
  public RetrievalPolicy calling() {
    return new Saying(this, true);
  }

  /// Never searches, tuned on the same questions with their answers alone.
  public RetrievalPolicy answering() {
    return new Saying(this, false);
  }

  /// What the tuned model says, carried out.
  ///
  /// @param calls whether it was taught to call
  record Saying(AdaptLlm tuning, boolean calls) implements RetrievalPolicy {

    @Override
    public String name() {
      return calls ? "Adapt-LLM" : "never, tuned";
    }

    @Override
    public Answering on(Desk desk) {
      var tuned = tuning.tuned(desk, calls);
      return new Answering() {
        @Override
        public Answer answer(Turn turn) {
          var said = turn.draft(tuned.drafter()).text();
          return said.contains(ClosedBook.RETRIEVE)
              ? Decisions.searched(turn)
              : new Answer(said, List.of());
        }

        @Override
        public void close() {
          tuned.close();
        }
      };
    }
  }

  /// A model with its adapters.
  record Tuned(Drafter drafter, Lora lora) implements AutoCloseable {

    @Override
    public void close() {
      lora.close();
    }
  }

  /// A question and what shall be said to it.
  private record Lesson(String question, String answer) {}

  /// The model after its lessons; tuned once for all policies.
  Tuned tuned(Desk desk, boolean calls) {
    var memory = desk.requireDrafter(name());
    var lessons = lessons(desk.untaught(name()), memory, calls);
    var judging = lessons(single(desk.world().questions().validation()), memory, calls);
    var weights =
        Checkpoints.cached()
            .get(
                () -> best(memory, lessons, judging, desk.seed()),
                "Adapt-LLM",
                this,
                lessons.stream().map(each -> List.of(each.question(), each.answer())).toList(),
                judging.stream().map(each -> List.of(each.question(), each.answer())).toList(),
                memory.model().weights().digest(),
                desk.seed());
    var lora = new Lora(rank, alpha, weights);
    return new Tuned(new Drafter(lora.on(memory.model())), lora);
  }

  private static List<OpenQuestion> single(List<OpenQuestion> questions) {
    return questions.stream().filter(each -> each.hops() == 1).toList();
  }

  /// Step 1.
  private static List<Lesson> lessons(List<OpenQuestion> questions, Drafter memory, boolean calls) {
    return questions.stream()
        .map(question -> {
          boolean known = !calls || Desk.right(memory.answer(question.text()).text(), question);
          return new Lesson(
              question.text(), known ? question.answers().getFirst() : ClosedBook.RETRIEVE);
        })
        .toList();
  }

  /// Step 2 at the rate after which the lessons to judge by are the likeliest.
  private Weights best(Drafter memory, List<Lesson> lessons, List<Lesson> judging, long seed) {
    Weights best = null;
    double least = Double.POSITIVE_INFINITY;
    for (double rate : rates) {
      var lora = Lora.of(memory.model(), rank, alpha, seed, "q_proj", "v_proj");
      tune(memory, lora, lessons, rate, seed);
      double loss = loss(memory, lora, judging);
      if (best == null || loss < least) {
        if (best != null) {
          best.close();
        }
        best = lora.weights();
        least = loss;
      } else {
        lora.close();
      }
    }
    return best;
  }

  private void tune(Drafter memory, Lora lora, List<Lesson> lessons, double rate, long seed) {
    var model = lora.on(memory.model());
    int steps = Math.ceilDiv(lessons.size(), rows);
    var schedule = new Schedule.Linear(rate, (long) epochs * steps);
    try (var trainer = new Trainer(lora.weights(), new AdamW(0.9, 0.999, 1e-8, 0), schedule, 1)) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        int[] order =
            RandomStream.of(seed, "lessons", epoch).indices(lessons.size(), lessons.size());
        for (int step = 0; step < steps; step++) {
          int to = Math.min(order.length, (step + 1) * rows);
          var batch =
              batch(memory, Arrays.stream(order, step * rows, to).mapToObj(lessons::get).toList());
          trainer.step(() -> NextToken.loss(model, batch));
        }
      }
    }
  }

  /// The mean loss of what shall be said, in nats a token.
  private static double loss(Drafter memory, Lora lora, List<Lesson> lessons) {
    if (lessons.isEmpty()) {
      return 0;
    }
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      return NextToken.loss(lora.on(memory.model()), batch(memory, lessons)).getFloat();
    }
  }

  private static Batch batch(Drafter memory, List<Lesson> lessons) {
    return Batch.padded(
        lessons.stream().map(each -> memory.lesson(each.question(), each.answer())).toList(),
        memory.model().endOfText());
  }
}

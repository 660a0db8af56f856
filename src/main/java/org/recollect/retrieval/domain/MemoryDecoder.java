package org.recollect.retrieval.domain;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.Weights;

/// Memory Decoder (Cao et al., "Memory Decoder: A Pretrained, Plug-and-Play Memory for Large
/// Language Models", 2025, released code): a small decoder learns what a look-up would say,
///
/// `L = alpha KL(p_kNN || p_mem) + (1 - alpha) CE(next token, p_mem)`,
///
/// and is mixed with any base of the same tokenizer,
///
/// `p = (1 - lambda) p_LM + lambda p_mem`.
///
/// The look-up is by the states of the largest model in all of the domain's text, and a place is
/// not its own neighbour. The decoder starts as the smallest model (the authors start from one
/// tuned to the domain). One decoder serves all bases: its rate is the one that, mixed with the
/// largest, predicts validation best *(inferred)*. With `alpha` 0 there is nothing to look up: the
/// small decoder by cross-entropy alone, which all else is the same for.
///
/// @param imitation the loss, its alpha 0.5 in the released code
/// @param neighbours looked up for each place; 1024 in the released code
/// @param tuning in what steps; its rate is not used
/// @param rates tried, of which the best on validation counts; 1e-3 in the released code
public record MemoryDecoder(
    Imitation imitation, int neighbours, Training tuning, List<Double> rates) implements DomainArm {

  public MemoryDecoder {
    rates = DomainTask.checked(rates);
    if (neighbours < 1) {
      throw new IllegalArgumentException(
          "A look-up finds at least one neighbour, not %d.".formatted(neighbours));
    }
  }

  /// The same by cross-entropy alone.
  public MemoryDecoder textOnly() {
    return new MemoryDecoder(new Imitation(0), neighbours, tuning, rates);
  }

  /// `Memory Decoder`, or `CE decoder` where nothing is imitated; another alpha than the authors'
  /// is named.
  @Override
  public String name() {
    return imitation.alpha() == 0.5
        ? "Memory Decoder"
        : imitation.looksUp() ? "Memory Decoder, alpha " + imitation.alpha() : "CE decoder";
  }

  @Override
  public Adapted adapt(DomainTask task) {
    var small = task.smallest();
    double[][] beside = Predictor.of(task.largest()).logLikelihoods(task.validation());
    var taught = new Targets(task, neighbours);
    var weights =
        task.best(
            rates,
            rate -> trained(task, rate, taught),
            each -> {
              double[][] own =
                  Predictor.of(small.withWeights(each)).logLikelihoods(task.validation());
              return Interpolation.best(beside, own).loss();
            },
            name(),
            imitation,
            neighbours,
            tuning,
            small.weights().digest(),
            task.largest().weights().digest(),
            validation(task));
    return Adapted.beside(
        Predictor.of(task.base()),
        Predictor.owning(small.withWeights(weights)),
        weights.bytes(),
        flop(task));
  }

  /// Validation decides the temperature of the look-up.
  private static List<Integer> validation(DomainTask task) {
    return Arrays.stream(task.validation()).flatMapToInt(Arrays::stream).boxed().toList();
  }

  private Weights trained(DomainTask task, double rate, Targets taught) {
    var weights = task.smallest().weights().copy();
    var model = task.smallest().withWeights(weights);
    var targets = imitation.looksUp() ? taught.get() : null;
    tuning
        .rate(rate)
        .run(
            weights,
            task.training(),
            task.seed(),
            new Meter(),
            rows ->
                imitation.loss(
                    Training.logits(model, task.training(), rows),
                    Training.next(task.training(), rows),
                    targets,
                    places(rows, task.training()[0].length - 1)));
    return weights;
  }

  /// What the look-up says, which is asked once for all rates, and not at all where every memory
  /// has been trained before. Mutable.
  private static final class Targets {
    private final DomainTask task;
    private final int neighbours;
    private SparseTargets found;

    Targets(DomainTask task, int neighbours) {
      this.task = task;
      this.neighbours = neighbours;
    }

    SparseTargets get() {
      if (found == null) {
        try (var lookup = Lookup.chosen(task.largest(), task, neighbours)) {
          found = lookup.targets();
        }
      }
      return found;
    }
  }

  private static int[] places(int[] rows, int length) {
    return Arrays.stream(rows)
        .flatMap(row -> IntStream.range(row * length, (row + 1) * length))
        .toArray();
  }

  private double flop(DomainTask task) {
    double places = task.places();
    LanguageModel large = task.largest();
    double search =
        places * 2 * (large.weights().parameters() + places * (large.config().hiddenSize() + 1));
    double training =
        6.0 * task.smallest().weights().parameters() * tuning.predictions(task.training());
    return training * rates.size() + (imitation.looksUp() ? search : 0);
  }
}

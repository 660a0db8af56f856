package org.recollect.continual;

import ai.djl.ndarray.NDArray;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.stream.IntStream;
import org.recollect.data.Example;
import org.recollect.data.Example.Excerpt;
import org.recollect.data.Example.Question;
import org.recollect.data.Lesson;
import org.recollect.model.Adapter;
import org.recollect.model.LanguageModel;
import org.recollect.model.Overlay;
import org.recollect.model.Sampling;
import org.recollect.model.VirtualTokens;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.tensor.Weights;
import org.recollect.train.Batch;
import org.recollect.train.SequenceSource.Sequence;

/// A language model in training. Of a question, the tokens of the answer and the end of text are
/// predictions; of an excerpt, which may begin anywhere in a document, all tokens but the first.
public final class LanguageTrainee extends Trainee {
  private static final int ROWS = 32;

  private final Map<Example, Sequence> sequences;
  private LanguageModel base;
  private LanguageModel model;

  /// What stands before every text.
  private Optional<VirtualTokens> before = Optional.empty();

  private boolean ownsBefore;

  /// Models that this one was; later ones borrow from them what is not weights.
  private final List<LanguageModel> outgrown = new ArrayList<>();

  /// @param base whose weights are trained in place; owned
  LanguageTrainee(LanguageModel base, Effort effort) {
    this(base, effort, new HashMap<>());
  }

  private LanguageTrainee(LanguageModel base, Effort effort, Map<Example, Sequence> sequences) {
    super(effort);
    this.base = base;
    this.model = base;
    this.sequences = sequences;
  }

  /// The model with what is laid over it.
  public LanguageModel model() {
    return model;
  }

  /// Goes on as another model, such as one with more layers; nothing is laid over it, and all of it
  /// moves.
  ///
  /// @param other in the same tokens; owned from now on, and may borrow from the model before
  public void become(LanguageModel other) {
    outgrown.addFirst(base);
    base = other;
    lay();
    tune(other.weights());
  }

  /// Lets every text be read behind trained vectors, in the place of those before; what is laid
  /// over the model stays.
  ///
  /// @param vectors that the caller closes
  /// @throws IllegalArgumentException when an example that was read before has no room behind them;
  ///   nothing is changed then
  public void behind(VirtualTokens vectors) {
    sequences.values().forEach(sequence -> requireRoom(sequence, vectors.count()));
    before = Optional.of(vectors);
    lay(overlays());
  }

  @Override
  public LanguageModel adaptable() {
    return base;
  }

  @Override
  public Weights weights() {
    return base.weights();
  }

  @Override
  public Weights learned() {
    return base.weights();
  }

  @Override
  void laid(List<Overlay> laid) {
    model = base;
    for (Overlay overlay : laid) {
      model = overlay.on(model);
    }
    if (before.isPresent()) {
      model = before.get().on(model);
    }
  }

  @Override
  void alsoLaid(Map<String, Adapter> observers) {
    observers.forEach((map, observer) -> model = model.adapt(map, observer));
  }

  @Override
  public NDArray features(List<Lesson> lessons) {
    return features(model, batch(lessons));
  }

  /// The mean loss of another model in the same tokens, in nats over all predictions.
  ///
  /// @param lessons are read in batches
  public double loss(LanguageModel other, List<Lesson> lessons) {
    double sum = 0;
    long all = 0;
    for (int from = 0; from < lessons.size(); from += ROWS) {
      var some = lessons.subList(from, Math.min(from + ROWS, lessons.size()));
      try (var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        var batch = batch(some);
        var targets = targets(batch);
        var loss = Ops.crossEntropy(other.head(features(other, batch)), targets);
        sum += loss.getFloat() * targets.size();
        all += targets.size();
      }
    }
    return sum / all;
  }

  private NDArray features(LanguageModel reader, Batch batch) {
    var manager = base.weights().get("model.norm.weight").getManager();
    var hidden =
        reader.hidden(Memory.ofLongs(manager, batch.inputs(), batch.rows(), batch.length()));
    spend(batch.tokens(), 2.0 * weights().parameters() * batch.tokens());
    return Ops.embedding(
        hidden.reshape(batch.tokens(), -1), Memory.ofInts(manager, predictions(batch)));
  }

  @Override
  public NDArray head(NDArray features, List<Lesson> lessons) {
    return model.head(features);
  }

  @Override
  public NDArray targets(List<Lesson> lessons) {
    return targets(batch(lessons));
  }

  private NDArray targets(Batch batch) {
    var manager = base.weights().get("model.norm.weight").getManager();
    return Memory.ofLongs(manager, wanted(batch));
  }

  @Override
  public SequencedSet<Integer> labels(List<Lesson> lessons) {
    return new LinkedHashSet<>();
  }

  private static long[] wanted(Batch batch) {
    return Arrays.stream(predictions(batch)).mapToLong(at -> batch.targets()[at]).toArray();
  }

  /// Where a batch is to predict something.
  private static int[] predictions(Batch batch) {
    return IntStream.range(0, batch.weights().length)
        .filter(at -> batch.weights()[at] > 0)
        .toArray();
  }

  private Batch batch(List<Lesson> lessons) {
    return Batch.padded(
        lessons.stream().map(lesson -> sequence(lesson.example())).toList(),
        base.tokenizer().endOfText());
  }

  private Sequence sequence(Example example) {
    return sequences.computeIfAbsent(example, this::encoded);
  }

  private Sequence encoded(Example example) {
    var tokenizer = base.tokenizer();
    int end = tokenizer.endOfText();
    var sequence =
        switch (example) {
          case Excerpt(String text) -> {
            int[] read = tokenizer.encode(text);
            if (read.length < 2) {
              throw new IllegalArgumentException(
                  "There is nothing to predict in an excerpt of one token, '%s': leave it out."
                      .formatted(text.strip()));
            }
            yield tokens(Arrays.copyOf(read, 1), Arrays.copyOfRange(read, 1, read.length));
          }
          case Question(String prompt, String answer, String _) -> {
            int[] said = tokenizer.encode(answer);
            yield tokens(
                tokenizer.encode(prompt),
                IntStream.concat(Arrays.stream(said), IntStream.of(end)).toArray());
          }
          case Example.Picture _ ->
              throw new IllegalArgumentException(
                  "A language model cannot see pictures: give a stream of questions or of text.");
        };
    requireRoom(sequence, before.map(VirtualTokens::count).orElse(0));
    return sequence;
  }

  /// @param taken positions before the text
  private void requireRoom(Sequence sequence, int taken) {
    int context = base.config().contextLength();
    if (sequence.length() > context - taken) {
      throw new IllegalArgumentException(
          "An example needs %d positions, but of the model's context of %d there are %d left behind %d vectors: give shorter examples or fewer vectors."
              .formatted(sequence.length(), context, context - taken, taken));
    }
  }

  /// @param given tokens that are read only
  /// @param predicted tokens that count
  private static Sequence tokens(int[] given, int[] predicted) {
    float[] weights = new float[given.length + predicted.length - 1];
    Arrays.fill(weights, given.length - 1, weights.length, 1);
    return new Sequence(
        IntStream.concat(Arrays.stream(given), Arrays.stream(predicted)).toArray(), weights);
  }

  @Override
  public double score(List<Lesson> lessons) {
    double sum = 0;
    double bytes = 0;
    for (int from = 0; from < lessons.size(); from += ROWS) {
      var some = lessons.subList(from, Math.min(from + ROWS, lessons.size()));
      boolean text = some.getFirst().example() instanceof Excerpt;
      sum += text ? -bits(some) : right(some);
      bytes += text ? bytes(some) : some.size();
    }
    return sum / bytes;
  }

  /// Those that are predicted.
  private double bytes(List<Lesson> lessons) {
    return lessons.stream()
        .map(Lesson::example)
        .mapToInt(example -> bytes(((Excerpt) example).text()) - bytes(first(example)))
        .sum();
  }

  private String first(Example example) {
    return base.tokenizer().decode(sequence(example).tokens()[0]);
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private double bits(List<Lesson> lessons) {
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      long predictions = predictions(batch(lessons)).length;
      return loss(lessons).getFloat() * predictions / Math.log(2);
    }
  }

  /// How many answers have the likeliest token at every place.
  private int right(List<Lesson> lessons) {
    var batch = batch(lessons);
    int[] places = predictions(batch);
    boolean[] wrong = new boolean[lessons.size()];
    try (var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      long[] likeliest = Memory.toLongs(logits(lessons).argMax(1));
      for (int i = 0; i < places.length; i++) {
        wrong[places[i] / batch.length()] |= likeliest[i] != batch.targets()[places[i]];
      }
    }
    return (int) IntStream.range(0, wrong.length).filter(row -> !wrong[row]).count();
  }

  /// What the model says to a question, decoded greedily; a few tokens more than the answer at
  /// most.
  public String answer(Question question) {
    int room = base.tokenizer().count(question.answer()) + 4;
    try (var _ = Torch.withoutGradients()) {
      int[] prompt = base.tokenizer().encode(question.prompt());
      return base.tokenizer().decode(model.generate(prompt, room, Sampling.greedy()));
    }
  }

  @Override
  LanguageTrainee bare() {
    var copy = new LanguageTrainee(base.withWeights(base.weights().copy()), effort(), sequences);
    copy.before = before.map(VirtualTokens::copy);
    copy.ownsBefore = true;
    return copy;
  }

  @Override
  void closeModel() {
    if (ownsBefore) {
      before.ifPresent(VirtualTokens::close);
    }
    base.close();
    outgrown.forEach(LanguageModel::close);
  }
}

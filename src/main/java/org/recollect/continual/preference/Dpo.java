package org.recollect.continual.preference;

import ai.djl.ndarray.NDArray;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Trainee;
import org.recollect.data.Example.Question;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Measure;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;
import org.recollect.train.PreferenceLoss;

/// Direct preference optimisation (Rafailov et al., 2023, arXiv:2305.18290) of each task's answers
/// over others to the same prompts, see [PreferenceLoss]; the reference is the model before the
/// task. It takes the place of the plain loss, which is computed all the same and counted: the
/// operations of a step are those of three passes where two are needed.
///
/// A model that never gives an answer of the better kind is usually taught some first: the first
/// experiences may be learned plainly, such as one half of a stream that meets its task twice.
///
/// @param beta sharpness, above 0
/// @param worse answers by prompt, one for every question of the stream
/// @param plain how many experiences are learned by the plain loss before
public record Dpo(double beta, Map<String, String> worse, int plain) implements Strategy {

  /// How many pairs end with the better answer ahead of the worse by more than at the beginning.
  public static final Measure PREFERRED =
      Measure.higher("preferred", "")
          .range(0, 1)
          .digits(2)
          .formula("share of pairs whose better answer gained more than the worse");

  /// What the better answers gained; may be below 0, as preference is about differences.
  public static final Measure BETTER_GAIN = gain(Measure.higher("gain of the better", "nat"));

  /// What the worse answers gained.
  public static final Measure WORSE_GAIN = gain(Measure.lower("gain of the worse", "nat"));

  private static final int ROWS = 32;

  public Dpo {
    new PreferenceLoss(beta);
    worse = Map.copyOf(worse);
    if (plain < 0) {
      throw new IllegalArgumentException(
          "At least 0 experiences are learned plainly before preference, not %d.".formatted(plain));
    }
  }

  /// Preference from the first experience on.
  public Dpo(double beta, Map<String, String> worse) {
    this(beta, worse, 0);
  }

  /// The same after some experiences of plain tuning.
  public Dpo after(int experiences) {
    return new Dpo(beta, worse, experiences);
  }

  private static Measure gain(Measure measure) {
    return measure
        .range(-1e6, 1e6)
        .digits(2)
        .formula("mean log-likelihood of an answer minus the reference's");
  }

  @Override
  public String name() {
    return "DPO";
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("beta", beta, "worse", Fingerprint.of(worse), "plain", plain);
  }

  @Override
  public List<Measure> figures() {
    return List.of(PREFERRED, BETTER_GAIN, WORSE_GAIN);
  }

  @Override
  public Hooks begin(Start start) {
    return new Pairs(start);
  }

  private final class Pairs implements Hooks {
    private final Start start;

    /// Log-likelihoods under the reference.
    private final Map<Lesson, Double> reference = new HashMap<>();

    private double[] ended = {0, 0, 0};
    private boolean preferring;

    Pairs(Start start) {
      this.start = start;
    }

    @Override
    public void beforeTask(Experience task) {
      preferring = task.index() >= plain;
      reference.clear();
      remember(task.lessons());
      remember(rejected(task.lessons()));
    }

    private void remember(List<Lesson> lessons) {
      float[] likelihoods = read(lessons);
      for (int i = 0; i < lessons.size(); i++) {
        reference.put(lessons.get(i), (double) likelihoods[i]);
      }
    }

    private List<Lesson> rejected(List<Lesson> lessons) {
      return lessons.stream().map(this::rejected).toList();
    }

    private Lesson rejected(Lesson lesson) {
      if (lesson.example() instanceof Question question && worse.containsKey(question.prompt())) {
        var other = new Question(question.prompt(), worse.get(question.prompt()));
        return new Lesson(lesson.task(), lesson.index(), other);
      }
      throw new IllegalStateException(
          "There is no worse answer to %s: give one for every question of the stream."
              .formatted(lesson.example()));
    }

    @Override
    public NDArray loss(List<Lesson> batch, NDArray loss) {
      return preferring ? new PreferenceLoss(beta).of(gains(batch), gains(rejected(batch))) : loss;
    }

    private NDArray gains(List<Lesson> lessons) {
      var now = logLikelihoods(start.trainee(), lessons);
      float[] then = new float[lessons.size()];
      for (int i = 0; i < then.length; i++) {
        then[i] = reference.get(lessons.get(i)).floatValue();
      }
      return now.sub(Memory.ofFloats(now.getManager(), then));
    }

    @Override
    public void afterTask(Experience task) {
      float[] better = read(task.lessons());
      float[] others = read(rejected(task.lessons()));
      ended = new double[3];
      for (int i = 0; i < better.length; i++) {
        double won = better[i] - reference.get(task.lessons().get(i));
        double lost = others[i] - reference.get(rejected(task.lessons().get(i)));
        ended[0] += (won > lost ? 1.0 : 0) / better.length;
        ended[1] += won / better.length;
        ended[2] += lost / better.length;
      }
    }

    private float[] read(List<Lesson> lessons) {
      float[] all = new float[lessons.size()];
      for (int from = 0; from < all.length; from += ROWS) {
        var some = lessons.subList(from, Math.min(from + ROWS, all.length));
        try (var _ = Torch.newScope();
            var _ = Torch.withoutGradients()) {
          float[] values = Memory.toFloats(logLikelihoods(start.trainee(), some));
          System.arraycopy(values, 0, all, from, values.length);
        }
      }
      return all;
    }

    @Override
    public double[] figure(Measure measure) {
      return new double[] {ended[figures().indexOf(measure)]};
    }

    @Override
    public void save(Snapshot to) {
      to.put("ended", ended);
    }

    @Override
    public void load(Snapshot from) {
      ended = from.numbers("ended");
    }
  }

  /// The log-likelihood of each answer in nats, summed over its tokens `[lessons]`, differentiable.
  static NDArray logLikelihoods(Trainee trainee, List<Lesson> lessons) {
    var targets = trainee.targets(lessons);
    int predictions = Math.toIntExact(targets.size());
    float[] belongs = new float[lessons.size() * predictions];
    int from = 0;
    for (int row = 0; row < lessons.size(); row++) {
      int to = from + Math.toIntExact(trainee.targets(List.of(lessons.get(row))).size());
      Arrays.fill(belongs, row * predictions + from, row * predictions + to, 1);
      from = to;
    }
    var tokens = Ops.logSoftmax(trainee.logits(lessons)).gather(targets.expandDims(1), 1);
    var sums = Memory.ofFloats(tokens.getManager(), belongs, lessons.size(), predictions);
    return Ops.matmul(sums, tokens).squeeze(1);
  }
}

package org.recollect.kv.omni;

import static org.recollect.kv.omni.OmniMeasures.ACCURACY;
import static org.recollect.kv.omni.OmniMeasures.COUNT_ACCURACY;
import static org.recollect.kv.omni.OmniMeasures.FLOP_SAVING;
import static org.recollect.kv.omni.OmniMeasures.FOLLOW_UP_ACCURACY;
import static org.recollect.kv.omni.OmniMeasures.GLYPH_ACCURACY;
import static org.recollect.kv.omni.OmniMeasures.PREFILL_FLOP;
import static org.recollect.kv.omni.OmniMeasures.PREFILL_SPEED;
import static org.recollect.kv.omni.OmniMeasures.RETAINED;

import java.util.Arrays;
import org.recollect.kv.omni.Question.Topic;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Quartiles;
import org.recollect.lab.Trial;
import org.recollect.model.Placement;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

/// One trial of an [OmniStudy]: one selection on the clips of a seed.
record OmniTrial(Trial<TokenSelection> trial, OmniModel model, int clips, Meter meter) {

  /// Clips read until the compiler has seen the loops.
  private static final int WARM_UP = 4;

  private static final int ROUNDS = 3;

  /// A clip, what is asked about it, and what of the other topic is asked next.
  private record Item(Clip clip, Question question, Question next, RandomStream random) {}

  /// The topics take turns.
  private Item item(int index) {
    var random = RandomStream.of(trial.seed(), "clips", index);
    var world = model.world();
    var topics = Topic.values();
    var clip = world.clip(random);
    return new Item(
        clip,
        world.question(topics[index % topics.length], random),
        world.question(topics[(index + 1) % topics.length], random),
        random);
  }

  Outcome outcome() {
    double[] right = new double[clips];
    double[] rightNext = new double[clips];
    double[] retained = new double[clips];
    double[] flop = new double[clips];
    var layout = model.world().layout(1);
    var config = model.language().config();
    double all = wholeFlop(layout);
    for (int i = 0; i < clips; i++) {
      var item = item(i);
      try (var _ = Torch.newScope()) {
        var result = pass(item, layout);
        right[i] = answered(result.logits(), item.clip(), item.question());
        rightNext[i] = trial.wants(FOLLOW_UP_ACCURACY) ? followUp(item, layout, result) : 0;
        int text = layout.count(Modality.TEXT);
        double media = Arrays.stream(result.tokens()).map(tokens -> tokens - text).sum();
        retained[i] = media / ((layout.tokens() - text) * config.layers());
        flop[i] = result.flop();
        meter.tokens(layout.tokens()).modelCalls(1).flop(result.flop());
      }
    }
    var outcome =
        Outcome.of(ACCURACY, right)
            .with(GLYPH_ACCURACY, of(Topic.GLYPH, right))
            .with(COUNT_ACCURACY, of(Topic.COUNT, right))
            .with(RETAINED, retained)
            .with(PREFILL_FLOP, Arrays.stream(flop).map(each -> each / 1e6).toArray())
            .with(FLOP_SAVING, Arrays.stream(flop).map(each -> all / each).toArray());
    if (trial.wants(FOLLOW_UP_ACCURACY)) {
      outcome = outcome.with(FOLLOW_UP_ACCURACY, rightNext);
    }
    return trial.wants(PREFILL_SPEED) ? outcome.with(PREFILL_SPEED, speed(layout)) : outcome;
  }

  private ThinnedPass.Result pass(Item item, Layout layout) {
    return pass(item, model.input(item.clip, item.question), layout, trial.arm());
  }

  private ThinnedPass.Result pass(
      Item item, OmniModel.Input input, Layout layout, TokenSelection selection) {
    var random = item.random.split("selection");
    return new ThinnedPass(model, input, layout, selection, trial.settings(), random).run();
  }

  private double answered(float[] logits, Clip clip, Question question) {
    int best = 0;
    for (int word = 1; word < logits.length; word++) {
      best = logits[word] > logits[best] ? word : best;
    }
    return best == model.world().word(question.topic(), clip.answer(question)) ? 1 : 0;
  }

  /// Reads the next question from the cache that the first has left.
  private double followUp(Item item, Layout layout, ThinnedPass.Result result) {
    var language = model.language();
    int[] words = model.world().words(item.next);
    var manager = language.weights().get("model.norm.weight").getManager();
    var placement = Placement.after(layout.tokens(), words.length, result.past());
    var hidden = language.hidden(Memory.ofInts(manager, words, 1, words.length), placement);
    var logits = Memory.toFloats(language.head(hidden.get(":, -1")));
    return answered(logits, item.clip, item.next);
  }

  private double wholeFlop(Layout layout) {
    var config = model.language().config();
    return config.layers() * ThinnedPass.flop(config, layout.tokens())
        + 2.0 * config.hiddenSize() * config.vocabSize();
  }

  /// For each clip the time of all tokens by that of the selection, both medians of a few rounds in
  /// which they take turns.
  private double[] speed(Layout layout) {
    double[] ratios = new double[Math.min(clips, trial.scale().pick(4, 24, 100))];
    for (int i = -WARM_UP; i < ratios.length; i++) {
      var item = item(Math.floorMod(i, clips));
      double[] all = new double[ROUNDS];
      double[] selected = new double[ROUNDS];
      for (int round = 0; round < ROUNDS; round++) {
        all[round] = seconds(item, layout, Selections.all());
        selected[round] = seconds(item, layout, trial.arm());
      }
      if (i >= 0) {
        ratios[i] = Quartiles.of(all).median() / Quartiles.of(selected).median();
      }
    }
    return ratios;
  }

  private double seconds(Item item, Layout layout, TokenSelection selection) {
    try (var _ = Torch.newScope()) {
      var input = model.input(item.clip, item.question);
      long start = System.nanoTime();
      pass(item, input, layout, selection);
      return (System.nanoTime() - start) / 1e9;
    }
  }

  private static double[] of(Topic topic, double[] right) {
    int topics = Topic.values().length;
    double[] some = new double[right.length / topics];
    for (int i = 0; i < some.length; i++) {
      some[i] = right[i * topics + topic.ordinal()];
    }
    return some;
  }
}

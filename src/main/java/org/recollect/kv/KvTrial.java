package org.recollect.kv;

import static org.recollect.kv.KvMeasures.BITS;
import static org.recollect.kv.KvMeasures.BYTES_PER_TOKEN;
import static org.recollect.kv.KvMeasures.BYTES_READ_PER_STEP;
import static org.recollect.kv.KvMeasures.DECODE_SPEED;
import static org.recollect.kv.KvMeasures.EXACT_MATCH;
import static org.recollect.kv.KvMeasures.KEY_BITS;
import static org.recollect.kv.KvMeasures.KEY_ERROR;
import static org.recollect.kv.KvMeasures.KL;
import static org.recollect.kv.KvMeasures.LEAST_MASS;
import static org.recollect.kv.KvMeasures.LOOK_UP_ERROR;
import static org.recollect.kv.KvMeasures.PERPLEXITY;
import static org.recollect.kv.KvMeasures.PERPLEXITY_DELTA;
import static org.recollect.kv.KvMeasures.RECALL;
import static org.recollect.kv.KvMeasures.SCORING_TIME;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.recollect.lab.Measure;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Trial;
import org.recollect.model.LanguageModel;
import org.recollect.model.Prompt;

/// One trial of a [KvStudy]: one policy on the texts and tasks of a bench.
///
/// @param model the subject, with the trial's outliers in it
/// @param piece tokens of a prompt that are read at a time
record KvTrial(
    Trial<Kv> trial, LanguageModel model, Bench bench, Budget budget, int piece, Meter meter) {

  /// Measures that do not read the texts from the cache.
  private static final Set<Measure> APART = Set.of(RECALL, EXACT_MATCH, DECODE_SPEED, SCORING_TIME);

  /// Texts on which speed is measured: each is a median of its own already.
  private static final int TIMED_TEXTS = 3;

  private static final int TIMED_TURNS = 7;

  /// Measures what the trial wants.
  Outcome outcome() {
    var policy = bench.policy(trial.arm(), model);
    var outcome = new Outcome(new LinkedHashMap<>());
    boolean reads = trial.measures().stream().anyMatch(measure -> !APART.contains(measure));
    if (reads) {
      outcome = read(policy, outcome);
    }
    if (trial.wants(RECALL) || trial.wants(EXACT_MATCH)) {
      double[] recall = recall(policy);
      double[] exact = Arrays.stream(recall).map(share -> share == 1 ? 1 : 0).toArray();
      outcome = outcome.with(RECALL, recall).with(EXACT_MATCH, exact);
    }
    if (trial.wants(SCORING_TIME)) {
      outcome = outcome.with(SCORING_TIME, scoringTime(policy));
    }
    if (trial.wants(DECODE_SPEED)) {
      outcome = outcome.with(DECODE_SPEED, speed(policy));
    }
    return outcome;
  }

  private Outcome read(Policy policy, Outcome outcome) {
    var readings = bench.readings(model, policy.scorer());
    var references = bench.references(model);
    var effects = new ArrayList<Reading.Effect>();
    double[] delta = new double[readings.size()];
    double[] keyError = new double[readings.size()];
    double[] leastMass = new double[readings.size()];
    double[] keyBits = new double[readings.size()];
    double[] lookUpError = new double[readings.size()];
    var config = model.config();
    int heads = config.layers() * config.kvHeads();
    for (int i = 0; i < delta.length; i++) {
      var reading = readings.get(i);
      try (var cache = cache(policy, reading.prompt())) {
        keyError[i] = KeyError.of(cache, reading.prompt());
        leastMass[i] = RetainedMass.least(cache, reading.prompt());
        keyBits[i] = 8.0 * cache.keyBytes() / ((double) reading.prompt().length() * heads);
        lookUpError[i] = trial.wants(LOOK_UP_ERROR) ? LookUpError.of(cache, reading.prompt()) : 0;
        var effect = reading.from(model, cache, references.get(i));
        effects.add(effect);
        delta[i] = effect.perplexity() - reading.perplexity(references.get(i));
        meter.bytes(cache.bytes());
      }
      count(reading.rest().length);
    }
    double bytesOfABit = 2.0 * heads * config.headDim() / 8;
    ToDoubleFunction<Reading.Effect> bits = effect -> effect.bytesPerToken() / bytesOfABit;
    return outcome
        .with(PERPLEXITY, items(effects, Reading.Effect::perplexity))
        .with(PERPLEXITY_DELTA, delta)
        .with(KL, items(effects, Reading.Effect::divergence))
        .with(KEY_ERROR, keyError)
        .with(LEAST_MASS, leastMass)
        .with(KEY_BITS, keyBits)
        .with(LOOK_UP_ERROR, lookUpError)
        .with(BITS, items(effects, bits))
        .with(BYTES_PER_TOKEN, items(effects, Reading.Effect::bytesPerToken))
        .with(BYTES_READ_PER_STEP, items(effects, Reading.Effect::bytesReadPerStep));
  }

  /// What the policy keeps of a prompt, read at once or in pieces.
  private KvCache cache(Policy policy, Prompt prompt) {
    if (piece >= prompt.length()) {
      return policy.cache(prompt, budget);
    }
    try (var talk = Conversation.of(model, policy, budget).inPieces(piece)) {
      talk.read(prompt.tokens());
      return talk.release();
    }
  }

  private double[] recall(Policy policy) {
    var tasks = bench.tasks(model, policy.scorer());
    double[] recall = new double[tasks.size()];
    for (int i = 0; i < recall.length; i++) {
      var task = tasks.get(i);
      try (var cache = cache(policy, task.context())) {
        recall[i] = task.answered(model, cache);
      }
      count(task.rest().length);
    }
    return recall;
  }

  private double[] speed(Policy policy) {
    int steps = trial.scale().pick(8, 16, 64);
    var readings = bench.readings(model, policy.scorer());
    double[] speed = new double[Math.min(TIMED_TEXTS, readings.size())];
    for (int i = 0; i < speed.length; i++) {
      speed[i] = DecodeSpeed.ratio(model, readings.get(i).prompt(), policy, budget, steps);
      count(2 * steps);
    }
    return speed;
  }

  private double[] scoringTime(Policy policy) {
    var readings = bench.readings(model, policy.scorer());
    double[] time = new double[Math.min(TIMED_TEXTS, readings.size())];
    for (int i = 0; i < time.length; i++) {
      time[i] = ScoringTime.ratio(policy.scorer(), readings.get(i).prompt(), TIMED_TURNS);
    }
    return time;
  }

  private void count(int tokens) {
    meter.tokens(tokens).modelCalls(tokens);
  }

  private static double[] items(
      ArrayList<Reading.Effect> effects, ToDoubleFunction<Reading.Effect> value) {
    return effects.stream().mapToDouble(value).toArray();
  }
}

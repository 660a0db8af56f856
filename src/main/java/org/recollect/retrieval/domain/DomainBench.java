package org.recollect.retrieval.domain;

import static org.recollect.retrieval.domain.DomainMeasures.*;

import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.recollect.data.DomainText;
import org.recollect.data.Split;
import org.recollect.lab.Bench;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Quartiles;
import org.recollect.lab.Trial;
import org.recollect.model.LanguageModel;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.RandomStream;

/// The models and texts that the trials of one seed share. Mutable; owns the models.
final class DomainBench implements Bench<DomainArm> {

  /// Texts that are read for the latency, at most.
  private static final int TIMED = 9;

  /// Turns that a base and an arm take at each of these.
  private static final int TURNS = 3;

  private final DomainStudy.Nouns nouns;
  private final long seed;
  private final LinkedHashMap<String, LanguageModel> models = new LinkedHashMap<>();
  private final Map<String, Texts> domains = new HashMap<>();
  private final int[][] general;

  /// Of one domain, each `[texts][length + 1]`.
  private record Texts(int[][] training, int[][] validation, int[][] test) {}

  DomainBench(DomainStudy.Nouns nouns, long seed) {
    this.nouns = nouns;
    this.seed = seed;
    nouns.sizes().names().forEach(name -> models.put(name, nouns.sizes().open(name)));
    this.general = heldOut(nouns.general().orElseThrow(), Split.TEST);
  }

  @Override
  public Outcome outcome(Trial<DomainArm> trial, Meter meter) {
    var texts =
        domains.computeIfAbsent(
            nouns.domain(trial.settings()).name(), _ -> read(nouns.domain(trial.settings())));
    var task = task(nouns.size(trial.settings()), texts);
    try (var adapted = trial.arm().adapt(task)) {
      meter.tokens(task.places()).flop(adapted.flop()).bytes(adapted.bytes());
      double lambda = adapted.share(texts.validation);
      var outcome =
          judged(adapted, lambda, texts)
              .with(SHARE, lambda)
              .with(BYTES_ADDED, adapted.bytes() / 1e6)
              .with(LEARNING_COMPUTE, adapted.flop() / 1e12);
      return trial.wants(LATENCY)
          ? outcome.with(LATENCY, latencies(Predictor.of(task.base()), adapted, lambda, texts.test))
          : outcome;
    }
  }

  private DomainTask task(String size, Texts texts) {
    var sizes = nouns.sizes().names();
    if (!models.containsKey(size)) {
      throw new IllegalArgumentException(
          "There is no model '%s' among the sizes %s: name one of these.".formatted(size, sizes));
    }
    return new DomainTask(
        models.get(size),
        models.get(sizes.getFirst()),
        models.get(sizes.getLast()),
        texts.training,
        texts.validation,
        seed,
        nouns.kept());
  }

  private Outcome judged(Adapted adapted, double lambda, Texts texts) {
    double[][] domain = adapted.logLikelihoods(texts.test, lambda);
    return Outcome.of(DOMAIN_PERPLEXITY, perplexities(domain, texts.test, _ -> true))
        .with(RARE_PERPLEXITY, perplexities(domain, texts.test, rare(texts.training)))
        .with(
            GENERAL_PERPLEXITY,
            perplexities(adapted.logLikelihoods(general, lambda), general, _ -> true))
        .with(
            GENERAL_WITHOUT, perplexities(adapted.logLikelihoods(general, 0), general, _ -> true));
  }

  /// Of each text that has such tokens.
  private static double[] perplexities(double[][] logs, int[][] texts, IntPredicate counted) {
    return IntStream.range(0, texts.length)
        .mapToObj(text ->
            IntStream.range(0, logs[text].length)
                .filter(i -> counted.test(texts[text][i + 1]))
                .mapToDouble(i -> logs[text][i])
                .average())
        .filter(mean -> mean.isPresent())
        .mapToDouble(mean -> Math.exp(-mean.getAsDouble()))
        .toArray();
  }

  private IntPredicate rare(int[][] training) {
    int vocabulary = models.firstEntry().getValue().config().vocabSize();
    long[] counts = new long[vocabulary];
    Arrays.stream(training).flatMapToInt(Arrays::stream).forEach(token -> counts[token]++);
    double average = Arrays.stream(counts).average().orElseThrow();
    return token -> counts[token] < average;
  }

  /// The base and the arm take turns, so that what else the machine does falls on both.
  ///
  /// @return of each text `[texts]`
  private static double[] latencies(Predictor base, Adapted adapted, double lambda, int[][] texts) {
    ratio(base, adapted, lambda, texts[0]); // warms up
    return Arrays.stream(texts)
        .limit(TIMED)
        .mapToDouble(text -> {
          double[] ratios = new double[TURNS];
          Arrays.setAll(ratios, _ -> ratio(base, adapted, lambda, text));
          return Quartiles.of(ratios).median();
        })
        .toArray();
  }

  private static double ratio(Predictor base, Adapted adapted, double lambda, int[] text) {
    int[][] texts = {text};
    double alone = seconds(() -> base.logLikelihoods(texts));
    return seconds(() -> adapted.logLikelihoods(texts, lambda)) / alone;
  }

  private static double seconds(Runnable work) {
    long started = System.nanoTime();
    work.run();
    return (System.nanoTime() - started) / 1e9;
  }

  private Texts read(DomainText domain) {
    var tokenizer = tokenizer();
    return new Texts(
        domain.training(
            nouns.training(),
            nouns.length(),
            tokenizer::encode,
            models.firstEntry().getValue().endOfText(),
            RandomStream.of(seed, "domain", domain.name())),
        heldOut(domain, Split.VALIDATION),
        heldOut(domain, Split.TEST));
  }

  private int[][] heldOut(DomainText text, Split part) {
    return text.heldOut(
        part,
        nouns.heldOut(),
        nouns.length(),
        tokenizer()::encode,
        RandomStream.of(seed, "held out", text.name(), part));
  }

  private Tokenizer tokenizer() {
    return models.firstEntry().getValue().tokenizer();
  }

  @Override
  public void close() {
    models.values().forEach(LanguageModel::close);
  }
}

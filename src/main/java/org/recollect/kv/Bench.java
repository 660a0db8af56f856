package org.recollect.kv;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.recollect.data.Corpus;
import org.recollect.data.LongContextTask;
import org.recollect.data.Sequences;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.RandomStream;

/// What the arms of one comparison share: the texts as the model read them, the predictions of the
/// full cache, and what codecs learned. Mutable: each part is made when it is first asked for.
///
/// Plain Java memory; the model is lent with every call, so that nothing native is kept.
final class Bench {

  private final Key key;
  private final Sequences sequences;
  private final Optional<LongContextTask> recall;
  private final Sizes sizes;
  private final int window;
  private final Map<Kv, Policy> fitted = new HashMap<>();
  private final Map<Codec, Codec> codecs = new HashMap<>();
  private final Map<Scorer, List<Reading>> readings = new HashMap<>();
  private final Map<Scorer, List<RecallTask>> tasks = new HashMap<>();
  private Calibration calibration;
  private List<float[][]> references;

  /// What decides everything on a bench.
  ///
  /// @param seed decides texts and tasks
  /// @param outliers in the model
  /// @param length of the texts
  /// @param task what is recalled
  record Key(int seed, Outliers outliers, int length, Map<String, ?> task) {}

  /// How much is done.
  ///
  /// @param texts read
  /// @param continued tokens of each text that are read from the cache
  /// @param tasks of recall
  /// @param calibration texts that codecs learn from
  record Sizes(int texts, int continued, int tasks, int calibration) {}

  /// @param window queries to record of every prompt, for scorers that observe them
  Bench(Key key, Sequences sequences, Optional<LongContextTask> recall, Sizes sizes, int window) {
    this.key = key;
    this.sequences = sequences;
    this.recall = recall;
    this.sizes = sizes;
    this.window = window;
  }

  /// An arm with what it learns from the training part of the corpus, which is the same for every
  /// seed.
  Policy policy(Kv arm, LanguageModel model) {
    if (calibration == null) {
      var stream = RandomStream.of(0, "kv calibration");
      var texts = draw(sequences.corpus().train(), sizes.calibration(), model, stream);
      calibration = Calibration.of(model, texts, window);
    }
    var lent = calibration.lent(model);
    return fitted.computeIfAbsent(
        arm,
        each -> {
          var policy = each.policy();
          // A codec that several arms share learns once.
          var codec = codecs.computeIfAbsent(policy.codec(), other -> other.fit(lent));
          return policy.fit(lent, codec);
        });
  }

  /// Texts from the test part of the corpus, as a scorer has them read.
  List<Reading> readings(LanguageModel model, Scorer scorer) {
    var reader = scorer.reader(model);
    return readings.computeIfAbsent(
        sharing(scorer, reader == model),
        _ -> {
          var stream = RandomStream.of(key.seed(), "kv texts");
          return draw(sequences.corpus().test(), sizes.texts(), model, stream).stream()
              .map(text -> Reading.of(reader, text, sizes.continued(), window))
              .toList();
        });
  }

  /// Scorers that leave reading to the model itself share what it has read.
  private static Scorer sharing(Scorer scorer, boolean plain) {
    return plain ? new KeepAll() : scorer;
  }

  /// For each text, what the model predicts with the full f32 cache.
  List<float[][]> references(LanguageModel model) {
    if (references == null) {
      references = new ArrayList<>();
      for (Reading reading : readings(model, new KeepAll())) {
        try (var cache = Kv.full().policy().cache(reading.prompt(), Budget.fraction(1))) {
          references.add(reading.reference(model, cache));
        }
      }
    }
    return references;
  }

  /// Recall tasks as long as the texts, as a scorer has them read.
  List<RecallTask> tasks(LanguageModel model, Scorer scorer) {
    var reader = scorer.reader(model);
    return tasks.computeIfAbsent(
        sharing(scorer, reader == model),
        _ -> {
          var stream = RandomStream.of(key.seed(), "kv recall");
          int tokens = sequences.length();
          return recall
              .orElseThrow()
              .items(sizes.tasks(), tokens, model.tokenizer()::count, stream)
              .stream()
              .map(item -> RecallTask.of(reader, item, window))
              .toList();
        });
  }

  private List<int[]> draw(Corpus part, int count, LanguageModel model, RandomStream stream) {
    var tokens = part.tokens(sequences.length());
    return Arrays.asList(tokens.draw(count, model.tokenizer()::encode, stream));
  }
}

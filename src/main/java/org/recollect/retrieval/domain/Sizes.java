package org.recollect.retrieval.domain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.recollect.data.DomainText;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Configured;
import org.recollect.lab.Meter;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Weights;

/// Models of several sizes that share a tokenizer, from small to large: one memory of their domain
/// can stand beside each of them.
public final class Sizes implements Configured {

  /// Layers of the smallest model of [#java].
  private static final int FEWEST_LAYERS = 2;

  private final SequencedMap<String, Supplier<LanguageModel>> sources;
  private final Map<String, String> digests = new LinkedHashMap<>();

  private Sizes(SequencedMap<String, Supplier<LanguageModel>> sources) {
    this.sources = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(sources));
    sources.forEach((name, source) -> {
      try (var model = source.get()) {
        digests.put(name, model.weights().digest());
      }
    });
  }

  /// Models by name, from small to large. Each is opened once here for the digest of its weights.
  ///
  /// @param sources open a model, which the caller closes
  /// @throws IllegalArgumentException if there is none
  public static Sizes of(SequencedMap<String, Supplier<LanguageModel>> sources) {
    if (sources.isEmpty()) {
      throw new IllegalArgumentException(
          "A domain is read by at least one model: name one, such as \"microJava\".");
    }
    return new Sizes(sources);
  }

  /// Three sizes of Java models: `two layers`, microJava and miniJava, of which the last two are
  /// shipped and share a tokenizer (nanoJava's is another). The first is the first two layers of
  /// microJava, which can say little after the cut and so learn again on the training part of
  /// `java.base`; it is made once and kept in the cache folder.
  ///
  /// @param steps of that learning, of 8 texts of 128 tokens, at 1e-3 falling to 0 *(inferred)*
  public static Sizes java(int steps) {
    var sources = new LinkedHashMap<String, Supplier<LanguageModel>>();
    sources.put("two layers", () -> cut(steps));
    sources.put("microJava", Models::microJava);
    sources.put("miniJava", Models::miniJava);
    return of(sources);
  }

  private static LanguageModel cut(int steps) {
    var whole = Models.microJava();
    var tuning = new Training(1, 8, 1e-3);
    var healed =
        Checkpoints.cached()
            .get(
                () -> heal(whole, tuning, steps),
                "first layers",
                FEWEST_LAYERS,
                steps,
                tuning,
                whole.weights().digest());
    // The tokenizer passes to the new model; only the old weights are done with.
    whole.weights().close();
    return new LanguageModel(whole.config().withLayers(FEWEST_LAYERS), healed, whole.tokenizer());
  }

  private static Weights heal(LanguageModel whole, Training tuning, int steps) {
    var layers =
        IntStream.range(FEWEST_LAYERS, whole.config().layers())
            .mapToObj(layer -> "model.layers." + layer + ".")
            .toList();
    var first = whole.weights().only(name -> layers.stream().noneMatch(name::startsWith)).copy();
    int[][] texts =
        DomainText.general()
            .training(
                steps * tuning.rows(),
                128,
                whole.tokenizer()::encode,
                whole.endOfText(),
                RandomStream.of(1, "healing"));
    tuning.run(whole.withLayers(FEWEST_LAYERS, first), first, texts, 1, new Meter());
    return first;
  }

  /// The names, from small to large.
  public List<String> names() {
    return new ArrayList<>(sources.sequencedKeySet());
  }

  /// Opens a model, which the caller closes.
  LanguageModel open(String name) {
    var source = sources.get(name);
    if (source == null) {
      throw new IllegalArgumentException(
          "There is no model '%s' among the sizes %s: name one of these.".formatted(name, names()));
    }
    return source.get();
  }

  /// The digests of the weights by name.
  @Override
  public Map<String, ?> configuration() {
    return digests;
  }
}

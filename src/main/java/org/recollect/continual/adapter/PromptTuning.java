package org.recollect.continual.adapter;

import org.recollect.continual.Hooks;
import org.recollect.continual.LanguageTrainee;
import org.recollect.continual.Recipe;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.data.Experience;
import org.recollect.model.Prefix;
import org.recollect.model.SoftPrompt;
import org.recollect.model.VirtualTokens;
import org.recollect.tensor.Weights;

/// Trained vectors before every text, the same through all tasks, while the model stays as it is: a
/// [soft prompt][SoftPrompt] (Lester et al., 2021, arXiv:2104.08691) or a [prefix][Prefix] in every
/// layer (Li and Liang, 2021, arXiv:2101.00190). They begin as words drawn at random, so that even
/// untrained they change what is predicted.
///
/// @param count vectors, at least 1
/// @param inEveryLayer whether it is a prefix
public record PromptTuning(int count, boolean inEveryLayer) implements Strategy {
  /// Vectors learn at a multiple of the rate of full tuning (inferred; as LoRA does here).
  private static final double RATE = 5;

  public PromptTuning {
    if (count < 1) {
      throw new IllegalArgumentException(
          "A prompt has at least one vector, not %d.".formatted(count));
    }
  }

  @Override
  public String name() {
    return inEveryLayer ? "prefix tuning" : "prompt tuning";
  }

  @Override
  public Recipe recipe(Recipe usual) {
    return usual.rate(RATE * usual.rate());
  }

  @Override
  public Hooks begin(Start start) {
    if (!(start.trainee() instanceof LanguageTrainee trainee)) {
      throw new IllegalStateException(
          "Prompts stand before texts: take a base that reads, such as Base.words(96, 2).");
    }
    return new Hooks() {
      private VirtualTokens vectors;

      @Override
      public void beforeTask(Experience task) {
        if (vectors == null) {
          var model = trainee.adaptable();
          stand(
              inEveryLayer
                  ? Prefix.random(model, count, start.seed())
                  : SoftPrompt.random(model, count, start.seed()));
        }
        trainee.tune(vectors.weights());
      }

      private void stand(VirtualTokens some) {
        vectors = some;
        trainee.behind(vectors);
      }

      @Override
      public long bytes() {
        return vectors.weights().bytes();
      }

      @Override
      public void save(Snapshot to) {
        to.put("vectors", vectors.weights());
      }

      @Override
      public void load(Snapshot from) {
        Weights saved = from.weights("vectors");
        stand(inEveryLayer ? new Prefix(saved) : new SoftPrompt(saved));
      }

      @Override
      public void close() {
        if (vectors != null) {
          vectors.close();
        }
      }
    };
  }
}

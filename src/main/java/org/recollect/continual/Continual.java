package org.recollect.continual;

import java.util.Map;
import org.recollect.continual.adapter.Experts;
import org.recollect.continual.adapter.InfLora;
import org.recollect.continual.adapter.Mora;
import org.recollect.continual.adapter.OLora;
import org.recollect.continual.adapter.Placing;
import org.recollect.continual.adapter.PromptTuning;
import org.recollect.continual.adapter.RegLora;
import org.recollect.continual.adapter.SequentialLora;
import org.recollect.continual.adapter.TaskLoras;
import org.recollect.continual.expand.Adept;
import org.recollect.continual.measure.GradientSplit;
import org.recollect.continual.merge.ContinualMerging;
import org.recollect.continual.merge.MergeRule;
import org.recollect.continual.preference.Dpo;
import org.recollect.continual.regularise.Ewc;
import org.recollect.continual.regularise.Lwf;
import org.recollect.continual.regularise.Mas;
import org.recollect.continual.regularise.SynapticIntelligence;
import org.recollect.continual.replay.AGem;
import org.recollect.continual.replay.DarkReplay;
import org.recollect.continual.replay.Gem;
import org.recollect.continual.replay.GeneralReplay;
import org.recollect.continual.replay.Gere;
import org.recollect.continual.replay.HerdedReplay;
import org.recollect.continual.replay.Replay;
import org.recollect.continual.subspace.Held;
import org.recollect.continual.subspace.Ogpsa;
import org.recollect.continual.subspace.Osft;

/// The strategies of this library, for a cell. Each name in brackets says where it comes from, and
/// with which settings.
///
/// ```java
/// study.compare(Continual.replay(200), Continual.ewc(100), Continual.replay(50).and(Continual.si(1)))
/// ```
public final class Continual {
  private Continual() {}

  // The bounds.

  /// Plain tuning on one task after another, the lower bound of what is kept: [Sequential].
  public static Strategy sequential() {
    return new Sequential();
  }

  /// Tuning on all tasks at once, the upper bound of what can be kept: [Joint].
  public static Strategy joint() {
    return new Joint();
  }

  /// Plain tuning that reads as much as a strategy does, its control: [Matched].
  ///
  /// @param times how much more that is than usual, at least 1
  public static Strategy matched(Strategy strategy, int times) {
    return new Matched(strategy.name(), times);
  }

  // Replay.

  /// Lessons drawn from a reservoir beside each batch: [Replay].
  ///
  /// @param size lessons in memory, at least 1
  public static Replay replay(int size) {
    return new Replay(size);
  }

  /// The same of exemplars near the mean of their class, chosen by herding: [HerdedReplay].
  ///
  /// @param size lessons in memory, at least 1
  public static HerdedReplay herdedReplay(int size) {
    return new HerdedReplay(size);
  }

  /// DER++, lessons replayed with what was answered to them then: [DarkReplay].
  ///
  /// @param size lessons in memory, at least 1
  public static DarkReplay darkReplay(int size) {
    return new DarkReplay(size);
  }

  /// Lessons of what the base was trained on, a fixed set, beside each batch: [GeneralReplay].
  ///
  /// @param samples in the set, at least 1
  /// @param rows of them beside each batch, at least 1
  public static GeneralReplay generalReplay(int samples, int rows) {
    return new GeneralReplay(samples, rows);
  }

  /// The same with hidden states kept near the base's, between thresholds: [Gere].
  ///
  /// @param samples in the fixed set, at least 1
  /// @param rows of them beside each batch, at least 1
  public static Gere gere(int samples, int rows) {
    return new Gere(samples, rows);
  }

  /// The gradient kept from raising the loss on any earlier task's memory: [Gem].
  ///
  /// @param size lessons in memory for each task, at least 1
  public static Gem gem(int size) {
    return new Gem(size);
  }

  /// The same for the mean loss on one memory of all: [AGem].
  ///
  /// @param size lessons in memory, at least 1
  public static AGem aGem(int size) {
    return new AGem(size);
  }

  // What holds weights or predictions where they were.

  /// Weights held where they were, by the Fisher information: elastic weight consolidation, [Ewc].
  ///
  /// @param lambda strength, above 0
  public static Ewc ewc(double lambda) {
    return new Ewc(lambda);
  }

  /// The same by how far the outputs depend on them: memory aware synapses, [Mas].
  ///
  /// @param lambda strength, above 0
  public static Mas mas(double lambda) {
    return new Mas(lambda);
  }

  /// The same by what they did for the loss on their way: [SynapticIntelligence].
  ///
  /// @param c strength, above 0
  public static SynapticIntelligence si(double c) {
    return new SynapticIntelligence(c);
  }

  /// The model of before the task taught to the new one on the new inputs: learning without
  /// forgetting, [Lwf].
  ///
  /// @param lambda strength, above 0
  public static Lwf lwf(double lambda) {
    return new Lwf(lambda);
  }

  // Subspaces.

  /// A share of every matrix's large singular directions held: [Osft].
  ///
  /// @param share of the directions, 0 to 1
  public static Osft osft(double share) {
    return new Osft(new Held.Fixed(share));
  }

  /// The same with a share that rises from task to task: [Held.Rising].
  public static Osft osft() {
    return new Osft(new Held.Rising());
  }

  /// The same with more held in blocks that turn their input less, from a share of 0.1 to a usual
  /// one of 0.8, seen on 100 lessons: [Held.ByImportance].
  public static Osft osftByImportance() {
    return new Osft(new Held.ByImportance(0.1, 0.8, 100));
  }

  /// The directions along which general skill changes fastest taken out of the step: [Ogpsa], with
  /// 48 samples in each set.
  ///
  /// @param sets of general samples, at least 1
  /// @param every so many steps their gradients are taken, at least 1
  public static Ogpsa ogpsa(int sets, int every) {
    return new Ogpsa(sets, 48, every);
  }

  // Adapters over a frozen model, on all linear maps of the blocks, with an alpha of twice the
  // rank.

  /// One LoRA through all tasks: [SequentialLora].
  public static SequentialLora lora(int rank) {
    return new SequentialLora(Placing.everywhere(rank), false);
  }

  /// A LoRA that is merged after each task, and begins anew: [SequentialLora].
  public static SequentialLora renewedLora(int rank) {
    return new SequentialLora(Placing.everywhere(rank), true);
  }

  /// A LoRA for each task, chosen by an oracle, which is a bound: [TaskLoras].
  public static TaskLoras taskLoras(int rank) {
    return new TaskLoras(Placing.everywhere(rank));
  }

  /// A LoRA more for each task, at right angles to those before, weighed by 0.5: [OLora].
  public static OLora oLora(int rank) {
    return new OLora(Placing.everywhere(rank));
  }

  /// LoRA within what earlier tasks' inputs leave free, 0.95 of whose energy is protected:
  /// [InfLora].
  public static InfLora infLora(int rank) {
    return new InfLora(Placing.everywhere(rank));
  }

  /// LoRA held away from the 0.02 of entries that mattered most to each earlier task: [RegLora].
  ///
  /// @param lambda strength, above 0
  public static RegLora regLora(int rank, double lambda) {
    return new RegLora(Placing.everywhere(rank), lambda);
  }

  /// LoRA experts with a learned router, their balance weighed by .01: [Experts].
  ///
  /// @param experts on each linear map
  /// @param top of them that a token uses, 1 to all
  /// @param rank of one
  public static Experts experts(int experts, int top, int rank) {
    return new Experts(experts, top, Placing.everywhere(rank));
  }

  /// Ranks that select themselves: [Mora], at a temperature of .5.
  ///
  /// @param ranks that each task adds, and that a token may use
  public static Mora mora(int ranks) {
    return new Mora(Placing.everywhere(ranks));
  }

  /// A soft prompt before every text, through all tasks: [PromptTuning].
  ///
  /// @param count of its vectors, at least 1
  public static PromptTuning prompt(int count) {
    return new PromptTuning(count, false);
  }

  /// A prefix of keys and values in every layer, likewise: [PromptTuning].
  ///
  /// @param count of keys in a layer, at least 1
  public static PromptTuning prefix(int count) {
    return new PromptTuning(count, true);
  }

  // Growth, merging, preferences, and what looks on.

  /// Copies of the layers that general text needs least, trained alone: [Adept].
  ///
  /// @param copies of layers that are inserted, at least 1
  public static Adept adept(int copies) {
    return new Adept(copies);
  }

  /// The mean of models that were each tuned for one task: [MergeRule.Soup].
  public static ContinualMerging soup() {
    return new ContinualMerging(new MergeRule.Soup());
  }

  /// What tuning for each task has changed, a fifth of it kept and elected by sign, all of it
  /// added: [MergeRule.Ties].
  public static ContinualMerging ties() {
    return new ContinualMerging(new MergeRule.Ties(0.2, 1));
  }

  /// The same, nine tenths dropped by chance and the rest rescaled: [MergeRule.Dare].
  public static ContinualMerging dare() {
    return new ContinualMerging(new MergeRule.Dare(0.9));
  }

  /// Better answers preferred to worse ones: direct preference optimisation, [Dpo].
  ///
  /// @param beta strength, above 0
  /// @param worse answers by prompt, one for every question of the stream
  public static Dpo dpo(double beta, Map<String, String> worse) {
    return new Dpo(beta, worse);
  }

  /// The same strategy with its gradient split at every step into the part that learns and the part
  /// that preserves: [GradientSplit].
  public static GradientSplit split(Strategy strategy) {
    return new GradientSplit(strategy);
  }
}

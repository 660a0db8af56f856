package org.recollect.continual;

import java.util.Map;
import org.recollect.continual.adapter.Experts;
import org.recollect.continual.adapter.InfLora;
import org.recollect.continual.adapter.Mora;
import org.recollect.continual.adapter.OLora;
import org.recollect.continual.adapter.Placing;
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

/// The strategies of this library, for a cell.
///
/// ```java
/// study.compare(Continual.replay(200), Continual.ewc(100), Continual.replay(50).and(Continual.si(1)))
/// ```
public final class Continual {
  private Continual() {}

  /// Plain tuning on one task after another: the lower bound of what is kept.
  public static Strategy sequential() {
    return new Sequential();
  }

  /// Tuning on all tasks at once: the upper bound of what can be kept.
  public static Strategy joint() {
    return new Joint();
  }

  /// Plain tuning that reads as much as a strategy does.
  ///
  /// @param times how much more that is than usual
  public static Strategy matched(Strategy strategy, int times) {
    return new Matched(strategy, times);
  }

  /// Experience replay.
  ///
  /// @param size lessons in memory
  public static Replay replay(int size) {
    return new Replay(size);
  }

  /// Experience replay of exemplars that are chosen by herding.
  ///
  /// @param size lessons in memory
  public static HerdedReplay herdedReplay(int size) {
    return new HerdedReplay(size);
  }

  /// DER++.
  ///
  /// @param size lessons in memory
  public static DarkReplay darkReplay(int size) {
    return new DarkReplay(size);
  }

  /// A-GEM.
  ///
  /// @param size lessons in memory
  public static AGem aGem(int size) {
    return new AGem(size);
  }

  /// Elastic weight consolidation.
  public static Ewc ewc(double lambda) {
    return new Ewc(lambda);
  }

  /// Memory aware synapses.
  public static Mas mas(double lambda) {
    return new Mas(lambda);
  }

  /// Synaptic intelligence.
  public static SynapticIntelligence si(double c) {
    return new SynapticIntelligence(c);
  }

  /// Learning without forgetting.
  public static Lwf lwf(double lambda) {
    return new Lwf(lambda);
  }

  /// One LoRA through all tasks.
  public static SequentialLora lora(int rank) {
    return new SequentialLora(Placing.everywhere(rank), false);
  }

  /// A LoRA that is merged after each task, and begins anew.
  public static SequentialLora renewedLora(int rank) {
    return new SequentialLora(Placing.everywhere(rank), true);
  }

  /// A LoRA for each task, chosen by an oracle: a bound.
  public static TaskLoras taskLoras(int rank) {
    return new TaskLoras(Placing.everywhere(rank));
  }

  /// O-LoRA.
  public static OLora oLora(int rank) {
    return new OLora(Placing.everywhere(rank));
  }

  /// InfLoRA.
  public static InfLora infLora(int rank) {
    return new InfLora(Placing.everywhere(rank));
  }

  /// RegLoRA.
  ///
  /// @param lambda strength
  public static RegLora regLora(int rank, double lambda) {
    return new RegLora(Placing.everywhere(rank), lambda);
  }

  /// The mean of models that were each tuned for one task.
  public static ContinualMerging soup() {
    return new ContinualMerging(new MergeRule.Soup());
  }

  /// TIES of what tuning for each task has changed.
  public static ContinualMerging ties() {
    return new ContinualMerging(new MergeRule.Ties(0.2, 1));
  }

  /// DARE of what tuning for each task has changed.
  public static ContinualMerging dare() {
    return new ContinualMerging(new MergeRule.Dare(0.9));
  }

  /// A mixture of LoRA experts with a learned router.
  ///
  /// @param experts on each linear map
  /// @param top of them that a token uses
  /// @param rank of one
  public static Experts experts(int experts, int top, int rank) {
    return new Experts(experts, top, Placing.everywhere(rank));
  }

  /// MoRA.
  ///
  /// @param ranks that each task adds, and that a token may use
  public static Mora mora(int ranks) {
    return new Mora(Placing.everywhere(ranks));
  }

  /// Replay of a fixed set of what the base was trained on.
  ///
  /// @param samples in the set
  /// @param rows of them beside each batch
  public static GeneralReplay generalReplay(int samples, int rows) {
    return new GeneralReplay(samples, rows);
  }

  /// GeRe.
  ///
  /// @param samples in the fixed set
  /// @param rows of them beside each batch
  public static Gere gere(int samples, int rows) {
    return new Gere(samples, rows);
  }

  /// GEM.
  ///
  /// @param size lessons in memory for each task
  public static Gem gem(int size) {
    return new Gem(size);
  }

  /// The same strategy with its gradient split at every step into the part that learns and the part
  /// that preserves.
  public static GradientSplit split(Strategy strategy) {
    return new GradientSplit(strategy);
  }

  /// OSFT.
  ///
  /// @param share of the singular directions that are held, 0 to 1
  public static Osft osft(double share) {
    return new Osft(new Held.Fixed(share));
  }

  /// OSFT that holds a share which rises from task to task.
  public static Osft osft() {
    return new Osft(new Held.Rising());
  }

  /// OSFT that holds more of blocks that turn their input less.
  public static Osft osftByImportance() {
    return new Osft(new Held.ByImportance(0.1, 0.8, 100));
  }

  /// OGPSA with 48 samples in each set.
  ///
  /// @param sets of general samples
  /// @param every so many steps their gradients are taken
  public static Ogpsa ogpsa(int sets, int every) {
    return new Ogpsa(sets, 48, every);
  }

  /// ADEPT.
  ///
  /// @param copies of layers that are inserted
  public static Adept adept(int copies) {
    return new Adept(copies);
  }

  /// Direct preference optimisation.
  ///
  /// @param worse answers by prompt, one for every question of the stream
  public static Dpo dpo(double beta, Map<String, String> worse) {
    return new Dpo(beta, worse);
  }
}

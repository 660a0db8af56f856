package org.recollect.lab;

import org.recollect.tensor.Torch;

/// A study whose trials of one seed run on one [Bench]. It is set up for the first of them that is
/// not in the store, and cleared away after the last, or when one is interrupted.
///
/// Trials run on one thread: models that are taught within a study are small, so that two threads
/// would wait for each other, and other numbers of threads give other last bits.
///
/// @param <S> the family's own study
/// @param <A> the family's arms
public abstract class BenchStudy<S extends BenchStudy<S, A>, A extends Arm> extends Study<S, A> {
  private Bench<A> bench;
  private int seed;

  protected BenchStudy(Design<A> design) {
    super(design);
  }

  /// What the trials of a seed are to share.
  protected abstract Bench<A> bench(int seed, Scale scale);

  @Override
  protected final void prepare(Trial<A> trial) {
    try (var _ = Torch.withThreads(1)) {
      if (bench == null || seed != trial.seed()) {
        done();
        bench = bench(trial.seed(), trial.scale());
        seed = trial.seed();
      }
      bench.prepare(trial);
    }
  }

  @Override
  protected final Outcome run(Trial<A> trial, Meter meter) {
    try (var _ = Torch.withThreads(1)) {
      return bench.outcome(trial, meter);
    }
  }

  @Override
  protected final void done() {
    if (bench != null) {
      bench.close();
      bench = null;
    }
  }
}

package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.recollect.tensor.RandomStream;

/// SISA (Bourtoule et al., "Machine Unlearning", 2021, arXiv:1912.03817, section IV): training that
/// is sharded, isolated, sliced and aggregated, so that forgetting a sample means to train again
/// only what has seen it.
///
/// Samples are dealt at random into shards with a model each, and within a shard into slices. A
/// model is trained on its first slice, then on the first two, and so on, and is kept after each. A
/// sample to forget is dropped from its slice, and its shard's model is trained again from what was
/// kept before that slice. The models' probabilities are averaged. Exact: what is left was trained
/// without the sample. The price is paid in accuracy, as each model sees a share of the samples
/// only, and in memory for the models kept.
///
/// Generic over what is trained. Mutable; owns the models.
///
/// @param <M> a model; training makes a new one
public final class Sisa<M> implements AutoCloseable {
  private final Learner<M> learner;
  private final List<Shard<M>> shards = new ArrayList<>();

  /// What is trained. Samples are numbers that it can look up.
  public interface Learner<M> {

    /// The model of a shard before training.
    M start(int shard);

    /// A model that goes on from another, which stays as it is. There may be no samples left.
    M train(M from, int[] samples);

    /// Called once for each model that is not needed any more.
    default void release(M model) {}
  }

  /// @param slices the samples of each, in order
  /// @param models that before training, then that after each slice
  private record Shard<M>(List<List<Integer>> slices, List<M> models) {}

  /// Deals the samples 0 to count - 1 and trains on them.
  ///
  /// @param seed of the deal
  public Sisa(Learner<M> learner, int count, int shards, int slices, long seed) {
    if (shards < 1 || slices < 1 || count < shards * slices) {
      throw new IllegalArgumentException(
          "%d samples cannot be dealt into %d shards of %d slices: expected 1 or more of each and a sample for every slice."
              .formatted(count, shards, slices));
    }
    this.learner = learner;
    int[] order = RandomStream.of(seed, "sisa").indices(count, count);
    for (int s = 0; s < shards; s++) {
      var shard = new Shard<M>(new ArrayList<>(), new ArrayList<>());
      for (int slice = 0; slice < slices; slice++) {
        shard.slices.add(new ArrayList<>());
      }
      for (int i = s; i < count; i += shards) {
        shard.slices.get(i / shards % slices).add(order[i]);
      }
      shard.models.add(learner.start(s));
      this.shards.add(shard);
      train(shard, 0);
    }
  }

  /// Forgets samples.
  ///
  /// @return how many samples were shown again, each slice's with those before it
  /// @throws IllegalArgumentException if one is unknown or forgotten already, or given twice;
  ///   nothing is changed then
  public int forget(int... samples) {
    var gone = Arrays.stream(samples).boxed().toList();
    for (int i = 0; i < samples.length; i++) {
      int sample = samples[i];
      boolean known =
          shards.stream().flatMap(shard -> shard.slices.stream()).anyMatch(s -> s.contains(sample));
      if (!known || gone.indexOf(sample) < i) {
        throw new IllegalArgumentException(
            "Sample %d is not among those learned: name each that is, once.".formatted(sample));
      }
    }
    int shown = 0;
    for (var shard : shards) {
      int first = shard.slices.size();
      for (int slice = first - 1; slice >= 0; slice--) {
        first = shard.slices.get(slice).removeAll(gone) ? slice : first;
      }
      shown += train(shard, first);
    }
    return shown;
  }

  /// The mean of the models' probabilities.
  ///
  /// @param ofOne what one model says of the input in question `[classes]`
  public double[] probabilities(Function<M, double[]> ofOne) {
    var each = shards.stream().map(shard -> ofOne.apply(shard.models.getLast())).toList();
    return IntStream.range(0, each.getFirst().length)
        .mapToDouble(c -> each.stream().mapToDouble(p -> p[c]).average().orElseThrow())
        .toArray();
  }

  /// The model of each shard as it is now; not for the caller to release.
  public List<M> models() {
    return shards.stream().map(shard -> shard.models.getLast()).toList();
  }

  private int train(Shard<M> shard, int first) {
    while (shard.models.size() > first + 1) {
      learner.release(shard.models.removeLast());
    }
    int shown = 0;
    for (int slice = first; slice < shard.slices.size(); slice++) {
      int[] seen =
          shard.slices.subList(0, slice + 1).stream()
              .flatMap(List::stream)
              .mapToInt(i -> i)
              .toArray();
      shard.models.add(learner.train(shard.models.getLast(), seen));
      shown += seen.length;
    }
    return shown;
  }

  @Override
  public void close() {
    shards.forEach(shard -> shard.models.forEach(learner::release));
    shards.clear();
  }
}

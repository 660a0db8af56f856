package org.recollect.continual.merge;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Variants;
import org.recollect.data.Experience;
import org.recollect.tensor.WeightDelta;
import org.recollect.tensor.Weights;

/// Each task is learned from the base, and after each the changes of all tasks so far are merged
/// anew by a rule; the merged model is the one that is judged. Running statistics of batch norm are
/// those of the last task.
///
/// @param rule by which changes become one
public record ContinualMerging(MergeRule rule) implements Strategy {

  @Override
  public String name() {
    return rule.title();
  }

  @Override
  public SequencedMap<String, Strategy> variants() {
    var settings = new LinkedHashMap<String, Strategy>();
    rule.settings().forEach((setting, other) -> settings.put(setting, new ContinualMerging(other)));
    return settings.isEmpty() ? Variants.rates(this) : Variants.settings(settings);
  }

  @Override
  public Hooks begin(Start start) {
    var base = start.trainee().learned().copy();
    var changes = new ArrayList<WeightDelta>();
    return new Hooks() {
      @Override
      public void beforeTask(Experience task) {
        start.trainee().learned().overwrite(base);
      }

      @Override
      public void afterTask(Experience task) {
        var learned = start.trainee().learned();
        changes.add(WeightDelta.between(learned, base));
        try (var merged = rule.merged(List.copyOf(changes), start.random("merging"));
            var weights = merged.addedTo(base)) {
          learned.overwrite(weights);
        }
      }

      @Override
      public long bytes() {
        return base.bytes() * (1 + changes.size());
      }

      @Override
      public void save(Snapshot to) {
        for (int i = 0; i < changes.size(); i++) {
          to.put("change " + i, changes.get(i).arrays());
        }
      }

      @Override
      public void load(Snapshot from) {
        for (int i = 0; from.has("change " + i); i++) {
          Weights change = from.weights("change " + i);
          changes.add(new WeightDelta(change));
        }
      }

      @Override
      public void close() {
        changes.forEach(WeightDelta::close);
        base.close();
      }
    };
  }
}

package org.recollect.continual;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.lab.Measure;

/// Several strategies at once, in this order at every hook.
record Together(List<Strategy> strategies) implements Strategy {

  @Override
  public String name() {
    return strategies.stream().map(Strategy::name).collect(Collectors.joining(" + "));
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("strategies", strategies.stream().map(Strategy::described).toList());
  }

  @Override
  public Strategy and(Strategy next) {
    return new Together(Stream.concat(strategies.stream(), Stream.of(next)).toList());
  }

  @Override
  public Recipe recipe(Recipe usual) {
    var recipe = usual;
    for (Strategy strategy : strategies) {
      recipe = strategy.recipe(recipe);
    }
    return recipe;
  }

  @Override
  public boolean oracle() {
    return strategies.stream().anyMatch(Strategy::oracle);
  }

  @Override
  public List<Measure> figures() {
    return strategies.stream().flatMap(each -> each.figures().stream()).distinct().toList();
  }

  @Override
  public Hooks begin(Start start) {
    var all = new ArrayList<Hooks>();
    try {
      for (Strategy strategy : strategies) {
        all.add(strategy.begin(start));
      }
    } catch (RuntimeException failure) {
      all.reversed().forEach(Hooks::close);
      throw failure;
    }
    return new All(strategies, all);
  }

  private record All(List<Strategy> strategies, List<Hooks> all) implements Hooks {

    @Override
    public void beforeTask(Experience task) {
      all.forEach(each -> each.beforeTask(task));
    }

    @Override
    public List<Lesson> lessons(Experience task, List<Lesson> own) {
      var lessons = own;
      for (Hooks each : all) {
        lessons = each.lessons(task, lessons);
      }
      return lessons;
    }

    @Override
    public List<Lesson> beforeStep(List<Lesson> drawn) {
      var batch = drawn;
      for (Hooks each : all) {
        batch = each.beforeStep(batch);
      }
      return batch;
    }

    @Override
    public NDArray loss(List<Lesson> batch, NDArray loss) {
      var sum = loss;
      for (Hooks each : all) {
        sum = each.loss(batch, sum);
      }
      return sum;
    }

    @Override
    public void gradient(Map<String, NDArray> gradients) {
      all.forEach(each -> each.gradient(gradients));
    }

    @Override
    public boolean constrains() {
      return all.stream().anyMatch(Hooks::constrains);
    }

    @Override
    public void step(Map<String, NDArray> displacements) {
      all.forEach(each -> each.step(displacements));
    }

    @Override
    public void afterStep(List<Lesson> batch) {
      all.forEach(each -> each.afterStep(batch));
    }

    @Override
    public void afterTask(Experience task) {
      all.forEach(each -> each.afterTask(task));
    }

    @Override
    public Trainee judged(OptionalInt task, Trainee trained) {
      var judged = trained;
      for (Hooks each : all) {
        judged = each.judged(task, judged);
      }
      return judged;
    }

    @Override
    public double[] figure(Measure measure) {
      for (int i = 0; i < all.size(); i++) {
        if (strategies.get(i).figures().contains(measure)) {
          return all.get(i).figure(measure);
        }
      }
      return Hooks.super.figure(measure);
    }

    @Override
    public long bytes() {
      return all.stream().mapToLong(Hooks::bytes).sum();
    }

    @Override
    public void save(Snapshot to) {
      each((number, hooks) -> hooks.save(to.within(number)));
    }

    @Override
    public void load(Snapshot from) {
      each((number, hooks) -> hooks.load(from.within(number)));
    }

    private void each(BiConsumer<String, Hooks> action) {
      for (int i = 0; i < all.size(); i++) {
        action.accept("strategy " + i, all.get(i));
      }
    }

    @Override
    public void close() {
      all.reversed().forEach(Hooks::close);
    }
  }
}

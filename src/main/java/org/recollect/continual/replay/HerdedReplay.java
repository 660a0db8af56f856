package org.recollect.continual.replay;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.continual.Trainee;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

/// [Replay] of exemplars that are chosen by [Herding] after each task, in the features that the
/// model then has: of each class as many where classes come with the tasks, of each task elsewhere.
/// The room is shared equally among all so far, so that older ones give up their last exemplars.
///
/// @param size lessons in memory, at most
public record HerdedReplay(int size) implements Strategy {

  public HerdedReplay {
    Reservoir.requireRoom(size);
  }

  @Override
  public String name() {
    return "herded replay";
  }

  @Override
  public Hooks begin(Start start) {
    return new Exemplars(start, start.random("herded replay"));
  }

  private final class Exemplars implements Hooks {
    private final Start start;
    private final RandomStream random;

    /// The exemplars of each class or task, the best first.
    private final Map<Integer, List<Lesson>> groups = new TreeMap<>();

    private long draws;

    Exemplars(Start start, RandomStream random) {
      this.start = start;
      this.random = random;
    }

    @Override
    public NDArray loss(List<Lesson> batch, NDArray loss) {
      if (groups.isEmpty()) {
        return loss;
      }
      var all = groups.values().stream().flatMap(List::stream).toList();
      var stream = random.split("draw", draws++);
      var drawn = new ArrayList<Lesson>();
      while (drawn.size() < batch.size()) {
        drawn.addAll(stream.shuffle(all));
      }
      var old = start.trainee().loss(List.copyOf(drawn.subList(0, batch.size())));
      return Ops.scale(loss.add(old), 0.5);
    }

    @Override
    public void afterTask(Experience task) {
      var arriving = new LinkedHashMap<Integer, List<Lesson>>();
      for (Lesson lesson : task.lessons()) {
        arriving.computeIfAbsent(group(lesson), _ -> new ArrayList<>()).add(lesson);
      }
      arriving.keySet().forEach(group -> groups.put(group, List.of()));
      int room = Math.max(1, size / groups.size());
      groups.replaceAll((_, lessons) -> lessons.subList(0, Math.min(room, lessons.size())));
      arriving.forEach((group, lessons) -> groups.put(group, chosen(lessons, room)));
    }

    /// The class, or the task where the tasks share their answers.
    private int group(Lesson lesson) {
      return start.trainee().labels(List.of(lesson)).stream().findFirst().orElse(lesson.task());
    }

    private List<Lesson> chosen(List<Lesson> lessons, int count) {
      var features = new float[lessons.size()][];
      for (int i = 0; i < features.length; i++) {
        features[i] = features(start.trainee(), lessons.get(i));
      }
      return Herding.choose(features, count).stream().map(lessons::get).toList();
    }

    /// The mean over the lesson's predictions.
    private static float[] features(Trainee trainee, Lesson lesson) {
      try (var _ = Torch.newScope();
          var _ = Torch.withoutGradients()) {
        return Memory.toFloats(trainee.features(List.of(lesson)).mean(new int[] {0}));
      }
    }

    @Override
    public void save(Snapshot to) {
      to.put("groups", groups.keySet().stream().mapToDouble(group -> group).toArray());
      groups.forEach((group, lessons) ->
          to.put(
              "group " + group,
              lessons.stream()
                  .flatMapToDouble(lesson -> DoubleStream.of(lesson.task(), lesson.index()))
                  .toArray()));
      to.put("draws", draws);
    }

    @Override
    public void load(Snapshot from) {
      for (double group : from.numbers("groups")) {
        var lessons = new ArrayList<Lesson>();
        double[] places = from.numbers("group " + (int) group);
        for (int i = 0; i < places.length; i += 2) {
          lessons.add(start.stream().lesson((int) places[i], (int) places[i + 1]));
        }
        groups.put((int) group, List.copyOf(lessons));
      }
      draws = Math.round(from.numbers("draws")[0]);
    }
  }
}

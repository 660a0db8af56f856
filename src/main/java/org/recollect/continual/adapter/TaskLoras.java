package org.recollect.continual.adapter;

import java.util.List;
import java.util.OptionalInt;
import java.util.SequencedMap;
import java.util.TreeMap;
import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.continual.Trainee;
import org.recollect.data.Experience;
import org.recollect.data.Lesson;
import org.recollect.model.Lora;

/// A LoRA of its own for each task over a frozen model, chosen by an oracle when the model is
/// judged: nothing is forgotten and nothing is transferred. A bound, not a contender.
///
/// @param placing of each LoRA
public record TaskLoras(Placing placing) implements Placed {

  @Override
  public String name() {
    return "LoRA per task (oracle)";
  }

  @Override
  public boolean oracle() {
    return true;
  }

  @Override
  public Hooks begin(Start start) {
    return new Hooks() {
      private final SequencedMap<Integer, Lora> loras = new TreeMap<>();
      private Lora trained;
      private Lora laid;

      @Override
      public void beforeTask(Experience task) {
        trained =
            loras.computeIfAbsent(
                task.task(),
                index -> placing.untrained(start.trainee().adaptable(), start.seed() + index));
        lay(trained);
        start.trainee().tune(trained.weights());
      }

      private void lay(Lora lora) {
        if (lora != laid) {
          laid = lora;
          start.trainee().lay(lora == null ? List.of() : List.of(lora));
        }
      }

      @Override
      public List<Lesson> beforeStep(List<Lesson> drawn) {
        lay(trained);
        return drawn;
      }

      @Override
      public Trainee judged(OptionalInt task, Trainee other) {
        lay(task.isPresent() ? loras.get(task.getAsInt()) : null);
        return other;
      }

      @Override
      public long bytes() {
        return loras.values().stream().mapToLong(lora -> lora.weights().bytes()).sum();
      }

      @Override
      public void save(Snapshot to) {
        loras.forEach((task, lora) -> to.put("lora " + task, lora.weights()));
      }

      @Override
      public void load(Snapshot from) {
        for (int task = 0; task < start.stream().size(); task++) {
          if (from.has("lora " + task)) {
            var weights = from.weights("lora " + task);
            loras.put(task, new Lora(placing.rank(), placing.alpha(), weights));
          }
        }
      }

      @Override
      public void close() {
        loras.values().forEach(Lora::close);
      }
    };
  }
}

package org.recollect.continual.adapter;

import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.data.Experience;
import org.recollect.model.Lora;

/// One LoRA over a frozen model, trained through all tasks. Renewed, it is merged into the model
/// after each task, and the next task begins with an untrained one.
///
/// @param placing of the LoRA
/// @param renewed whether it is merged after each task
public record SequentialLora(Placing placing, boolean renewed) implements Placed {

  @Override
  public String name() {
    return renewed ? "renewed LoRA" : "sequential LoRA";
  }

  @Override
  public Hooks begin(Start start) {
    return new Hooks() {
      private Lora lora;

      @Override
      public void beforeTask(Experience task) {
        if (lora == null) {
          lay(placing.untrained(start.trainee().adaptable(), start.seed() + task.index()));
        }
      }

      private void lay(Lora next) {
        lora = next;
        start.trainee().lay(lora);
        start.trainee().tune(lora.weights());
      }

      @Override
      public void afterTask(Experience task) {
        if (renewed) {
          var model = start.trainee().adaptable();
          lora.mergeInto(model, model);
          start.trainee().lay();
          close();
        }
      }

      @Override
      public long bytes() {
        return lora == null ? 0 : lora.weights().bytes();
      }

      @Override
      public void save(Snapshot to) {
        if (lora != null) {
          to.put("lora", lora.weights());
        }
      }

      @Override
      public void load(Snapshot from) {
        if (from.has("lora")) {
          lay(new Lora(placing.rank(), placing.alpha(), from.weights("lora")));
        }
      }

      @Override
      public void close() {
        if (lora != null) {
          lora.close();
          lora = null;
        }
      }
    };
  }
}

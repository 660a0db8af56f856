package org.recollect.continual.adapter;

import org.recollect.continual.Hooks;
import org.recollect.continual.Snapshot;
import org.recollect.continual.Start;
import org.recollect.data.Experience;
import org.recollect.model.Lora;
import org.recollect.model.LoraStack;

/// Hooks with one LoRA more for each experience; those before it are frozen.
abstract class StackedHooks implements Hooks {
  final Start start;
  private final Placing placing;
  private LoraStack stack;

  StackedHooks(Start start, Placing placing) {
    this.start = start;
    this.placing = placing;
  }

  /// The LoRAs so far, from the first task on.
  final LoraStack stack() {
    return stack;
  }

  /// Lays the stack over the trainee: once, as it grows under what lies there.
  void lay() {
    start.trainee().lay(stack);
  }

  @Override
  public void beforeTask(Experience task) {
    add(placing.untrained(start.trainee().adaptable(), start.seed() + task.index()));
    start.trainee().tune(stack.weights());
  }

  private void add(Lora next) {
    if (stack == null) {
      stack = new LoraStack(next);
      lay();
    } else {
      stack.grow(next);
    }
  }

  @Override
  public long bytes() {
    return stack.loras().stream().mapToLong(lora -> lora.weights().bytes()).sum();
  }

  @Override
  public void save(Snapshot to) {
    for (int i = 0; i < stack.loras().size(); i++) {
      to.put("lora " + i, stack.loras().get(i).weights());
    }
  }

  @Override
  public void load(Snapshot from) {
    for (int i = 0; from.has("lora " + i); i++) {
      add(new Lora(placing.rank(), placing.alpha(), from.weights("lora " + i)));
    }
  }

  @Override
  public void close() {
    if (stack != null) {
      stack.close();
    }
  }
}

package org.recollect.continual.replay;

import ai.djl.ndarray.NDArray;
import java.util.List;
import org.recollect.continual.Hooks;
import org.recollect.continual.Start;
import org.recollect.continual.Strategy;
import org.recollect.data.Lesson;
import org.recollect.tensor.Ops;

/// Experience replay (Chaudhry et al., "On Tiny Episodic Memories in Continual Learning", 2019,
/// arXiv:1902.10486, algorithm 1, with a reservoir): from the second experience on, each step
/// learns as many remembered lessons as new ones,
///
/// `L = (l(new) + l(memory)) / 2`.
///
/// Twice as much is read in a step as by plain tuning; [org.recollect.continual.Matched] is the
/// control of the same cost.
///
/// @param size lessons in memory, at most
public record Replay(int size) implements Strategy {

  public Replay {
    Reservoir.requireRoom(size);
  }

  @Override
  public String name() {
    return "replay";
  }

  @Override
  public Hooks begin(Start start) {
    return new RememberingHooks(start, size) {
      @Override
      public NDArray loss(List<Lesson> batch, NDArray loss) {
        if (!remembers()) {
          return loss;
        }
        var old = start.trainee().loss(memory.drawLessons(batch.size()));
        return Ops.scale(loss.add(old), 0.5);
      }
    };
  }
}

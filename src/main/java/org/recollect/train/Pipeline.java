package org.recollect.train;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/// A pipeline of equal stages that runs a plan's passes one forward, one backward (1F1B; Narayanan
/// et al., "Efficient Large-Scale Language Model Training on GPU Clusters Using Megatron-LM", 2021,
/// section 2.2), in units of time: a pass costs a stage as many as it has tokens forward, twice as
/// many backward, and once more where it is run again.
///
/// Stage `s` of `p` begins with `p - 1 - s` forward passes and then takes turns, one forward and
/// one backward. Passes of whole texts come first, then the chains; a chain's backward passes
/// descend, and none begins before the last forward pass of its chain is done (inferred; so
/// ChunkFlow's worked example comes out for two live chunks).
///
/// @param stages at least 1
public record Pipeline(int stages) {

  /// Forward and backward units of a pass and token.
  private static final int WORK = 3;

  public Pipeline {
    if (stages < 1) {
      throw new IllegalArgumentException(
          "A pipeline has at least one stage, not " + stages + ": 4 are usual.");
    }
  }

  /// What came out.
  ///
  /// @param makespan from the first start to the last end
  /// @param work what each stage had to do once: forward and backward
  /// @param rework forward passes that each stage ran again
  public record Timeline(long makespan, long work, long rework) {

    /// The share of the time in which a stage stands idle, 0 to 1.
    public double bubbles() {
      return 1 - (double) (work + rework) / makespan;
    }

    /// The share of the time in which a stage does nothing for the first time, 0 to 1: bubbles and
    /// passes that are run again.
    public double loss() {
      return 1 - (double) work / makespan;
    }
  }

  /// One stage's work on a pass.
  private record Task(boolean forward, int pass, long cost) {}

  /// Runs a plan.
  ///
  /// @param live how many passes of a chain need not be run again
  public Timeline run(ChunkPlan plan, int live) {
    var widths = new ArrayList<Integer>();
    var again = new ArrayList<Boolean>();
    var descending = new ArrayList<Integer>();
    for (boolean whole : new boolean[] {true, false}) {
      for (var chain : plan.chains()) {
        if (chain.size() == 1 == whole) {
          int first = widths.size();
          for (int i = 0; i < chain.size(); i++) {
            widths.add(chain.get(i).width());
            again.add(i < chain.size() - live);
            descending.add(first + chain.size() - 1 - i);
          }
        }
      }
    }
    long work = 0;
    long rework = 0;
    var backward = new ArrayList<Task>();
    for (int pass : descending) {
      int width = widths.get(pass);
      int extra = again.get(pass) ? width : 0;
      work += (long) WORK * width;
      rework += extra;
      backward.add(new Task(false, pass, (WORK - 1) * width + extra));
    }
    return new Timeline(makespan(forward(widths), backward), work, rework);
  }

  private static List<Task> forward(List<Integer> widths) {
    var tasks = new ArrayList<Task>();
    for (int pass = 0; pass < widths.size(); pass++) {
      tasks.add(new Task(true, pass, widths.get(pass)));
    }
    return tasks;
  }

  /// The order in which a stage works: forward ahead, then by turns, further forward where the next
  /// backward pass has not been run forward yet.
  private List<Task> order(int stage, List<Task> forward, List<Task> backward) {
    int ahead = Math.min(stages - 1 - stage, forward.size());
    var order = new ArrayList<>(forward.subList(0, ahead));
    for (var task : backward) {
      int further = Math.min(Math.max(ahead + 1, task.pass + 1), forward.size());
      order.addAll(forward.subList(ahead, further));
      order.add(task);
      ahead = further;
    }
    return order;
  }

  private long makespan(List<Task> forward, List<Task> backward) {
    var orders = new ArrayList<List<Task>>();
    for (int stage = 0; stage < stages; stage++) {
      orders.add(order(stage, forward, backward));
    }
    // When a stage has done a pass, forward and backward; unknown until then.
    long[][][] done = new long[2][stages][forward.size()];
    for (long[][] direction : done) {
      Arrays.stream(direction).forEach(row -> Arrays.fill(row, -1));
    }
    long[] free = new long[stages];
    int[] next = new int[stages];
    for (boolean moved = true; moved; ) {
      moved = false;
      for (int stage = 0; stage < stages; stage++) {
        while (next[stage] < orders.get(stage).size()) {
          var task = orders.get(stage).get(next[stage]);
          long ready = ready(task, stage, done);
          if (ready < 0) {
            break;
          }
          free[stage] = Math.max(free[stage], ready) + task.cost;
          done[task.forward ? 0 : 1][stage][task.pass] = free[stage];
          next[stage]++;
          moved = true;
        }
      }
    }
    return Arrays.stream(free).max().orElseThrow();
  }

  /// When what a task waits for is done; negative while that is not known.
  private long ready(Task task, int stage, long[][][] done) {
    if (task.forward) {
      return stage == 0 ? 0 : done[0][stage - 1][task.pass];
    }
    return stage == stages - 1 ? done[0][stage][task.pass] : done[1][stage + 1][task.pass];
  }
}

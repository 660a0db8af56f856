package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchStudyTest {
  private static final Measure SEED = Measure.higher("seed", "").range(0, 10);

  @TempDir Path folder;

  /// What happened to benches, in order.
  private final List<String> diary = new ArrayList<>();

  record Sitter(String name) implements Arm {
    @Override
    public Map<String, ?> configuration() {
      return Map.of();
    }
  }

  private final class Workshop extends BenchStudy<Workshop, Sitter> {
    Workshop(Design<Sitter> design) {
      super(design);
    }

    @Override
    protected Workshop with(Design<Sitter> design) {
      return new Workshop(design);
    }

    @Override
    protected Identity subject() {
      return new Identity("wood", Fingerprint.of("wood"));
    }

    @Override
    protected Identity material() {
      return new Identity("nails", Fingerprint.of("nails"));
    }

    @Override
    protected List<Measure> offers() {
      return List.of(SEED);
    }

    @Override
    protected Set<String> settings() {
      return Set.of();
    }

    @Override
    protected Bench<Sitter> bench(int seed, Scale scale) {
      diary.add("set up " + seed);
      return new Bench<>() {
        @Override
        public void prepare(Trial<Sitter> trial) {
          if (trial.arm().name().equals("careful")) {
            diary.add("ready");
          }
        }

        @Override
        public Outcome outcome(Trial<Sitter> trial, Meter meter) {
          diary.add(trial.arm().name());
          if (trial.arm().name().equals("restless") && trial.seed() == 2) {
            Thread.currentThread().interrupt();
            throw new CancellationException();
          }
          return Outcome.of(SEED, trial.seed());
        }

        @Override
        public void close() {
          diary.add("clear " + seed);
        }
      };
    }
  }

  @BeforeEach
  void beQuiet() {
    Progress.showIn(_ -> {});
  }

  @AfterEach
  void restore() {
    Progress.showIn(Progress.plainLines());
  }

  private Workshop workshop(String... arms) {
    var sitters = Arrays.stream(arms).map(Sitter::new).toList();
    return new Workshop(Design.empty()).compare(sitters).seeds(2).storedIn(folder);
  }

  @Test
  void trialsOfASeedShareABenchWhichIsClearedAway() {
    workshop("a", "b").run();
    assertEquals(List.of("set up 1", "a", "b", "clear 1", "set up 2", "a", "b", "clear 2"), diary);
  }

  @Test
  void nothingIsSetUpForTrialsThatAreInTheStore() {
    workshop("a").run();
    diary.clear();
    workshop("a").run();
    assertEquals(List.of(), diary);
  }

  @Test
  void aBenchIsClearedAwayWhenATrialIsInterrupted() {
    var study = workshop("a", "restless");
    assertThrows(CancellationException.class, study::run);
    Thread.interrupted();
    assertEquals(
        List.of("set up 1", "a", "restless", "clear 1", "set up 2", "a", "restless", "clear 2"),
        diary);
  }

  @Test
  void whatIsSharedIsMadeReadyBeforeATrialThatIsNotInTheStore() {
    var study =
        new Workshop(Design.empty()).compare(new Sitter("careful")).seeds(2).storedIn(folder);
    study.run();
    assertEquals(
        List.of(
            "set up 1", "ready", "careful", "clear 1", "set up 2", "ready", "careful", "clear 2"),
        diary);
    diary.clear();
    study.run();
    assertEquals(List.of(), diary);
  }
}

package org.recollect.kv.heads;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.recollect.lab.Arm;

/// Which heads are switched off first: the arms of a [HeadStudy]. How many is its setting `masked
/// heads`.
public sealed interface Masking extends Arm {

  /// No head is switched off.
  static Masking none() {
    return new None();
  }

  /// The heads that copy, see [RetrievalHeads].
  static Masking retrieval() {
    return new Retrieval();
  }

  /// As many heads drawn from all that are not switched off by [#retrieval], in five draws: each
  /// draw is judged on its share of the items.
  static Masking random() {
    return new RandomOthers(5);
  }

  /// The most pointed heads, wherever they point: lowest attention entropy first.
  static Masking entropy() {
    return new Entropy();
  }

  /// The heads to which the loss of the answers is most sensitive (Michel et al., 2019).
  static Masking gradient() {
    return new Gradient();
  }

  /// Heads ranked elsewhere, such as in another checkpoint of the subject.
  ///
  /// @param name of the arm
  static Masking ranked(String name, HeadScores scores) {
    return new Ranked(name, scores);
  }

  @Override
  default Map<String, ?> configuration() {
    return Map.of();
  }

  /// See [#none].
  record None() implements Masking {
    @Override
    public String name() {
      return "nothing masked";
    }

    @Override
    public boolean ignores(String setting) {
      return setting.equals(HeadStudy.MASKED);
    }
  }

  /// See [#retrieval].
  record Retrieval() implements Masking {
    @Override
    public String name() {
      return "retrieval heads";
    }
  }

  /// See [#random].
  ///
  /// @param draws in a trial, at least 1
  record RandomOthers(int draws) implements Masking {
    public RandomOthers {
      if (draws < 1) {
        throw new IllegalArgumentException(
            "Random heads are drawn at least once, not " + draws + " times.");
      }
    }

    @Override
    public String name() {
      return "random others";
    }
  }

  /// See [#entropy].
  record Entropy() implements Masking {
    @Override
    public String name() {
      return "attention entropy";
    }
  }

  /// See [#gradient].
  record Gradient() implements Masking {
    @Override
    public String name() {
      return "gradient importance";
    }
  }

  /// See [#ranked].
  record Ranked(String name, HeadScores scores) implements Masking {
    @Override
    public Map<String, ?> configuration() {
      List<List<Double>> rows =
          Arrays.stream(scores.values()).map(row -> Arrays.stream(row).boxed().toList()).toList();
      return Map.of("scores", rows);
    }
  }
}

package org.recollect.train;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.recollect.tensor.RandomStream;

/// Sources drawn from by chance, each with its share of the sequences.
public record Mixture(List<Part> parts) {

  /// @param share of the sequences; shares are taken relative to their sum
  public record Part(SequenceSource source, double share) {

    public Part {
      if (!(share >= 0) || Double.isInfinite(share)) {
        throw new IllegalArgumentException(
            "the share of '%s' is %s: give a number of at least 0."
                .formatted(source.name(), share));
      }
    }
  }

  /// @throws IllegalArgumentException if no source has a positive share
  public Mixture {
    parts = List.copyOf(parts);
    if (parts.stream().mapToDouble(Part::share).sum() <= 0) {
      throw new IllegalArgumentException(
          "a mixture needs at least one source with a positive share.");
    }
  }

  /// A mixture of one.
  public static Mixture of(SequenceSource source) {
    return new Mixture(List.of(new Part(source, 1)));
  }

  /// This mixture with one source more.
  public Mixture and(SequenceSource source, double share) {
    var more = new ArrayList<>(parts);
    more.add(new Part(source, share));
    return new Mixture(more);
  }

  /// Draws a batch.
  ///
  /// @param rows sequences
  /// @param length predictions in each
  public Batch next(int rows, int length, RandomStream random) {
    var sequences = new ArrayList<SequenceSource.Sequence>(rows);
    var names = new ArrayList<String>(rows);
    for (int row = 0; row < rows; row++) {
      var source = pick(random.nextDouble());
      var sequence = source.next(length, random);
      if (sequence.weights().length != length) {
        throw new IllegalStateException(
            "the source '%s' gave %d predictions where %d were asked for."
                .formatted(source.name(), sequence.weights().length, length));
      }
      sequences.add(sequence);
      names.add(source.name());
    }
    return Batch.of(sequences, names);
  }

  @Override
  public String toString() {
    return parts.stream()
        .map(part -> part.source().name() + " " + part.share())
        .collect(Collectors.joining(", "));
  }

  private SequenceSource pick(double at) {
    double left = at * parts.stream().mapToDouble(Part::share).sum();
    var last = parts.getFirst();
    for (var part : parts) {
      if (part.share() > 0) {
        last = part;
        left -= part.share();
        if (left < 0) {
          break;
        }
      }
    }
    return last.source();
  }
}

package org.recollect.lab;

import java.util.List;
import java.util.OptionalDouble;
import org.recollect.lab.Contest.Clock;

/// What a contest measured.
///
/// @param all one for each contender, in their order
public record Standings(Contest contest, List<Standing> all) {

  /// How long one contender took.
  ///
  /// @throws IllegalArgumentException if it did not take part
  public Standing of(String contender) {
    return all.stream()
        .filter(standing -> standing.contender().name().equals(contender))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "'%s' did not take part in '%s'; there were %s."
                    .formatted(
                        contender,
                        contest.title(),
                        all.stream().map(standing -> standing.contender().name()).toList())));
  }

  /// How many times as fast as `peer` the contender `ours` is.
  public Speedup speedup(String ours, String peer) {
    return speedup(ours, peer, contest.clock());
  }

  /// The same by another clock than that of the contest.
  public Speedup speedup(String ours, String peer, Clock clock) {
    return Speedup.of(of(peer).times(clock), of(ours).times(clock), clock);
  }

  /// Gigabytes a second that a contender reads.
  public double bandwidth(Standing standing) {
    return standing.contender().bytes() / standing.by(contest.clock()).median();
  }

  /// The share of the roof that a contender reaches: of the speed of the [MemoryStream] of as many
  /// bytes. Empty for the roof itself and where there is none.
  public OptionalDouble ofRoof(Standing standing) {
    String roof = MemoryStream.name(standing.contender().bytes());
    return all.stream()
        .filter(other -> other != standing && other.contender().name().equals(roof))
        .mapToDouble(other -> bandwidth(standing) / bandwidth(other))
        .findFirst();
  }
}

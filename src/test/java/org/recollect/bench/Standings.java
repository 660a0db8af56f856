package org.recollect.bench;

import java.util.List;
import java.util.OptionalDouble;

/// What a contest measured.
///
/// @param all one for each contender, in their order
record Standings(Contest contest, List<Standing> all) {

  Standing of(String contender) {
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
  Speedup speedup(String ours, String peer) {
    return speedup(ours, peer, contest.clock());
  }

  /// The same by another clock than that of the contest.
  Speedup speedup(String ours, String peer, Clock clock) {
    return Speedup.of(of(peer).times(clock), of(ours).times(clock), clock);
  }

  /// Gigabytes a second that a contender reads.
  double bandwidth(Standing standing) {
    return standing.contender().bytes() / standing.by(contest.clock()).median();
  }

  /// The share of the roof that a contender reaches: of the speed of the [MemoryStream] of as many
  /// bytes. Empty for the roof itself and where there is none.
  OptionalDouble ofRoof(Standing standing) {
    String roof = MemoryStream.name(standing.contender().bytes());
    return all.stream()
        .filter(other -> other != standing && other.contender().name().equals(roof))
        .mapToDouble(other -> bandwidth(standing) / bandwidth(other))
        .findFirst();
  }
}

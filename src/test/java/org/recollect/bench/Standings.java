package org.recollect.bench;

import java.util.List;
import java.util.Optional;

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

  /// The plain reading of as many bytes, where it took part and the contender is another.
  Optional<Standing> roof(Standing standing) {
    String roof = MemoryStream.name(standing.contender().bytes());
    return all.stream()
        .filter(other -> other != standing && other.contender().name().equals(roof))
        .findFirst();
  }
}

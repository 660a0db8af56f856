package org.recollect.lab;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;

/// One trial's results, in long form.
///
/// @param trial the hash of all that defines it, under which the store keeps it; empty in files
///   that were written before rows had it
/// @param arm its name
/// @param series its series, see [Arm#series]
/// @param settings the combination that it stands for
/// @param samples measure name to what was measured; empty for a failed trial
/// @param error what a failed trial said; empty for a finished one
/// @param declared digests of the papers' claims that were declared before the trial ran
public record Row(
    String trial,
    String arm,
    String series,
    Settings settings,
    int seed,
    SequencedMap<String, Sample> samples,
    Ledger ledger,
    Optional<String> error,
    Set<String> declared) {
  public Row {
    samples = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(samples));
    declared = Set.copyOf(declared);
  }

  public boolean failed() {
    return error.isPresent();
  }

  /// Whether this row belongs to the given values of settings.
  public boolean matches(Map<String, ?> where) {
    return settings.match(where);
  }

  /// The same results standing for a combination that has settings the arm ignores.
  Row under(Settings settings) {
    return new Row(trial, arm, series, settings, seed, samples, ledger, error, declared);
  }

  /// Without the wall-clock time and without the declarations: what one seed must reproduce.
  Row reproducible() {
    return new Row(trial, arm, series, settings, seed, samples, ledger.untimed(), error, Set.of());
  }
}

package org.recollect.retrieval.store;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Which entries were made from which, over all their versions.
final class Provenance {
  private final Map<String, List<Version>> entries = new LinkedHashMap<>();

  Provenance(List<Version> versions) {
    for (var version : versions) {
      entries.computeIfAbsent(version.id(), _ -> new ArrayList<>()).add(version);
    }
  }

  /// The given ids and those of all entries that go with them.
  Set<String> forgotten(Collection<String> ids, Derived derived) {
    var gone = new LinkedHashSet<>(ids);
    var madeFrom = madeFrom();
    var open = new ArrayDeque<>(gone);
    while (!open.isEmpty()) {
      for (var id : madeFrom.getOrDefault(open.remove(), Set.of())) {
        boolean goes =
            derived == Derived.ALL
                || entries.get(id).stream().allMatch(version -> unsupported(version, gone));
        if (goes && gone.add(id)) {
          open.add(id);
        }
      }
    }
    return gone;
  }

  /// Whether a version had sources and all of them are gone.
  static boolean unsupported(Version version, Set<String> gone) {
    var sources = version.note().sources();
    return !sources.isEmpty() && gone.containsAll(sources);
  }

  private Map<String, Set<String>> madeFrom() {
    var madeFrom = new HashMap<String, Set<String>>();
    entries.forEach((id, versions) -> {
      for (var version : versions) {
        for (var source : version.note().sources()) {
          madeFrom.computeIfAbsent(source, _ -> new LinkedHashSet<>()).add(id);
        }
      }
    });
    return madeFrom;
  }
}

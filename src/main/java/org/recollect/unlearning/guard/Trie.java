package org.recollect.unlearning.guard;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Token sequences by their common beginnings (Fredkin, "Trie memory", 1960): it tells which tokens
/// would complete one of them.
final class Trie {
  private final Map<Integer, Trie> branches = new HashMap<>();
  private boolean end;
  private int depth;

  private Trie() {}

  /// @param sequences of tokens; an empty one is no sequence and is left out
  static Trie of(Iterable<int[]> sequences) {
    var root = new Trie();
    for (int[] sequence : sequences) {
      if (sequence.length > 0) {
        root.add(sequence);
      }
    }
    return root;
  }

  private void add(int... sequence) {
    depth = Math.max(depth, sequence.length);
    var node = this;
    for (int token : sequence) {
      node = node.branches.computeIfAbsent(token, _ -> new Trie());
    }
    node.end = true;
  }

  /// The tokens with which something said would end in one of the sequences, ascending.
  ///
  /// @param said may be empty
  int[] completions(int... said) {
    var tokens = new ArrayList<Integer>();
    for (int from = Math.max(0, said.length - depth + 1); from <= said.length; from++) {
      tokens.addAll(ends(said, from));
    }
    return tokens.stream().mapToInt(Integer::intValue).distinct().sorted().toArray();
  }

  /// The last tokens of sequences of which the rest is all that was said from some place on.
  private List<Integer> ends(int[] said, int from) {
    var node = this;
    for (int i = from; i < said.length && node != null; i++) {
      node = node.branches.get(said[i]);
    }
    return node == null
        ? List.of()
        : node.branches.entrySet().stream()
            .filter(branch -> branch.getValue().end)
            .map(Map.Entry::getKey)
            .toList();
  }
}

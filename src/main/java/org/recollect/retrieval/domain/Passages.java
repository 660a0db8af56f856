package org.recollect.retrieval.domain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import org.recollect.data.Library;
import org.recollect.data.Passage;
import org.recollect.model.Tokenizer;
import org.recollect.retrieval.search.Index;
import org.recollect.retrieval.search.Search;

/// The text of a domain in pieces that are found by their words (BM25). Owns its index.
final class Passages implements AutoCloseable {
  private final Tokenizer tokenizer;
  private final TreeMap<String, int[]> tokens = new TreeMap<>();
  private final Index index;

  /// Cuts texts into passages; the last of a text may be shorter. Blank ones are left out.
  ///
  /// @param texts token ids `[texts][length + 1]`; the first of each is the last of the one before
  /// @param length tokens of a passage
  Passages(Tokenizer tokenizer, int[][] texts, int length) {
    this.tokenizer = tokenizer;
    var passages = new ArrayList<Passage>();
    for (int text = 0; text < texts.length; text++) {
      for (int from = 1; from < texts[text].length; from += length) {
        int to = Math.min(texts[text].length, from + length);
        int[] piece = Arrays.copyOfRange(texts[text], from, to);
        String words = tokenizer.decode(piece);
        if (!words.isBlank()) {
          String id = text + ":" + from;
          tokens.put(id, piece);
          passages.add(new Passage(id, "", words));
        }
      }
    }
    this.index = Search.bm25().titleBoost(0).over(Library.of("domain", passages));
  }

  /// The passages most like a query by their words.
  ///
  /// @param query token ids
  /// @param count at most
  /// @return token ids, the best passage last: it stands next to the text
  List<int[]> find(int[] query, int count) {
    return index.search(tokenizer.decode(query), count).reversed().stream()
        .map(hit -> tokens.get(hit.passage().id()))
        .toList();
  }

  /// Bytes of the index, and of the passages at four for each token.
  long bytes() {
    return index.bytes() + 4L * tokens.values().stream().mapToInt(each -> each.length).sum();
  }

  @Override
  public void close() {
    index.close();
  }
}

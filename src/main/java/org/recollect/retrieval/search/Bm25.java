package org.recollect.retrieval.search;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause.Occur;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.BoostQuery;
import org.apache.lucene.search.DisjunctionMaxQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermInSetQuery;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.util.BytesRef;

/// Search by words (Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
/// Beyond", 2009), as Lucene computes it: of a field with `N` passages, `n` of which have the word,
///
/// `score = sum_words ln(1 + (N - n + 0.5) / (n + 0.5)) * tf / (tf + k1 (1 - b + b length / mean
/// length))`
///
/// without the constant factor `k1 + 1` of the paper; a word that the query has twice counts twice.
/// Text and title are fields of their own, with `N`, `n` and lengths of their own:
///
/// `score = (score of the text + titleBoost * score of the title) * exactTitle, where the query
/// names the title`
///
/// Words are runs of letters and digits in lower case, and nothing is cut off them: invented names
/// have no stem. Lucene rounds lengths above 40 words. Of a query the 240 rarest words count.
///
/// @param k1 how soon repetition stops to count, 1.2 by default
/// @param b how much long texts are held back, from 0 to 1, 0.75 by default
/// @param titleBoost weight of the title, from 0 (titles are not searched), 1 by default;
///   Adaptive-Note has 1.25
/// @param exactTitle factor for a passage whose whole title stands in the query, from 1; 1 by
///   default, Adaptive-Note has 1.05 to 1.5
public record Bm25(double k1, double b, double titleBoost, double exactTitle) implements Search {
  static final String TEXT = "text";
  static final String TITLE = "title";
  static final String WHOLE_TITLE = "whole title";

  /// The longest title that a query is searched for.
  static final int TITLE_WORDS = 16;

  /// Each word is up to four clauses, of which Lucene takes 1024.
  private static final int WORDS = 240;

  public Bm25 {
    if (!(k1 >= 0 && k1 < Float.MAX_VALUE && b >= 0 && b <= 1)) {
      throw new IllegalArgumentException(
          "BM25 takes k1 from 0 and b from 0 to 1, but got %s and %s.".formatted(k1, b));
    }
    if (!(titleBoost >= 0 && titleBoost < Float.MAX_VALUE)
        || !(exactTitle >= 1 && exactTitle < Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "BM25 takes a title boost from 0 and a factor for exact titles from 1, but got %s and %s."
              .formatted(titleBoost, exactTitle));
    }
  }

  public Bm25 k1(double k1) {
    return new Bm25(k1, b, titleBoost, exactTitle);
  }

  public Bm25 b(double b) {
    return new Bm25(k1, b, titleBoost, exactTitle);
  }

  /// The same with another weight of titles; 0 leaves them out.
  public Bm25 titleBoost(double titleBoost) {
    return new Bm25(k1, b, titleBoost, exactTitle);
  }

  /// The same with another factor for passages whose title the query names.
  public Bm25 exactTitle(double exactTitle) {
    return new Bm25(k1, b, titleBoost, exactTitle);
  }

  @Override
  public String name() {
    return "BM25"
        + (k1 == 1.2 ? "" : " k1 " + k1)
        + (b == 0.75 ? "" : " b " + b)
        + (titleBoost == 1 ? "" : titleBoost == 0 ? " without titles" : " title x" + titleBoost)
        + (exactTitle == 1 ? "" : " exact title x" + exactTitle);
  }

  /// @param frequency in how many passages a word of a field is
  Query query(List<String> words, ToIntFunction<Term> frequency) {
    var fields = new BooleanQuery.Builder();
    rarest(words, frequency)
        .forEach((word, count) -> {
          fields.add(weighted(new TermQuery(new Term(TEXT, word)), count), Occur.SHOULD);
          if (titleBoost > 0) {
            var title = new TermQuery(new Term(TITLE, word));
            fields.add(weighted(title, count * titleBoost), Occur.SHOULD);
          }
        });
    var query = fields.build();
    if (exactTitle == 1) {
      return query;
    }
    var named =
        new BooleanQuery.Builder()
            .add(query, Occur.MUST)
            .add(new TermInSetQuery(WHOLE_TITLE, runs(words)), Occur.FILTER)
            .build();
    // The larger of the two is the product, because the factor is at least 1.
    return new DisjunctionMaxQuery(List.of(query, weighted(named, exactTitle)), 0);
  }

  private static Query weighted(Query query, double weight) {
    return weight == 1 ? query : new BoostQuery(query, (float) weight);
  }

  /// The words that are in any passage, and how often the query has them.
  private static LinkedHashMap<String, Integer> rarest(
      List<String> words, ToIntFunction<Term> frequency) {
    var counts = new LinkedHashMap<String, Integer>();
    words.forEach(word -> counts.merge(word, 1, Integer::sum));
    var passages = new LinkedHashMap<String, Integer>();
    for (String word : counts.keySet()) {
      int inTexts = frequency.applyAsInt(new Term(TEXT, word));
      passages.put(word, Math.max(inTexts, frequency.applyAsInt(new Term(TITLE, word))));
    }
    var kept = new LinkedHashMap<String, Integer>();
    counts.keySet().stream()
        .filter(word -> passages.get(word) > 0)
        .sorted(Comparator.comparing(passages::get))
        .limit(WORDS)
        .forEach(word -> kept.put(word, counts.get(word)));
    return kept;
  }

  /// Everything in the query that could be a title.
  private static List<BytesRef> runs(List<String> words) {
    var runs = new ArrayList<BytesRef>();
    for (int from = 0; from < words.size(); from++) {
      for (int to = from + 1; to <= Math.min(words.size(), from + TITLE_WORDS); to++) {
        runs.add(new BytesRef(String.join(" ", words.subList(from, to))));
      }
    }
    return runs;
  }
}

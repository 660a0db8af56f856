package org.recollect.retrieval.search;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.data.Library;
import org.recollect.data.Passage;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Similarity;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;

/// Carries out searches over Lucene, the kernels' tables and the encoders, each of which is made
/// when it is first needed. Mutable; owns the tables.
final class Finder implements AutoCloseable {
  private static final int QUESTION_WORDS = 64;
  private static final int PASSAGE_WORDS = 512;

  /// Where a table's vectors come from, and how they are stored.
  private record Table(String field, Storage storage) {}

  private final Library library;
  private final Map<String, VectorField> fields;
  private final LuceneIndex lucene;
  private final Map<Long, Passage> passages;
  private final Map<EncoderSource, Encoder> encoders = new HashMap<>();
  private final Map<Table, VectorRows> tables = new LinkedHashMap<>();

  /// @param library that encoders are fitted on
  /// @param passages by number, those of the index at any time
  Finder(
      Library library,
      Map<String, VectorField> fields,
      LuceneIndex lucene,
      Map<Long, Passage> passages) {
    this.library = library;
    this.fields = fields;
    this.lucene = lucene;
    this.passages = passages;
  }

  /// The unit vectors of passages by field; of a passage of which an encoder can say nothing there
  /// is none.
  List<Map<String, float[]>> vectors(List<Passage> batch) {
    var texts = batch.stream().map(Passage::whole).toList();
    var vectors = new ArrayList<Map<String, float[]>>();
    batch.forEach(_ -> vectors.add(new LinkedHashMap<>()));
    fields.forEach((name, field) -> {
      var all = encoder(field.encoder()).embedAll(texts);
      for (int i = 0; i < all.size(); i++) {
        float[] unit = unit(all.get(i));
        if (unit != null) {
          vectors.get(i).put(name, unit);
        }
      }
    });
    return vectors;
  }

  /// Keeps the tables up to date.
  void added(long number, Map<String, float[]> vectors) {
    tables.forEach((table, rows) -> {
      var vector = vectors.get(table.field);
      if (vector != null) {
        rows.add(number, vector);
      }
    });
  }

  /// The tables are made again when they are next needed.
  void removed() {
    close();
  }

  long bytes() {
    return tables.values().stream().mapToLong(VectorRows::bytes).sum()
        + encoders.values().stream().mapToLong(Encoder::bytes).sum();
  }

  List<Scored> find(Search search, String query, int k) throws IOException {
    return switch (search) {
      case Bm25 it -> lucene.find(it, Words.of(query), k);
      case DenseSearch it -> nearest(it, query, k);
      case Fused it -> fused(it, query, k);
      case Reranked it -> {
        var candidates = find(it.of(), query, Math.max(k, it.candidates()));
        yield switch (it.by()) {
          case INT8 -> byCodes(it, candidates, query, k);
          case LATE_INTERACTION -> byWords(it, candidates, query, k);
        };
      }
    };
  }

  private List<Scored> fused(Fused search, String query, int k) throws IOException {
    var lists = new ArrayList<List<Scored>>();
    for (Search part : search.parts()) {
      lists.add(find(part, query, Math.max(k, search.depth())));
    }
    return search.fuse(lists, k);
  }

  private List<Scored> nearest(DenseSearch search, String query, int k) throws IOException {
    float[] vector = unit(encoder(search.encoder()).embedQuestion(query));
    if (vector == null) {
      return List.of();
    }
    String field = field(search.encoder());
    return search.exhaustive()
        ? rows(Storage.F32, field).nearest(vector, k)
        : lucene.nearest(field, vector, search.searchWidth(), k);
  }

  private List<Scored> byCodes(Reranked search, List<Scored> candidates, String query, int k)
      throws IOException {
    float[] vector = unit(encoder(search.encoder()).embedQuestion(query));
    if (vector == null) {
      return candidates.stream().limit(k).toList();
    }
    var table = rows(Storage.INT8, field(search.encoder()));
    return Scored.best(
        candidates.stream()
            .map(each -> new Scored(each.number(), table.score(each.number(), vector))),
        k);
  }

  private List<Scored> byWords(Reranked search, List<Scored> candidates, String query, int k) {
    var embedder = (Embedder) encoder(search.encoder());
    float[][] question = embedder.embedWords(query, QUESTION_WORDS);
    if (question.length == 0) {
      return candidates.stream().limit(k).toList();
    }
    return Scored.best(
        candidates.stream()
            .map(each -> {
              var text = passages.get(each.number()).whole();
              float[][] words = embedder.embedWords(text, PASSAGE_WORDS);
              return new Scored(each.number(), lateInteraction(question, words));
            }),
        k);
  }

  /// The sum over the words of a question of the largest cosine with a word of a passage; 0 for a
  /// passage without words.
  static double lateInteraction(float[][] question, float[][] words) {
    if (words.length == 0) {
      return 0;
    }
    try (var arena = Arena.ofConfined()) {
      var table = VectorTable.allocate(arena, Storage.F32, words[0].length, words.length);
      Arrays.stream(words).forEach(table::append);
      return new Similarity(Kernels.dotProducts(), 1)
          .lateInteraction(table, 0, words.length, question, Metric.DOT_PRODUCT);
    }
  }

  private String field(EncoderSource encoder) {
    return fields.entrySet().stream()
        .filter(field -> field.getValue().encoder().equals(encoder))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  private Encoder encoder(EncoderSource source) {
    var encoder = encoders.get(source);
    if (encoder == null) {
      encoder = source.on(library);
      encoders.put(source, encoder);
    }
    return encoder;
  }

  /// The vectors of a field for our kernels, read from Lucene when they are first needed.
  private VectorRows rows(Storage storage, String field) throws IOException {
    var table = new Table(field, storage);
    var rows = tables.get(table);
    if (rows == null) {
      rows = new VectorRows(storage);
      tables.put(table, rows);
      lucene.copy(field, rows);
    }
    return rows;
  }

  /// Brought to length 1, or nothing where it has none.
  private static float[] unit(float[] vector) {
    double squares = 0;
    for (float x : vector) {
      squares += (double) x * x;
    }
    if (!Double.isFinite(squares)) {
      throw new IllegalArgumentException(
          "An encoder gave a vector that is not finite: use another, or leave out what it was given.");
    }
    if (squares == 0) {
      return null;
    }
    float[] unit = new float[vector.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (vector[i] / Math.sqrt(squares));
    }
    return unit;
  }

  @Override
  public void close() {
    tables.values().forEach(VectorRows::close);
    tables.clear();
  }
}

package org.recollect.retrieval.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.recollect.data.Library;
import org.recollect.data.Passage;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Similarity;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;

/// A library that can be searched, and added to. Mutable, for one thread at a time; owns files and
/// native memory.
///
/// In a folder, what was committed survives a killed process: [#commit] and [#close] commit, and
/// building ends with one. Embedders are fitted on the library that it was built of and know no
/// words that came later.
public final class Index implements Retriever, AutoCloseable {
  private static final int BATCH = 256;
  private static final int QUESTION_WORDS = 64;
  private static final int PASSAGE_WORDS = 512;

  private final Search search;
  private final Library library;
  private final IndexFolder.Identity identity;
  private final Map<String, VectorField> fields;
  private final LuceneIndex lucene;
  private final Map<EncoderSource, Encoder> encoders = new HashMap<>();
  private final Map<String, VectorRows> rows = new LinkedHashMap<>();
  private final TreeMap<Long, Passage> passages = new TreeMap<>();
  private final Map<String, Long> numbers = new HashMap<>();
  private long next;

  private Index(Search search, Library library, LuceneIndex lucene) {
    this.search = search;
    this.library = library;
    this.identity = IndexFolder.Identity.of(search, library);
    this.fields = VectorField.of(search);
    this.lucene = lucene;
  }

  static Index inMemory(Search search, Library library) {
    try {
      var lucene =
          new LuceneIndex(new ByteBuffersDirectory(), VectorField.of(search), OpenMode.CREATE);
      return new Index(search, library, lucene).built();
    } catch (IOException e) {
      throw new UncheckedIOException("an index in memory is always written", e);
    }
  }

  static Index inFolder(Search search, Library library, Path folder) {
    var place = new IndexFolder(folder);
    var about = place.read();
    about.ifPresent(it -> place.check(it, IndexFolder.Identity.of(search, library)));
    var lucene = place.open(VectorField.of(search), about.isPresent());
    var index = new Index(search, library, lucene);
    return about.isPresent() ? index.opened(place, about.get()) : index.built();
  }

  private Index built() {
    try {
      addAll(library.passages());
      commit();
      return this;
    } catch (RuntimeException | Error failure) {
      release();
      throw failure;
    }
  }

  private Index opened(IndexFolder place, IndexFolder.About about) {
    try {
      lucene.passages().forEach(this::put);
      place.checkCount(about, passages.size());
      next = about.next();
      return this;
    } catch (IOException | RuntimeException failure) {
      release();
      throw failure instanceof IllegalStateException said ? said : place.damaged(failure);
    }
  }

  /// How it searches.
  public Search search() {
    return search;
  }

  /// Passages in it.
  public int size() {
    return passages.size();
  }

  public boolean has(String id) {
    return numbers.containsKey(id);
  }

  /// Adds a passage behind all others; the next search finds it.
  ///
  /// @throws IllegalArgumentException if it has one with this id
  public void add(Passage passage) {
    addAll(List.of(passage));
  }

  /// Adds passages in their order.
  ///
  /// @throws IllegalArgumentException if it has one with an id of these, or two of them have the
  ///   same; then none of them is added
  public void addAll(List<Passage> more) {
    var ids = new HashSet<String>();
    for (Passage each : more) {
      if (has(each.id()) || !ids.add(each.id())) {
        throw new IllegalArgumentException(
            "The index of '%s' has a passage '%s' already: remove it first, or rename one."
                .formatted(library.name(), each.id()));
      }
    }
    for (int from = 0; from < more.size(); from += BATCH) {
      addBatch(more.subList(from, Math.min(more.size(), from + BATCH)));
    }
  }

  private void addBatch(List<Passage> batch) {
    var texts = batch.stream().map(Passage::whole).toList();
    var vectors = new LinkedHashMap<String, List<float[]>>();
    fields.forEach((name, field) -> vectors.put(name, encoder(field.encoder()).embedAll(texts)));
    for (int i = 0; i < batch.size(); i++) {
      var own = new LinkedHashMap<String, float[]>();
      for (String field : vectors.keySet()) {
        float[] unit = unit(vectors.get(field).get(i));
        if (unit != null) {
          own.put(field, unit);
        }
      }
      add(batch.get(i), own);
    }
  }

  private void add(Passage passage, Map<String, float[]> vectors) {
    long number = next++;
    quietly(() -> lucene.add(number, passage, vectors));
    put(number, passage);
    rows.forEach((key, table) -> {
      var vector = vectors.get(key.substring(key.indexOf(' ') + 1));
      if (vector != null) {
        table.add(number, vector);
      }
    });
  }

  private void put(long number, Passage passage) {
    passages.put(number, passage);
    numbers.put(passage.id(), number);
  }

  /// Removes a passage; later scores are those of an index that never had it, apart from what its
  /// embedder learned.
  ///
  /// @throws IllegalArgumentException when there is none with this id
  public void remove(String id) {
    if (!has(id)) {
      throw new IllegalArgumentException(
          "The index of '%s' has no passage '%s' among its %,d."
              .formatted(library.name(), id, size()));
    }
    quietly(() -> lucene.remove(id));
    passages.remove(numbers.remove(id));
    releaseRows();
  }

  /// Makes all that was added and removed durable; without effect on an index in memory.
  public void commit() {
    quietly(() -> lucene.commit(new IndexFolder.About(identity, size(), next).text()));
  }

  /// Bytes of Lucene's files and of the tables in memory. Embedders are not counted, see
  /// [Embedder#bytes].
  public long bytes() {
    long tables = rows.values().stream().mapToLong(VectorRows::bytes).sum();
    return tables + quietly(lucene::bytes);
  }

  @Override
  public List<Hit> search(String query, int k) {
    if (k < 1) {
      throw new IllegalArgumentException(
          "A search finds one passage or more, not %d.".formatted(k));
    }
    if (passages.isEmpty() || Words.of(query).isEmpty()) {
      return List.of();
    }
    var found = find(search, query, k);
    return IntStream.range(0, found.size())
        .mapToObj(i -> new Hit(passages.get(found.get(i).number()), found.get(i).score(), i + 1))
        .toList();
  }

  private List<Scored> find(Search search, String query, int k) {
    return switch (search) {
      case Bm25 it -> quietly(() -> lucene.find(it, Words.of(query), k));
      case Dense it -> nearest(it, query, k);
      case Fused it -> {
        int depth = Math.max(k, it.depth());
        yield it.fuse(it.parts().stream().map(part -> find(part, query, depth)).toList(), k);
      }
      case Reranked it -> {
        var candidates = find(it.of(), query, Math.max(k, it.candidates()));
        yield switch (it.by()) {
          case INT8 -> byCodes(it, candidates, query, k);
          case LATE_INTERACTION -> byWords(it, candidates, query, k);
        };
      }
    };
  }

  private List<Scored> nearest(Dense search, String query, int k) {
    float[] vector = unit(encoder(search.encoder()).embedQuestion(query));
    if (vector == null) {
      return List.of();
    }
    String field = field(search.encoder());
    return search.exhaustive()
        ? rows(Storage.F32, field).nearest(vector, k)
        : quietly(() -> lucene.nearest(field, vector, search.searchWidth(), k));
  }

  private List<Scored> byCodes(Reranked search, List<Scored> candidates, String query, int k) {
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
  private VectorRows rows(Storage storage, String field) {
    return rows.computeIfAbsent(
        storage + " " + field,
        _ -> {
          var table = new VectorRows(storage);
          quietly(() -> lucene.copy(field, table));
          return table;
        });
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

  /// Commits and closes.
  @Override
  public void close() {
    try {
      commit();
    } finally {
      release();
    }
  }

  private void release() {
    releaseRows();
    quietly(lucene::close);
  }

  private void releaseRows() {
    rows.values().forEach(VectorRows::close);
    rows.clear();
  }

  private interface Reading<T> {
    T run() throws IOException;
  }

  private interface Writing {
    void run() throws IOException;
  }

  private <T> T quietly(Reading<T> work) {
    try {
      return work.run();
    } catch (IOException e) {
      throw new UncheckedIOException(
          "The index of '%s' cannot be read or written (%s): check its folder and the space left there."
              .formatted(library.name(), e.getMessage()),
          e);
    }
  }

  private void quietly(Writing work) {
    Reading<Boolean> reading =
        () -> {
          work.run();
          return true;
        };
    quietly(reading);
  }
}

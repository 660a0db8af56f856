package org.recollect.retrieval.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.recollect.data.Library;
import org.recollect.data.Passage;

/// A library that can be searched, and added to. Mutable, for one thread at a time; owns files and
/// native memory.
///
/// In a folder, what was committed survives a killed process: [#commit] and [#close] commit, and
/// building ends with one. Embedders are fitted on the library that it was built of and know no
/// words that came later.
public final class Index implements Retriever, AutoCloseable {
  private static final int BATCH = 256;

  private final Search search;
  private final Library library;
  private final IndexFolder.Identity identity;
  private final LuceneIndex lucene;
  private final Finder finder;
  private final TreeMap<Long, Passage> passages = new TreeMap<>();
  private final Map<String, Long> numbers = new HashMap<>();
  private long next;
  private boolean closed;

  private Index(Search search, Library library, LuceneIndex lucene) {
    this.search = search;
    this.library = library;
    this.identity = IndexFolder.Identity.of(search, library);
    this.lucene = lucene;
    this.finder = new Finder(library, VectorField.of(search), lucene, passages);
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
    var vectors = finder.vectors(batch);
    for (int i = 0; i < batch.size(); i++) {
      add(batch.get(i), vectors.get(i));
    }
  }

  private void add(Passage passage, Map<String, float[]> vectors) {
    long number = next++;
    quietly(() -> lucene.add(number, passage, vectors));
    put(number, passage);
    finder.added(number, vectors);
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
    finder.removed();
  }

  /// Makes all that was added and removed durable; without effect on an index in memory.
  public void commit() {
    quietly(() -> lucene.commit(new IndexFolder.About(identity, size(), next).text()));
  }

  /// Bytes of Lucene's files, of the tables in memory, and of the encoders, as far as searches have
  /// needed them yet.
  public long bytes() {
    return finder.bytes() + quietly(lucene::bytes);
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
    var found = quietly(() -> finder.find(search, query, k));
    return IntStream.range(0, found.size())
        .mapToObj(i -> new Hit(passages.get(found.get(i).number()), found.get(i).score(), i + 1))
        .toList();
  }

  /// Commits and closes; without effect the second time.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    try {
      commit();
    } finally {
      release();
    }
  }

  private void release() {
    closed = true;
    finder.close();
    quietly(lucene::close);
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

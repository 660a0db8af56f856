package org.recollect.retrieval.search;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.Field.Store;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.document.KnnFloatVectorField;
import org.apache.lucene.document.NumericDocValuesField;
import org.apache.lucene.document.StoredField;
import org.apache.lucene.document.StringField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexOptions;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.LogDocMergePolicy;
import org.apache.lucene.index.ReaderUtil;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.index.VectorSimilarityFunction;
import org.apache.lucene.search.DocIdSetIterator;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.KnnFloatVectorQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.ScoreDoc;
import org.apache.lucene.search.similarities.BM25Similarity;
import org.apache.lucene.store.Directory;
import org.recollect.data.Passage;

/// Passages in Lucene: one document each, with its number. Mutable; owns a writer and a directory.
///
/// Only neighbouring segments are merged, one after the other in the calling thread, so that
/// documents keep the order of their numbers and the same passages give the same index. What was
/// removed is merged away before the next search: Lucene would otherwise still count its words.
final class LuceneIndex implements AutoCloseable {
  private static final String NUMBER = "number";
  private static final String ID = "id";
  private static final String DAY = "day";
  private static final FieldType WORDS = words();

  /// Lucene reports at every start which vector instructions it uses: in a notebook a red box.
  /// Held, or the setting would be collected.
  private static final Logger START = Logger.getLogger("org.apache.lucene.internal.vectorization");

  static {
    START.setLevel(Level.WARNING);
  }

  private final Directory directory;
  private final IndexWriter writer;
  private DirectoryReader reader;
  private boolean removed;

  LuceneIndex(Directory directory, Map<String, VectorField> fields, OpenMode mode)
      throws IOException {
    this.directory = directory;
    this.writer =
        new IndexWriter(
            directory,
            new IndexWriterConfig(Words.ANALYZER)
                .setOpenMode(mode)
                .setCodec(GraphFormat.codec(fields))
                .setMergePolicy(new LogDocMergePolicy())
                .setMergeScheduler(new SerialMergeScheduler())
                .setCommitOnClose(false));
    this.reader = DirectoryReader.open(writer);
  }

  /// @param vectors by field, of length 1
  void add(long number, Passage passage, Map<String, float[]> vectors) throws IOException {
    var document = new Document();
    document.add(new NumericDocValuesField(NUMBER, number));
    document.add(new StringField(ID, passage.id(), Store.YES));
    document.add(new StoredField(DAY, passage.day()));
    document.add(new Field(Bm25.TITLE, passage.title(), WORDS));
    document.add(new Field(Bm25.TEXT, passage.text(), WORDS));
    var title = Words.of(passage.title());
    if (!title.isEmpty() && title.size() <= Bm25.TITLE_WORDS) {
      document.add(new StringField(Bm25.WHOLE_TITLE, String.join(" ", title), Store.NO));
    }
    vectors.forEach((field, vector) ->
        document.add(new KnnFloatVectorField(field, vector, VectorSimilarityFunction.DOT_PRODUCT)));
    writer.addDocument(document);
  }

  void remove(String id) throws IOException {
    writer.deleteDocuments(new Term(ID, id));
    removed = true;
  }

  /// The best passages by words.
  List<Scored> find(Bm25 search, List<String> words, int k) throws IOException {
    refresh();
    var searcher = new IndexSearcher(reader);
    searcher.setSimilarity(new BM25Similarity((float) search.k1(), (float) search.b()));
    return top(searcher, search.query(words, this::frequency), k);
  }

  /// The passages nearest to a unit vector, by cosine. Lucene only finds them: its scores are sums
  /// over the lanes of vector registers, whose last bit changes when the loop is compiled.
  List<Scored> nearest(String field, float[] vector, int searchWidth, int k) throws IOException {
    refresh();
    int width = Math.max(k, searchWidth);
    var query = new KnnFloatVectorQuery(field, vector, width);
    var found = new ArrayList<Scored>();
    for (var hit : new IndexSearcher(reader).search(query, width).scoreDocs) {
      var leaf = leaf(hit);
      var vectors = leaf.reader().getFloatVectorValues(field);
      var at = vectors.iterator();
      at.advance(hit.doc - leaf.docBase);
      found.add(new Scored(number(hit, leaf), dot(vector, vectors.vectorValue(at.index()))));
    }
    return Scored.best(found.stream(), k);
  }

  private List<Scored> top(IndexSearcher searcher, Query query, int k) throws IOException {
    var found = new ArrayList<Scored>();
    for (var hit : searcher.search(query, k).scoreDocs) {
      found.add(new Scored(number(hit, leaf(hit)), hit.score));
    }
    return Scored.best(found.stream(), k);
  }

  private LeafReaderContext leaf(ScoreDoc hit) {
    return reader.leaves().get(ReaderUtil.subIndex(hit.doc, reader.leaves()));
  }

  private static long number(ScoreDoc hit, LeafReaderContext leaf) throws IOException {
    var numbers = leaf.reader().getNumericDocValues(NUMBER);
    numbers.advanceExact(hit.doc - leaf.docBase);
    return numbers.longValue();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }

  private int frequency(Term word) {
    try {
      return reader.docFreq(word);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// All passages by their numbers, as they are stored.
  TreeMap<Long, Passage> passages() throws IOException {
    refresh();
    var passages = new TreeMap<Long, Passage>();
    for (var leaf : reader.leaves()) {
      var stored = leaf.reader().storedFields();
      var numbers = leaf.reader().getNumericDocValues(NUMBER);
      while (numbers.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
        var document = stored.document(numbers.docID());
        passages.put(
            numbers.longValue(),
            new Passage(
                document.get(ID),
                document.get(Bm25.TITLE),
                document.get(Bm25.TEXT),
                document.getField(DAY).numericValue().intValue()));
      }
    }
    return passages;
  }

  /// Copies the vectors of a field.
  void copy(String field, VectorRows into) throws IOException {
    refresh();
    for (var leaf : reader.leaves()) {
      copy(leaf.reader(), field, into);
    }
  }

  private static void copy(LeafReader leaf, String field, VectorRows into) throws IOException {
    var vectors = leaf.getFloatVectorValues(field);
    if (vectors == null) {
      return;
    }
    var numbers = leaf.getNumericDocValues(NUMBER);
    var each = vectors.iterator();
    while (each.nextDoc() != DocIdSetIterator.NO_MORE_DOCS) {
      numbers.advanceExact(each.docID());
      into.add(numbers.longValue(), vectors.vectorValue(each.index()));
    }
  }

  /// Makes all that was done durable, with what the index says of itself: both or neither survive.
  void commit(Map<String, String> about) throws IOException {
    refresh();
    writer.setLiveCommitData(Set.copyOf(about.entrySet()));
    writer.commit();
  }

  /// Bytes of all files of the index.
  long bytes() throws IOException {
    refresh();
    long bytes = 0;
    for (String file : directory.listAll()) {
      bytes += directory.fileLength(file);
    }
    return bytes;
  }

  private void refresh() throws IOException {
    if (removed) {
      writer.forceMergeDeletes();
      removed = false;
    }
    var newer = DirectoryReader.openIfChanged(reader, writer);
    if (newer != null) {
      reader.close();
      reader = newer;
    }
  }

  /// What was not committed is given up.
  @Override
  public void close() throws IOException {
    try (directory;
        var _ = reader) {
      writer.rollback();
    }
  }

  private static FieldType words() {
    var type = new FieldType();
    type.setTokenized(true);
    type.setStored(true);
    type.setIndexOptions(IndexOptions.DOCS_AND_FREQS);
    type.freeze();
    return type;
  }
}

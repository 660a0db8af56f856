package org.recollect.retrieval.search;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import org.apache.lucene.codecs.KnnVectorsFormat;
import org.apache.lucene.codecs.KnnVectorsReader;
import org.apache.lucene.codecs.KnnVectorsWriter;
import org.apache.lucene.codecs.lucene104.Lucene104Codec;
import org.apache.lucene.codecs.lucene99.Lucene99HnswVectorsFormat;
import org.apache.lucene.index.SegmentReadState;
import org.apache.lucene.index.SegmentWriteState;

/// Lucene's own format of vectors under its own name, so that Lucene reads it as its own; only that
/// vectors may be longer than the 1024 numbers that Lucene takes by default.
final class GraphFormat extends KnnVectorsFormat {
  private static final int LARGEST = 16_384;

  private final KnnVectorsFormat format;

  private GraphFormat(VectorField field) {
    super("Lucene99HnswVectorsFormat");
    this.format =
        field.graph()
            ? new Lucene99HnswVectorsFormat(field.maxConn(), field.beamWidth())
            // So many vectors count as few, and those get no graph.
            : new Lucene99HnswVectorsFormat(16, 100, 1, null, Integer.MAX_VALUE);
  }

  static Lucene104Codec codec(Map<String, VectorField> fields) {
    var formats = new HashMap<String, KnnVectorsFormat>();
    fields.forEach((name, field) -> formats.put(name, new GraphFormat(field)));
    return new Lucene104Codec() {
      @Override
      public KnnVectorsFormat getKnnVectorsFormatForField(String name) {
        return formats.get(name);
      }
    };
  }

  @Override
  public KnnVectorsWriter fieldsWriter(SegmentWriteState state) throws IOException {
    return format.fieldsWriter(state);
  }

  @Override
  public KnnVectorsReader fieldsReader(SegmentReadState state) throws IOException {
    return format.fieldsReader(state);
  }

  @Override
  public int getMaxDimensions(String field) {
    return LARGEST;
  }
}

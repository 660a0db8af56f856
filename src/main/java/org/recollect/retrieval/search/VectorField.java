package org.recollect.retrieval.search;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The vectors of one encoder in an index, with a graph where some search uses one.
record VectorField(EncoderSource encoder, int maxConn, int beamWidth, boolean graph) {

  /// Those that a search reads, by the names of their fields.
  ///
  /// @throws IllegalArgumentException if it asks for two graphs over the vectors of one encoder
  static Map<String, VectorField> of(Search search) {
    var wanted = new ArrayList<VectorField>();
    collect(search, wanted);
    var byEncoder = new LinkedHashMap<EncoderSource, VectorField>();
    wanted.forEach(field -> byEncoder.merge(field.encoder, field, VectorField::with));
    var named = new LinkedHashMap<String, VectorField>();
    byEncoder.values().forEach(field -> named.put("vector " + named.size(), field));
    return named;
  }

  private static void collect(Search search, List<VectorField> into) {
    switch (search) {
      case Bm25 _ -> {}
      case DenseSearch it ->
          into.add(new VectorField(it.encoder(), it.maxConn(), it.beamWidth(), !it.exhaustive()));
      case Fused it -> it.parts().forEach(part -> collect(part, into));
      case Reranked it -> {
        collect(it.of(), into);
        if (it.by() == Reranked.By.INT8) {
          into.add(new VectorField(it.encoder(), 0, 0, false));
        }
      }
    }
  }

  private VectorField with(VectorField other) {
    if (graph && other.graph && !equals(other)) {
      throw new IllegalArgumentException(
          "One search asks for two graphs over the vectors of '%s': give both the same links and candidates."
              .formatted(encoder.name()));
    }
    return graph ? this : other;
  }
}

package org.recollect.retrieval.search;

import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import java.util.List;
import java.util.Map;

/// An embedding model of LangChain4j as an encoder.
final class ModelEncoder implements Encoder {
  private final String name;
  private final EmbeddingModel model;

  ModelEncoder(String name, EmbeddingModel model) {
    this.name = name;
    this.model = model;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public List<float[]> embedAll(List<String> passages) {
    var embeddings = model.embedAll(passages.stream().map(TextSegment::from).toList()).content();
    if (embeddings.size() != passages.size()) {
      throw new IllegalStateException(
          "The embedding model %s answered %d texts with %d vectors: use one that gives a vector for each text."
              .formatted(name, passages.size(), embeddings.size()));
    }
    return embeddings.stream().map(embedding -> embedding.vector()).toList();
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("model", name);
  }
}

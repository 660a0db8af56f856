package org.recollect.retrieval.search;

import dev.langchain4j.data.embedding.Embedding;
import dev.langchain4j.data.segment.TextSegment;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.output.Response;
import java.util.List;

/// An embedder as an embedding model of LangChain4j.
record EncoderModel(Embedder embedder) implements EmbeddingModel {

  @Override
  public Response<List<Embedding>> embedAll(List<TextSegment> segments) {
    var texts = segments.stream().map(TextSegment::text).toList();
    return Response.from(embedder.embedAll(texts).stream().map(Embedding::from).toList());
  }

  @Override
  public int dimension() {
    return embedder.dimensions();
  }

  @Override
  public String modelName() {
    return embedder.name();
  }
}

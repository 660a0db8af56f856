package org.recollect.retrieval.search;

import dev.langchain4j.model.embedding.EmbeddingModel;
import java.util.List;
import org.recollect.data.Library;

/// Turns text into vectors whose cosine says how alike texts are.
public interface Encoder extends EncoderSource {

  /// The vectors of passages, all of one length; of zeros where the encoder can say nothing of a
  /// text.
  List<float[]> embedAll(List<String> passages);

  /// The vector of a question, in the space of the passages.
  default float[] embedQuestion(String question) {
    return embedAll(List.of(question)).getFirst();
  }

  /// Bytes held in this process; 0 where that is not known.
  default long bytes() {
    return 0;
  }

  @Override
  default Encoder on(Library library) {
    return this;
  }

  /// Any model that speaks LangChain4j's port, in process or behind an endpoint.
  ///
  /// @param name of the model and its version: the only thing that tells two models apart in the
  ///   hash of a trial
  static Encoder of(String name, EmbeddingModel model) {
    return new ModelEncoder(name, model);
  }
}

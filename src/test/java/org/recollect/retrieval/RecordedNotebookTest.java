package org.recollect.retrieval;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.retrieval.RetrievalMeasures.ANSWER_MATCH;
import static org.recollect.retrieval.RetrievalMeasures.CALLS;
import static org.recollect.retrieval.RetrievalMeasures.PROMPT_TOKENS;
import static org.recollect.retrieval.RetrievalMeasures.SEARCHES;

import dev.langchain4j.model.chat.ChatModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.FactWorld;
import org.recollect.lab.Results;
import org.recollect.retrieval.llm.Endpoint;
import org.recollect.retrieval.llm.Recording;
import org.recollect.retrieval.llm.StubEndpoint;
import org.recollect.retrieval.role.Crew;
import org.recollect.retrieval.search.Search;

/// The recording that `notebooks/retrieval/with-your-llm.ipynb` is shipped with: an [Understudy]
/// behind an endpoint. After a change of prompts it is made anew by `environment/test
/// -Drecollect.record=true -Dtest=RecordedNotebookTest`.
class RecordedNotebookTest {
  private static final Path SHIPPED = Path.of("notebooks/retrieval/with-your-llm.jsonl");

  /// As the notebook has it.
  private static final FactWorld WORLD = FactWorld.of(48).hops(2).asked(12);

  private static RetrievalStudy study(ChatModel model) {
    return RetrievalStudy.over(WORLD)
        .fetching(3)
        .cast(Cast.of(model))
        .compare(Retrieve.once(), Retrieve.times(3))
        .compare(Retrieve.adaptiveNote())
        .vary("hops", 1, 2)
        .measure(ANSWER_MATCH, SEARCHES, CALLS, PROMPT_TOKENS);
  }

  private static ChatModel endpoint(String url) {
    return Endpoint.at(url, Understudy.NAME).connect();
  }

  @Test
  void replaysWithoutAModel(@TempDir Path folder) {
    try (var recording = Recording.replay(SHIPPED, endpoint(StubEndpoint.down()))) {
      var results = study(recording).storedIn(folder).run();
      assertEquals(List.of(), results.failures());
      assertTrue(results.table().name().endsWith("fell back 0.000"), results.table().name());
      assertTrue(recording.replayed() > 100);
    }
  }

  @Test
  @EnabledIfSystemProperty(named = "recollect.record", matches = "true")
  void record(@TempDir Path folder) throws IOException {
    var drawn = WORLD.at(1);
    var fresh = folder.resolve("fresh.jsonl");
    try (var index = Search.bm25().over(drawn.library())) {
      var crew = Crew.trained(drawn, Crew.Search.in(index), 1);
      try (var stub = StubEndpoint.of(StubEndpoint.playing(new Understudy(crew)));
          var recording = Recording.record(fresh, endpoint(stub.url()))) {
        Results results = study(recording).storedIn(folder).run();
        assertEquals(List.of(), results.failures());
      }
    }
    Files.copy(fresh, SHIPPED, StandardCopyOption.REPLACE_EXISTING);
  }
}

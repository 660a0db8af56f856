package org.recollect.kv.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.recollect.kv.stream.StreamMeasures.TOKENS_HELD;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.data.FrameStream;
import org.recollect.lab.Row;
import org.recollect.model.PatchEncoder;
import org.recollect.tensor.RandomStream;

class StreamStudyTest {
  private static PatchEncoder encoder;

  @TempDir Path folder;

  @BeforeAll
  static void makeSubject() {
    encoder =
        PatchEncoder.random(
            FrameStream.of(16).vocabulary(), 192, 16, 12, RandomStream.of(1, "untrained"));
  }

  @AfterAll
  static void closeSubject() {
    encoder.close();
  }

  private StreamStudy study() {
    return StreamStudy.on("untrained", encoder)
        .watching(FrameStream.of(20))
        .films(3)
        .storedIn(folder);
  }

  @Test
  void everyArmIsMeasuredOnTheSameFilms() {
    var results =
        study()
            .compare(StreamPolicy.everything(), StreamPolicy.lastFrames(), SaveMem.whole())
            .vary(StreamStudy.BUDGET, 32, 64)
            .vary(StreamStudy.FLICKER, 0, .5)
            .seeds(2)
            .run();
    assertEquals(List.of(), results.failures().stream().map(Row::error).toList());
    assertEquals(24, results.rows().size());
    for (Row row : results.rows()) {
      double held = row.samples().get(TOKENS_HELD.name()).value();
      boolean bound = !row.arm().equals("everything");
      assertEquals(bound ? row.settings().number("budget") : 320, held, bound ? 31 : 0);
      assertTrue(!bound || held <= row.settings().number("budget"), row + "");
      assertEquals(3, row.samples().get(TOKENS_HELD.name()).items().size());
    }
  }

  @Test
  void theSameStudyGivesTheSameRows() {
    var study =
        study().compare(SaveMem.similarityOnly(), SaveMem.whole()).vary(StreamStudy.BUDGET, 40);
    assertEquals(study.run().reproducible(), study.afresh().run().reproducible());
  }

  @Test
  void saysWhatIsMissing() {
    var nothing = StreamStudy.on("untrained", encoder).compare(SaveMem.whole()).storedIn(folder);
    var message = assertThrows(IllegalStateException.class, nothing::run);
    assertTrue(message.getMessage().contains("watching("), message.getMessage());
    assertThrows(IllegalArgumentException.class, () -> study().films(0));
    var failures = study().compare(SaveMem.whole()).vary(StreamStudy.BUDGET, 31).run().failures();
    assertTrue(failures.getFirst().error().orElseThrow().contains("raise the budget"));
  }
}

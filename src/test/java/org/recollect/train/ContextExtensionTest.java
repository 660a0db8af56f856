package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.recollect.data.Corpora;
import org.recollect.data.Corpus;
import org.recollect.model.Models;

class ContextExtensionTest {

  private static final Corpus TEXT =
      Corpora.text(
          IntStream.range(0, 800)
              .mapToObj(i -> "int x%d = %d;\n".formatted(i, i * i))
              .reduce("", String::concat));

  @Test
  void aCopyIsTrainedAndTheModelStays() {
    var log = new ArrayList<String>();
    try (var model = Models.nanoJava()) {
      String before = model.weights().digest();
      var extension = new ContextExtension(1040, 1, 7);
      try (var longer = extension.of(model, TEXT, log::add);
          var again = extension.of(model, TEXT, _ -> {})) {
        assertEquals(1040, longer.config().contextLength());
        assertEquals(model.config(), longer.config().withContextLength(1024));
        assertNotEquals(before, longer.weights().digest());
        assertEquals(longer.weights().digest(), again.weights().digest());
      }
      assertEquals(before, model.weights().digest());
      assertEquals(1, log.size());
    }
  }

  @Test
  void whatExtendsNothingIsRefused() {
    try (var model = Models.nanoJava()) {
      var none = new ContextExtension(1024, 1, 7);
      var error = assertThrows(IllegalArgumentException.class, () -> none.of(model, TEXT, _ -> {}));
      assertTrue(error.getMessage().contains("1024 tokens already"), error.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> new ContextExtension(2048, 0, 7));
  }
}

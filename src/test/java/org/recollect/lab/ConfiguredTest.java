package org.recollect.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfiguredTest {

  private record Part(int size) {}

  private record Whole(Part part, List<String> names) implements Configured {}

  private record Other(Part part, List<String> names) implements Configured {}

  private static String hash(Configured configured) {
    return Fingerprint.of(configured.configuration());
  }

  @Test
  void aRecordIsItsComponents() {
    var whole = new Whole(new Part(1), List.of("a"));
    assertEquals(hash(whole), hash(new Whole(new Part(1), List.of("a"))));
    assertNotEquals(hash(whole), hash(new Whole(new Part(2), List.of("a"))));
    assertNotEquals(hash(whole), hash(new Whole(new Part(1), List.of("b"))));
    assertNotEquals(hash(whole), hash(new Other(new Part(1), List.of("a"))));
  }

  @Test
  void whatCannotBeSeenMustSayWhatItIs() {
    var failure = assertThrows(IllegalStateException.class, () -> hash(new Configured() {}));
    assertTrue(failure.getMessage().contains("override configuration()"), failure.getMessage());
  }
}

package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokenizerTest {
  @TempDir Path folder;

  @Test
  void longTextsAreNeitherCutNorPadded() {
    try (var tokenizer = bytes()) {
      assertEquals(100_000, tokenizer.count("a".repeat(100_000)));
      assertEquals(0, tokenizer.encode("").length);
      assertEquals("", tokenizer.decode());
    }
  }

  @Test
  void specialTokensAreOneIdAndSurviveTheRoundTrip() {
    try (var tokenizer = bytes()) {
      assertEquals(264, tokenizer.vocabularySize());
      assertEquals(0, tokenizer.endOfText());
      int[] ids = tokenizer.encode("a<|end|>b<|mark3|>");
      assertArrayEquals(new int[] {8 + 'a', 0, 8 + 'b', 4}, ids);
      assertEquals("a<|end|>b<|mark3|>", tokenizer.decode(ids));
    }
  }

  @Test
  void brokenCharactersDoNotBreakTheLibrary() {
    try (var tokenizer = bytes()) {
      assertEquals("a?b?", tokenizer.decode(tokenizer.encode("a\ud800b\udc00")));
      assertEquals("\0", tokenizer.decode(tokenizer.encode("\0")));
      assertEquals("\ufffd", tokenizer.decode(8 + 0xe4));
      for (int id : new int[] {-1, 264}) {
        assertThrows(IllegalArgumentException.class, () -> tokenizer.decode(id));
      }
    }
  }

  @Test
  void writesWhatItRead() throws IOException {
    try (var tokenizer = BytePairTrainer.train(List.of("hello hello hello"), 268)) {
      tokenizer.write(folder.resolve("tokenizer.json"));
      try (var again = Tokenizer.read(folder)) {
        assertArrayEquals(tokenizer.encode("hello"), again.encode("hello"));
        again.write(folder.resolve("copy.json"));
      }
      assertEquals(
          Files.readString(folder.resolve("tokenizer.json")),
          Files.readString(folder.resolve("copy.json")));
      try (Stream<Path> files = Files.list(folder)) {
        assertFalse(files.anyMatch(file -> file.toString().endsWith(".part")));
      }
    }
  }

  @Test
  void malformedFilesAreNamedInOneSentence() throws IOException {
    var missing = assertThrows(IllegalArgumentException.class, () -> Tokenizer.read(folder));
    assertTrue(missing.getMessage().startsWith("There is no tokenizer at"));
    var file = folder.resolve("tokenizer.json");
    for (String wrong :
        new String[] {
          "",
          "[]",
          "{",
          "{}",
          "{\"model\":{}}",
          "{\"model\":{\"vocab\":{\"a\":-1}}}",
          "{\"model\":{\"vocab\":{\"a\":99999999999}}}",
          "{\"model\":{\"vocab\":{\"a\":\"b\"}}}",
          "{\"model\":{\"vocab\":{\"a\":0,\"a\":1}}}",
          "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[\"a b\"]}}",
          "{\"model\":{\"type\":\"None\",\"vocab\":{\"a\":0}}}",
          "[".repeat(100_000),
        }) {
      Files.writeString(file, wrong);
      var problem = assertThrows(IllegalArgumentException.class, () -> Tokenizer.read(file), wrong);
      assertTrue(problem.getMessage().contains("tokenizer.json"), problem.getMessage());
      assertFalse(problem.getMessage().contains("\n"), problem.getMessage());
    }
    Files.write(file, new byte[] {'"', (byte) 0xff, '"'});
    assertThrows(IllegalArgumentException.class, () -> Tokenizer.read(file));
  }

  @Test
  void aTokenizerWithoutAnEndSaysSo() {
    var json = "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1},\"merges\":[]}}";
    try (var tokenizer = Tokenizer.parse(json)) {
      assertEquals(2, tokenizer.vocabularySize());
      assertArrayEquals(new int[] {1, 0}, tokenizer.encode("ba"));
      assertThrows(IllegalStateException.class, tokenizer::endOfText);
    }
  }

  private static Tokenizer bytes() {
    return BytePairTrainer.train(List.of("any"), 264);
  }
}

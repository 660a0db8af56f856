package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordVocabularyTest {

  @Test
  void aTokenIsAWordWithTheSpaceBeforeIt() {
    try (var tokenizer = WordVocabulary.of(List.of("Who was born in 1931?", " Zoë was."))) {
      // The end, the unknown, and: " 1931", " Zoë", " born", " in", " was", ".", "?", "Who".
      assertEquals(10, tokenizer.vocabularySize());
      assertEquals(0, tokenizer.endOfText());
      assertArrayEquals(new int[] {9, 6, 4, 5, 2, 8}, tokenizer.encode("Who was born in 1931?"));
      assertArrayEquals(new int[] {3, 6, 7}, tokenizer.encode(" Zoë was."));
      assertArrayEquals(new int[] {0}, tokenizer.encode("<|end|>"));
    }
  }

  @Test
  void textsOfKnownWordsComeBack() {
    var texts = List.of("Is it -- really -- so?", "Two  spaces, a comma ,and a tail ", "x");
    try (var tokenizer = WordVocabulary.of(texts)) {
      for (String text : texts) {
        assertEquals(text, tokenizer.decode(tokenizer.encode(text)));
      }
    }
  }

  @Test
  void otherWordsAreUnknown() {
    try (var tokenizer = WordVocabulary.of(List.of("a b"))) {
      assertArrayEquals(new int[] {3, 1, 2}, tokenizer.encode("a c b"));
    }
  }

  @Test
  void noWordsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> WordVocabulary.of(List.of("")));
  }
}

package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recollect.data.Film.Event;
import org.recollect.data.Film.Kind;
import org.recollect.data.Film.Question;
import org.recollect.tensor.RandomStream;

class FrameStreamTest {

  private static FrameStream any(int seed) {
    var shape = new Random(seed);
    int frames = 16 + shape.nextInt(60);
    return new FrameStream(
        frames,
        2 + shape.nextInt(4),
        2 + shape.nextInt(4),
        1 + shape.nextInt(frames / 5),
        1 + shape.nextInt(frames / 8),
        shape.nextDouble(),
        GlyphStyle.VARIED);
  }

  private static RandomStream random(int seed) {
    return RandomStream.of(seed, "film");
  }

  @Test
  void everyAnswerFollowsFromTheEventsAlone() {
    int asked = 0;
    for (int seed = 0; seed < 60; seed++) {
      var film = any(seed).film(random(seed));
      for (Question question : film.questions()) {
        assertEquals(answer(film.events(), question), question.answer(), "seed " + seed);
        asked++;
      }
    }
    assertTrue(asked > 500, asked + " questions");
  }

  /// The answer by looking at every event anew; it fails where there is none, or more than one.
  private static String answer(List<Event> events, Question question) {
    int now = question.moment();
    var known = question.known();
    var seen = events.stream().filter(event -> event.from() <= now);
    var fitting =
        switch (question.kind()) {
          case CELL_NOW -> seen.filter(e -> e.to() > now && known.equals("" + e.cell())).toList();
          case INK_NOW -> seen.filter(e -> e.to() > now && known.equals(e.ink().word())).toList();
          case FIRST_LETTER -> first(seen.filter(e -> known.equals(e.ink().word())).toList());
          case FIRST_INK -> first(seen.filter(e -> known.equals(e.letter())).toList());
        };
    assertEquals(1, fitting.size(), question.text());
    var event = fitting.getFirst();
    assertEquals(question.kind().past(), event.to() <= now);
    return question.kind() == Kind.FIRST_INK ? event.ink().word() : event.letter();
  }

  private static List<Event> first(List<Event> events) {
    int start = events.stream().mapToInt(Event::from).min().orElseThrow();
    return events.stream().filter(event -> event.from() == start).toList();
  }

  @Test
  void noTwoEventsShareACell() {
    for (int seed = 0; seed < 60; seed++) {
      var events = any(seed).film(random(seed)).events();
      for (int frame = 0; frame < 80; frame++) {
        int now = frame;
        var cells = events.stream().filter(e -> e.lasts(now)).map(Event::cell).toList();
        assertEquals(cells.size(), new HashSet<>(cells).size(), "seed " + seed);
      }
      assertEquals(
          events.stream().sorted(Comparator.comparingInt(Event::from)).toList(),
          events,
          "seed " + seed);
    }
  }

  @Test
  void atEveryMomentSomethingIsAskedAboutThePresent() {
    for (int seed = 0; seed < 40; seed++) {
      var stream = any(seed);
      var film = stream.film(random(seed));
      long moments =
          film.questions().stream()
              .filter(question -> question.kind() == Kind.CELL_NOW)
              .map(Question::moment)
              .distinct()
              .count();
      assertEquals(stream.moments(), moments, "seed " + seed);
      assertEquals(film.frames() - 1, film.questions().getLast().moment(), "seed " + seed);
    }
  }

  @Test
  void withoutFlickerAndNoiseOnlyEventsChangeThePicture() {
    for (int seed = 0; seed < 20; seed++) {
      var stream = new FrameStream(32, 3, 4, 5, 2, 0, GlyphStyle.VARIED.noise(0));
      var film = stream.film(random(seed));
      for (int cell = 0; cell < 12; cell++) {
        int here = cell;
        for (int frame = 1; frame < 32; frame++) {
          int now = frame;
          boolean steady =
              film.events().stream()
                  .noneMatch(e -> e.cell() == here && e.from() <= now && now <= e.to());
          if (steady) {
            assertTrue(
                Arrays.deepEquals(film.pictures()[frame][cell], film.pictures()[frame - 1][cell]),
                "seed " + seed);
          }
        }
      }
      for (var event : film.events()) {
        var shown = film.pictures()[event.from()][event.cell()];
        int before = event.from() == 0 ? event.to() : event.from() - 1;
        if (before < 32) {
          assertFalse(Arrays.deepEquals(shown, film.pictures()[before][event.cell()]));
        }
      }
    }
  }

  @Test
  void flickerChangesItsShareOfTheBackground() {
    var stream = new FrameStream(64, 4, 4, 1, 1, .3, GlyphStyle.VARIED.noise(0));
    int changed = 0;
    int films = 10;
    for (int seed = 0; seed < films; seed++) {
      var pictures = stream.film(random(seed)).pictures();
      for (int frame = 1; frame < 64; frame++) {
        for (int cell = 0; cell < 16; cell++) {
          changed += Arrays.deepEquals(pictures[frame][cell], pictures[frame - 1][cell]) ? 0 : 1;
        }
      }
    }
    // 10080 chances of .3 (a standard deviation of .005), and at most 2 changes by an event.
    assertEquals(.3, changed / (films * 63 * 16.0), .02);
  }

  @Test
  void aFilmDependsOnItsSeedAlone() {
    var used = random(1);
    used.nextLong();
    var stream = FrameStream.of(16).flicker(.2);
    assertTrue(Arrays.deepEquals(stream.film(random(1)).pictures(), stream.film(used).pictures()));
    assertFalse(
        Arrays.deepEquals(stream.film(random(1)).pictures(), stream.film(random(2)).pictures()));
  }

  @Test
  void captionsAreOfTheVocabulary() {
    var stream = FrameStream.of(64);
    var vocabulary = stream.vocabulary();
    assertEquals(vocabulary.size(), new HashSet<>(vocabulary).size());
    var random = random(5);
    for (int i = 0; i < 200; i++) {
      var captioned = stream.draw(random);
      assertTrue(vocabulary.containsAll(captioned.words()), captioned.words() + "");
      assertEquals(stream.pixels(), captioned.picture().length);
      assertTrue(captioned.words().contains("letter") != captioned.words().contains("sign"));
    }
    var film = stream.film(random(6));
    film.questions()
        .forEach(question -> assertTrue(vocabulary.containsAll(question.words()), question.text()));
    assertEquals(32, film.frame(0).length);
    assertEquals(3 * 32 + 2 * 2, film.strip(0, 3)[0].length);
  }

  @Test
  void refusesWhatCannotBeFilmed() {
    assertThrows(IllegalArgumentException.class, () -> FrameStream.of(7));
    assertThrows(IllegalArgumentException.class, () -> FrameStream.of(16).flicker(1.5));
    var crowded = new FrameStream(16, 1, 1, 4, 2, 0, GlyphStyle.PLAIN);
    var refusal =
        assertThrows(
            IllegalArgumentException.class,
            () -> {
              for (int seed = 0; seed < 50; seed++) {
                crowded.film(random(seed));
              }
            });
    assertTrue(refusal.getMessage().contains("ask for fewer events"), refusal.getMessage());
  }
}

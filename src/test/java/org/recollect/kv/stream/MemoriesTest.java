package org.recollect.kv.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.recollect.data.Film;
import org.recollect.data.Film.Question;
import org.recollect.data.FrameStream;
import org.recollect.tensor.RandomStream;

/// What every memory promises, and what each of them is.
class MemoriesTest {
  private static final List<String> QUESTION = List.of("which", "letter", "is", "red", "now");

  private static final List<StreamPolicy> BOUND =
      List.of(
          StreamPolicy.lastFrames(),
          StreamPolicy.uniformFrames(),
          StreamPolicy.mergedTokens(),
          SaveMem.similarityOnly(),
          SaveMem.keeping(new Salience.Change()),
          SaveMem.keeping(Salience.misled()),
          SaveMem.semantic(),
          SaveMem.semantic().gate(.9),
          SaveMem.whole());

  /// On random frames of random sizes: never above the budget, always in order of time, the newest
  /// frame whole and untouched, nothing twice, and only what is held is read.
  @Test
  void everyMemoryKeepsItsBudget() {
    for (int seed = 0; seed < 12; seed++) {
      var random = new Random(seed);
      int height = 1 + random.nextInt(5);
      int width = 1 + random.nextInt(5);
      int dimensions = 2 + random.nextInt(12);
      var film = Scenes.random(5 + random.nextInt(25), height, width, dimensions, random);
      var lexicon = Scenes.randomLexicon(dimensions, random);
      int budget = height * width * 2 + random.nextInt(3 * height * width);
      for (var policy : BOUND) {
        var memory = policy.open(lexicon, budget);
        String where = policy.name() + ", seed " + seed;
        for (var frame : film) {
          memory.see(frame);
          var held = memory.held();
          assertTrue(held.size() <= budget, where + ": " + held.size() + " of " + budget);
          assertEquals(
              held.stream().sorted(Comparator.comparingInt(VisualToken::frame)).toList(),
              held,
              where);
          var newest = held.subList(held.size() - frame.cells(), held.size());
          for (int cell = 0; cell < frame.cells(); cell++) {
            assertEquals(frame.frame(), newest.get(cell).frame(), where);
            assertEquals(frame.vectors()[cell], newest.get(cell).vector(), where);
          }
          var places = held.stream().map(t -> List.of(t.frame(), t.cell())).toList();
          assertEquals(places.size(), new HashSet<>(places).size(), where);
          assertTrue(held.containsAll(memory.read(QUESTION)), where);
        }
      }
    }
  }

  @Test
  void wholeFramesAreTheLastOnesOrEvenlySpread() {
    var film = Scenes.random(33, 2, 2, 4, new Random(1));
    var lexicon = Scenes.randomLexicon(4, new Random(2));
    assertEquals(List.of(30, 31, 32), frames(StreamPolicy.lastFrames(), film, lexicon, 12));
    assertEquals(List.of(0, 16, 32), frames(StreamPolicy.uniformFrames(), film, lexicon, 16));
    assertEquals(
        List.of(0, 16, 31), frames(StreamPolicy.uniformFrames(), film.subList(0, 32), lexicon, 16));
    assertEquals(33, frames(StreamPolicy.everything(), film, lexicon, 8).size());
  }

  private static List<Integer> frames(
      StreamPolicy policy, List<TokenGrid> film, Lexicon lexicon, int budget) {
    return Scenes.frames(watched(policy, film, lexicon, budget).held());
  }

  private static StreamMemory watched(
      StreamPolicy policy, List<TokenGrid> film, Lexicon lexicon, int budget) {
    var memory = policy.open(lexicon, budget);
    film.forEach(memory::see);
    return memory;
  }

  @Test
  void aStillFilmMergesIntoOneTokenACell() {
    var still = Scenes.random(1, 3, 3, 6, new Random(3)).getFirst().vectors();
    var film = new java.util.ArrayList<TokenGrid>();
    for (int frame = 0; frame < 12; frame++) {
      film.add(TokenGrid.of(frame, 3, 3, still));
    }
    var held = watched(StreamPolicy.mergedTokens(), film, Scenes.lexicon(), 18).held();
    assertEquals(18, held.size());
    for (var token : held) {
      assertEquals(1, Vectors.dot(still[token.cell()], token.vector()), 1e-6);
      assertTrue(token.frame() == 0 || token.frame() == 11, "" + token.frame());
    }
  }

  @Test
  void retrievalReadsTheFramesThatTheQuestionIsAbout() {
    var film = new java.util.ArrayList<TokenGrid>();
    for (int frame = 0; frame < 20; frame++) {
      boolean red = frame == 4 || frame == 11;
      film.add(Scenes.row(frame, Scenes.sees(red ? "red" : "blue", "letter"), Scenes.sees("sign")));
    }
    var memory = watched(StreamPolicy.retrievalOnly(), film, Scenes.lexicon(), 6);
    assertEquals(40, memory.held().size());
    assertEquals(List.of(4, 11, 19), Scenes.frames(memory.read(List.of("red"))));
  }

  /// With perfect sight everything that was seen can be told, so that whatever a memory gets wrong
  /// it has forgotten, or not read.
  @Test
  void withPerfectSightWhoReadsEverythingAnswersEverything() {
    int asked = 0;
    for (int seed = 0; seed < 20; seed++) {
      var film = FrameStream.of(48).film(RandomStream.of(seed, "film"));
      var frames = Scenes.seen(film);
      for (Question question : film.questions()) {
        var memory =
            watched(
                StreamPolicy.everything(),
                frames.subList(0, question.moment() + 1),
                Scenes.lexicon(),
                32);
        assertEquals(
            Optional.of(question.answer()),
            new ReadOut(Scenes.lexicon()).answer(question, memory.read(question.words())),
            "seed " + seed + ": " + question.text());
        asked++;
      }
    }
    assertTrue(asked > 150, asked + " questions");
  }

  @Test
  void whatIsNotReadIsNotAnswered() {
    var film = FrameStream.of(16).film(RandomStream.of(1, "film"));
    for (Question question : film.questions()) {
      assertEquals(Optional.empty(), new ReadOut(Scenes.lexicon()).answer(question, List.of()));
    }
  }

  /// On a still background and with perfect sight every event leaves a token, and without a middle
  /// tier in its way the prior keeps these above all others, where a prior that is misled drops
  /// them first.
  @Test
  void salientTokensOutliveTheOthers() {
    int guided = 0;
    int misled = 0;
    int gone = 0;
    for (int seed = 0; seed < 20; seed++) {
      var film = FrameStream.of(64).flicker(0).film(RandomStream.of(seed, "film"));
      gone += (int) film.events().stream().filter(event -> event.to() <= 60).count();
      guided += objects(Salience.generic(), film);
      misled += objects(Salience.misled(), film);
    }
    assertTrue(guided >= .9 * gone, guided + " of " + gone);
    assertTrue(misled < .5 * guided, misled + " of " + gone);
  }

  /// Letters held of the first sixty frames.
  private static int objects(Salience salience, Film film) {
    var policy = new SaveMem(salience, 2, 0, 1, Optional.empty(), Optional.empty());
    var memory = watched(policy, Scenes.seen(film), Scenes.lexicon(), 44);
    float[] object = Scenes.sees("object");
    return (int)
        memory.held().stream()
            .filter(t -> t.frame() < 60 && Vectors.dot(t.vector(), object) > .4)
            .map(t -> List.of(t.cell(), t.frame()))
            .distinct()
            .count();
  }

  @Test
  void tiersAreReadByTheGate() {
    var film = Scenes.random(30, 4, 4, 8, new Random(5));
    var lexicon = Scenes.randomLexicon(8, new Random(6));
    var open = SaveMem.semantic().gate(0).open(lexicon, 128);
    var closed = SaveMem.semantic().gate(100).open(lexicon, 128);
    film.forEach(open::see);
    film.forEach(closed::see);
    assertEquals(32, open.read(QUESTION).size(), "the short tier alone");
    assertEquals(closed.held(), closed.read(QUESTION));
    assertEquals(32, open.sizes().recent());
    assertEquals(open.held().size(), open.sizes().total());
    assertEquals(30, SaveMem.semantic().sizes(film, lexicon, 128).size());
  }

  @Test
  void armsHaveNamesOfTheirOwn() {
    var names = BOUND.stream().map(StreamPolicy::name).toList();
    assertEquals(names.size(), new HashSet<>(names).size(), names + "");
    assertEquals("savemem", SaveMem.whole().name());
    assertEquals("similarity only", SaveMem.similarityOnly().name());
    assertEquals("semantic + gate 0.9", SaveMem.semantic().gate(.9).name());
    assertEquals("semantic + retrieval of 0.9", SaveMem.semantic().retrieving(10, .9).name());
  }

  @Test
  void refusesWhatCannotBeHeld() {
    var frame = Scenes.random(1, 4, 4, 4, new Random(1)).getFirst();
    for (var policy : BOUND) {
      var memory = policy.open(Scenes.randomLexicon(4, new Random(2)), 31);
      var refusal = assertThrows(IllegalArgumentException.class, () -> memory.see(frame));
      assertTrue(refusal.getMessage().contains("raise the budget"), refusal.getMessage());
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> new SaveMem(new Salience.None(), 0, 8, 8, Optional.empty(), Optional.empty()));
    assertThrows(IllegalArgumentException.class, () -> TokenGrid.of(0, 2, 2, new float[3][4]));
    var unknown =
        assertThrows(
            IllegalArgumentException.class, () -> Scenes.lexicon().phrase(List.of("zebra")));
    assertTrue(unknown.getMessage().contains("zebra"), unknown.getMessage());
  }
}

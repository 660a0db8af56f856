package org.recollect.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.lab.Contender;
import org.recollect.lab.Contest;
import org.recollect.lab.Contest.Clock;
import org.recollect.lab.Pace;
import org.recollect.lab.Round;
import org.recollect.lab.Speedup;
import org.recollect.lab.Standings;

class ReportTest {

  private static final Goal GOAL = new Goal("ours vs peer", 2.5, 3);

  private static Goal.Reached reached(double... slow) {
    double[] fast = new double[slow.length];
    Arrays.fill(fast, 10);
    return GOAL.by(Speedup.of(slow, fast, Clock.PROCESSOR));
  }

  private static Standings standings(String title) {
    var contest =
        new Contest(
            title,
            "token",
            Clock.PROCESSOR,
            List.of(
                new Contender("ours, fast", 10, 72, () -> new Round.Took(50, 60)),
                new Contender("peer", 10, 0, () -> new Round.Took(200, 200))));
    return contest.run(new Pace(0, 0, 0, 3));
  }

  @Test
  void ratiosAreALineEach() {
    assertEquals(
        "ratio,value,goal\nours vs peer,2.80000,2.50000\n",
        Report.ratios(List.of(reached(27, 28, 29))));
  }

  @Test
  void theSpreadHasQuartilesAndStretch() {
    assertEquals(
        """
        ratio,value,lower quartile,upper quartile,clock,goal,stretch
        ours vs peer,2.80000,2.75000,2.85000,thread CPU,2.50000,3.00000
        """,
        Report.spread(List.of(reached(27, 28, 29))));
  }

  @Test
  void goalsAreMetOrMissedByAShare() {
    assertEquals("met", reached(25).judgement());
    assertEquals("met, and the stretch", reached(30).judgement());
    assertEquals("missed by 20 %", reached(20).judgement());
    assertTrue(reached(25).met());
    assertFalse(reached(24.9).met());
  }

  @Test
  void timesAreALineForEachContender() {
    assertEquals(
        """
        contest,contender,operation,bytes,sweeps,cpu,cpu lower quartile,cpu upper quartile,wall,wall lower quartile,wall upper quartile
        T = 1,"ours, fast",token,72.0000,3,5.00000,5.00000,5.00000,6.00000,6.00000,6.00000
        T = 1,peer,token,0.00000,3,20.0000,20.0000,20.0000,20.0000,20.0000,20.0000
        """,
        Report.csv(List.of(standings("T = 1"))));
  }

  @Test
  void savesTablesAndPlots(@TempDir Path folder) throws Exception {
    var printed = new ByteArrayOutputStream();
    var report = new Report(folder, new PrintStream(printed, true));
    report.add("attention", standings("T = 1"));
    report.add("attention", standings("T = 2"));
    report.reach(GOAL, reached(26).speedup());
    assertTrue(printed.toString().contains("ours, fast"), printed.toString());
    assertEquals(5, Files.readAllLines(folder.resolve("attention.csv")).size());
    assertEquals(
        List.of("ratio,value,goal", "ours vs peer,2.60000,2.50000"),
        Files.readAllLines(folder.resolve("ratios.csv")));
    assertTrue(Files.readString(folder.resolve("attention.svg")).contains("<svg"));
    assertTrue(Files.size(folder.resolve("attention.png")) > 1000);
    assertTrue(report.goals().contains("met"), report.goals());
  }

  @Test
  void columnsLineUp() {
    assertEquals(
        "name   ns\na     1.5\n",
        TextTable.of(List.of(List.of("name", "ns"), List.of("a", "1.5"))));
  }

  @Test
  void anUnknownBenchmarkIsRefusedWithTheKnownOnes() {
    List<Benchmark> known = List.of(new HadamardBench(), new SearchBench(1000));
    assertEquals(known, Bench.chosen(known, List.of()));
    assertEquals(List.of(known.get(1)), Bench.chosen(known, List.of("search")));
    var refusal =
        assertThrows(
            IllegalArgumentException.class, () -> Bench.chosen(known, List.of("atention")));
    assertTrue(refusal.getMessage().contains("hadamard, search"), refusal.getMessage());
  }
}

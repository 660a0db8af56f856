package org.recollect.bench;

import java.lang.foreign.Arena;
import java.util.List;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Neighbours;
import org.recollect.kernel.Similarity;
import org.recollect.kernel.Similarity.Metric;
import org.recollect.kernel.VectorTable;
import org.recollect.kernel.VectorTable.Storage;
import org.recollect.lab.Agreement;
import org.recollect.lab.Contender;
import org.recollect.lab.Contest;
import org.recollect.lab.Contest.Clock;
import org.recollect.lab.Pace;
import org.recollect.tensor.RandomStream;

/// The ten rows most similar to a query, over more rows than any cache holds, beside Lucene's
/// `VectorUtil`.
///
/// @param rows of the table, 384 numbers each
record SearchBench(int rows) implements Benchmark {

  private static final int DIMENSIONS = 384;
  private static final int COUNT = 10;
  private static final int QUERIES = 4;
  private static final long SEED = 11;

  private static final Goal F32 = new Goal("top-k f32 vs Lucene", 0.95, 1.1);
  private static final Goal INT8 = new Goal("top-k int8 vs Lucene int8", 1.8, 2.3);
  private static final Goal FOUR = new Goal("top-k f32, four queries a pass vs Lucene f32", 2.5, 3);
  private static final Goal THREADS = new Goal("top-k f32, two threads vs one", 1.85, 1.98);

  @Override
  public String name() {
    return "search";
  }

  @Override
  public void run(Pace pace, Report report) {
    try (var arena = Arena.ofShared()) {
      var random = RandomStream.of(SEED, "search");
      float[][] vectors = vectors(random, rows);
      float[][] queries = vectors(random, QUERIES);
      var f32 = table(arena, Storage.F32, vectors);
      var int8 = table(arena, Storage.INT8, vectors);
      var lucene = new LuceneSearch(vectors);
      agree(lucene, f32, int8, queries);
      compare(pace, report, lucene, f32, int8, queries);
      compareThreads(pace, report, f32, queries);
    }
  }

  private void compare(
      Pace pace,
      Report report,
      LuceneSearch lucene,
      VectorTable f32,
      VectorTable int8,
      float[][] queries) {
    float[][] one = {queries[0]};
    var contest =
        new Contest(
            "top-%d of %d x %d".formatted(COUNT, rows, DIMENSIONS),
            "row and query",
            Clock.PROCESSOR,
            List.of(
                search("f32", f32, one, 1),
                search("f32, four queries a pass", f32, queries, 1),
                search("int8", int8, one, 1),
                search("int8, four queries a pass", int8, queries, 1),
                Contender.of("Lucene f32", rows, () -> lucene.nearest(one[0], COUNT)),
                Contender.of("Lucene int8", rows, () -> lucene.nearestCodes(one[0], COUNT))));
    var standings = contest.run(pace);
    report.add(name(), standings);
    report.reach(F32, standings.speedup("f32", "Lucene f32"));
    report.reach(INT8, standings.speedup("int8", "Lucene int8"));
    report.reach(FOUR, standings.speedup("f32, four queries a pass", "Lucene f32"));
  }

  private void compareThreads(Pace pace, Report report, VectorTable f32, float[][] queries) {
    float[][] one = {queries[0]};
    var contest =
        new Contest(
            "top-%d of %d x %d, threads".formatted(COUNT, rows, DIMENSIONS),
            "row and query",
            Clock.WALL,
            List.of(search("f32", f32, one, 1), search("f32, two threads", f32, one, 2)));
    var standings = contest.run(pace);
    report.add(name(), standings);
    report.reach(THREADS, standings.speedup("f32, two threads", "f32"));
  }

  private Contender search(String name, VectorTable table, float[][] queries, int threads) {
    var similarity = new Similarity(Kernels.dotProducts(), threads);
    return Contender.of(
        name,
        (double) rows * queries.length,
        () -> similarity.nearest(table, queries, Metric.DOT_PRODUCT, COUNT));
  }

  /// The best scores of both sides; their rows may swap places where scores are nearly equal. Codes
  /// of Lucene's query are as coarse as those of the rows, ours is not coded at all.
  private static void agree(
      LuceneSearch lucene, VectorTable f32, VectorTable int8, float[][] queries) {
    var similarity = new Similarity(Kernels.dotProducts(), 1);
    for (var table : List.of(f32, int8)) {
      boolean codes = table.storage() == Storage.INT8;
      var together = similarity.nearest(table, queries, Metric.DOT_PRODUCT, COUNT);
      for (int q = 0; q < queries.length; q++) {
        float[][] one = {queries[q]};
        Neighbours peer =
            codes ? lucene.nearestCodes(queries[q], COUNT) : lucene.nearest(queries[q], COUNT);
        String who = "Our search over " + table.storage();
        double tolerance = codes ? 2e-2 : 1e-5;
        var alone = similarity.nearest(table, one, Metric.DOT_PRODUCT, COUNT).getFirst();
        Agreement.require(who, peer.scores(), alone.scores(), tolerance);
        Agreement.require(
            who + ", four queries a pass", alone.scores(), together.get(q).scores(), 1e-5);
      }
    }
  }

  private static VectorTable table(Arena arena, Storage storage, float[][] vectors) {
    var table = VectorTable.allocate(arena, storage, DIMENSIONS, vectors.length);
    for (float[] vector : vectors) {
      table.append(vector);
    }
    return table;
  }

  private static float[][] vectors(RandomStream random, int count) {
    float[][] vectors = new float[count][];
    for (int i = 0; i < count; i++) {
      vectors[i] = random.gaussians(DIMENSIONS);
    }
    return vectors;
  }
}

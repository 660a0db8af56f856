package org.recollect.bench;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.recollect.kernel.Encoding;
import org.recollect.kernel.Kernels;
import org.recollect.kernel.Kernels.Implementation;
import org.recollect.kernel.KeyValueFormat;
import org.recollect.kernel.Page;
import org.recollect.lab.Agreement;
import org.recollect.lab.Contender;
import org.recollect.lab.Contest;
import org.recollect.lab.Contest.Clock;
import org.recollect.lab.Decoding;
import org.recollect.lab.Pace;
import org.recollect.tensor.RandomStream;

/// Rotating the keys of a token and coding them into a page, by codec, beside scalar Java.
///
/// @param codecs to measure
record EncodeBench(List<KeyValueFormat> codecs) implements Benchmark {

  private static final long SEED = 13;

  /// Pages of a round; the numbers stay in the second-level cache.
  private static final int PAGES = 8;

  private static final int PAGE_NUMBERS = Page.TOKENS * Decoding.HEAD_DIM;

  @Override
  public String name() {
    return "encode";
  }

  @Override
  public void run(Pace pace, Report report) {
    try (var arena = Arena.ofShared()) {
      var contenders = new ArrayList<Contender>();
      for (var codec : codecs) {
        agree(codec);
        for (var implementation : List.of(Implementation.REFERENCE, Implementation.SIMD)) {
          contenders.add(contender(arena, codec, implementation));
        }
      }
      var title = "rotate and code 128 channels";
      var contest = new Contest(title, "token", Clock.PROCESSOR, contenders);
      report.add(name(), contest.run(pace));
    }
  }

  private static Contender contender(
      Arena arena, KeyValueFormat codec, Implementation implementation) {
    var encoding = Kernels.encoding(implementation);
    var page = page(arena, codec);
    float[] rows = rows();
    return Contender.of(
        codec.name() + ", " + implementation,
        PAGES * Page.TOKENS,
        () -> {
          for (int at = 0; at < rows.length; at += PAGE_NUMBERS) {
            encode(encoding, page, rows, at);
          }
        });
  }

  /// The rotation keeps lengths, so that its results are its next input.
  private static void encode(Encoding encoding, Page page, float[] rows, int at) {
    for (int row = at; row < at + PAGE_NUMBERS; row += Decoding.HEAD_DIM) {
      encoding.rotate(rows, row, Decoding.HEAD_DIM);
    }
    encoding.write(page, 0, rows, at, Page.TOKENS);
  }

  /// To the last bit.
  private static void agree(KeyValueFormat codec) {
    Agreement.require(
        "Coding as " + codec.name(),
        coded(codec, Implementation.REFERENCE),
        coded(codec, Implementation.SIMD),
        0);
  }

  private static float[] coded(KeyValueFormat codec, Implementation implementation) {
    try (var arena = Arena.ofShared()) {
      var page = page(arena, codec);
      encode(Kernels.encoding(implementation), page, rows(), 0);
      float[] read = new float[PAGE_NUMBERS];
      for (int token = 0; token < Page.TOKENS; token++) {
        page.read(token, read, token * Decoding.HEAD_DIM);
      }
      return read;
    }
  }

  private static Page page(Arena arena, KeyValueFormat codec) {
    return Page.keys(arena, codec.keys(), 1, Decoding.HEAD_DIM, Page.TOKENS);
  }

  private static float[] rows() {
    return RandomStream.of(SEED, "encode").gaussians(PAGES * PAGE_NUMBERS);
  }
}

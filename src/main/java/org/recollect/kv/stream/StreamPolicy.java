package org.recollect.kv.stream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.recollect.lab.Arm;

/// A way to remember a stream, as an arm of a [StreamStudy].
public interface StreamPolicy extends Arm {

  /// An empty memory.
  ///
  /// @param budget tokens that it may hold, from two frames up
  StreamMemory open(Lexicon lexicon, int budget);

  /// Everything is held and everything is read: the upper bound.
  static StreamPolicy everything() {
    return new Everything();
  }

  /// The last frames that fit.
  static StreamPolicy lastFrames() {
    return new LastFrames();
  }

  /// Frames at even distances, and the newest one.
  static StreamPolicy uniformFrames() {
    return new UniformFrames();
  }

  /// The newest frame whole, and before it the tokens of each cell merged with their successors
  /// where they are most alike.
  static StreamPolicy mergedTokens() {
    return new MergedTokens();
  }

  /// Everything is held; the frames most relevant to the question are read, as many as fit into the
  /// budget with the newest one.
  static StreamPolicy retrievalOnly() {
    return new RetrievalOnly();
  }

  @Override
  default Map<String, ?> configuration() {
    return Map.of();
  }

  /// See [#everything].
  record Everything() implements StreamPolicy {
    @Override
    public String name() {
      return "everything";
    }

    @Override
    public boolean ignores(String setting) {
      return setting.equals(StreamStudy.BUDGET);
    }

    @Override
    public StreamMemory open(Lexicon lexicon, int budget) {
      return new WholeFrames(frames -> {});
    }
  }

  /// See [#lastFrames].
  record LastFrames() implements StreamPolicy {
    @Override
    public String name() {
      return "last frames";
    }

    @Override
    public StreamMemory open(Lexicon lexicon, int budget) {
      return new WholeFrames(frames -> {
        while (frames.size() > WholeFrames.room(budget, frames.getLast())) {
          frames.removeFirst();
        }
      });
    }
  }

  /// See [#uniformFrames]. Of a stream without a known end: when the memory is full, every second
  /// frame goes, and from then on only every second of those that came before is taken.
  record UniformFrames() implements StreamPolicy {
    @Override
    public String name() {
      return "uniform frames";
    }

    @Override
    public StreamMemory open(Lexicon lexicon, int budget) {
      return new WholeFrames(frames -> {
        var newest = frames.getLast();
        int room = WholeFrames.room(budget, newest) - 1;
        int stride = 1;
        while (newest.frame() / stride + 1 > room) {
          stride *= 2;
        }
        int every = stride;
        frames.removeIf(frame -> frame != newest && frame.frame() % every != 0);
      });
    }
  }

  /// See [#retrievalOnly].
  record RetrievalOnly() implements StreamPolicy {
    @Override
    public String name() {
      return "retrieval only";
    }

    @Override
    public StreamMemory open(Lexicon lexicon, int budget) {
      return new WholeFrames(frames -> {}) {
        @Override
        public List<VisualToken> read(List<String> question) {
          var phrase = lexicon.phrase(question);
          var newest = frames().getLast();
          int room = WholeFrames.room(budget, newest) - 1;
          var rest = new ArrayList<>(frames().subList(0, frames().size() - 1));
          rest.sort(Comparator.comparingDouble(frame -> -phrase.relevance(tokens(frame))));
          var read = new ArrayList<>(rest.subList(0, Math.min(rest.size(), room)));
          read.add(newest);
          read.sort(Comparator.comparingInt(TokenGrid::frame));
          return tokens(read);
        }
      };
    }
  }
}

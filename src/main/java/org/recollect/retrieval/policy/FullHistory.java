package org.recollect.retrieval.policy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.recollect.data.Passage;
import org.recollect.retrieval.Answer;
import org.recollect.retrieval.Decisions;
import org.recollect.retrieval.Desk;
import org.recollect.retrieval.RetrievalPolicy;
import org.recollect.retrieval.Turn;

/// Reads all that it has heard before each answer, as far as its window allows, the newest first:
/// what a long context does without any memory. It never searches.
///
/// @param words of the window; the oldest passages leave it
public record FullHistory(int words) implements RetrievalPolicy {

  public FullHistory {
    if (words < 1) {
      throw new IllegalArgumentException(
          "A window holds at least one word, not %d.".formatted(words));
    }
  }

  @Override
  public String name() {
    return "last %,d words".formatted(words);
  }

  @Override
  public String series() {
    return "full history";
  }

  @Override
  public Answering on(Desk desk) {
    return new Window();
  }

  private final class Window implements Answering {
    private final Deque<Passage> newest = new ArrayDeque<>();
    private int held;

    @Override
    public void hear(List<Passage> passages) {
      for (Passage passage : passages) {
        newest.addFirst(passage);
        held += words(passage);
      }
      while (held > words && !newest.isEmpty()) {
        held -= words(newest.removeLast());
      }
    }

    private static int words(Passage passage) {
      return passage.whole().split("\\s+").length;
    }

    @Override
    public Answer answer(Turn turn) {
      return Decisions.answer(turn, List.copyOf(newest));
    }

    @Override
    public long bytes() {
      return newest.stream()
          .mapToLong(each -> each.whole().getBytes(StandardCharsets.UTF_8).length)
          .sum();
    }
  }
}

package org.recollect.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import org.recollect.data.RecallItem.Part;
import org.recollect.data.RecallItem.Segment;
import org.recollect.tensor.RandomStream;

/// Tasks whose context ends with a line that says what will be asked, `find(fox, owl);`. A prompt
/// that is compressed before its questions come cannot know them otherwise.
record Announced(LongContextTask task) implements LongContextTask {

  @Override
  public String name() {
    return task.name() + ", announced";
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of("announced", task.configuration());
  }

  @Override
  public RecallItem item(int tokens, ToIntFunction<String> counter, RandomStream random) {
    // What is asked does not depend on the length: drawn once for the line, once beside it.
    var line = line(task.item(tokens, counter, random.split("announced")));
    var item = task.item(tokens - counter.applyAsInt(line), counter, random.split("announced"));
    var context = new ArrayList<>(item.context());
    context.add(new Segment(Part.FILLER, line));
    return new RecallItem(context, item.questions());
  }

  private String line(RecallItem item) {
    String verb = task instanceof MostCommon ? "mostCommon" : "find";
    List<String> keys =
        item.questions().stream().map(question -> question.query().substring(4)).toList();
    return "\n%s(%s);".formatted(verb, keys.stream().distinct().collect(Collectors.joining(", ")));
  }

  @Override
  public LongContextTask atDepth(double depth) {
    return new Announced(task.atDepth(depth));
  }
}

package org.recollect.notebook.render;

import java.util.function.Function;
import org.recollect.data.Example;
import org.recollect.data.Example.Excerpt;
import org.recollect.data.Example.Picture;
import org.recollect.data.Example.Question;
import org.recollect.data.Task;
import org.recollect.data.TaskStream;
import tech.tablesaw.api.IntColumn;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;

/// Shows a stream as a table with a line and an example for each task.
final class StreamRenderer {
  private static final int LONGEST = 60;

  private StreamRenderer() {}

  static MimeBundle render(TaskStream stream) {
    return TableRenderer.render(
        Table.create(
            "%s, %s, %d experiences"
                .formatted(
                    stream.name(),
                    stream.scenario().name().toLowerCase().replace('_', '-'),
                    stream.experiences().size()),
            text("task", stream, Task::name),
            count("learned", stream, task -> task.train().size()),
            count("judged", stream, task -> task.test().size()),
            text("an example", stream, task -> shown(task.train().getFirst()))));
  }

  private static StringColumn text(String name, TaskStream stream, Function<Task, String> of) {
    return StringColumn.create(name, stream.tasks().stream().map(of).toList());
  }

  private static IntColumn count(String name, TaskStream stream, Function<Task, Integer> of) {
    return IntColumn.create(name, stream.tasks().stream().mapToInt(of::apply).toArray());
  }

  private static String shown(Example example) {
    var text =
        switch (example) {
          case Question(String prompt, String answer, String _) -> prompt + " →" + answer;
          case Excerpt(String excerpt) -> excerpt.strip().replaceAll("\\s+", " ");
          case Picture(var item) -> "a picture of class " + item.label();
        };
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}

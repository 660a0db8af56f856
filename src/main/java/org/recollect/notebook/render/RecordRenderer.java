package org.recollect.notebook.render;

import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Any record: a row for each component.
final class RecordRenderer {
  private static final int LONGEST = 300;

  private RecordRenderer() {}

  static MimeBundle render(Record value) {
    var pairs = new ArrayList<List<String>>();
    try {
      for (RecordComponent component : value.getClass().getRecordComponents()) {
        // Reflection, because a record of a cell is known to nobody else.
        component.getAccessor().setAccessible(true);
        pairs.add(List.of(component.getName(), show(component.getAccessor().invoke(value))));
      }
    } catch (ReflectiveOperationException | InaccessibleObjectException e) {
      return MimeBundle.text(value.toString());
    }
    var grid = Grid.ofPairs(value.getClass().getSimpleName(), pairs);
    return MimeBundle.text(value.toString()).html(grid.html());
  }

  private static String show(Object value) {
    String text =
        switch (value) {
          case null -> "null";
          case Double number -> Numbers.show(number);
          case Float number -> Numbers.show(number);
          case Optional<?> optional -> optional.map(RecordRenderer::show).orElse("none");
          case Object array when array.getClass().isArray() ->
              ArrayRenderer.renderJava(array).data().get(MimeBundle.TEXT);
          default -> String.valueOf(value);
        };
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + " ...";
  }
}

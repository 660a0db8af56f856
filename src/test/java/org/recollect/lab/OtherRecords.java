package org.recollect.lab;

import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Records that differ from a given one in one component each.
public final class OtherRecords {

  private OtherRecords() {}

  /// By the name of the component. What cannot be varied, such as text or a function, is left out.
  public static Map<String, Record> of(Record record) throws ReflectiveOperationException {
    var components = record.getClass().getRecordComponents();
    var types = Arrays.stream(components).map(each -> each.getType()).toArray(Class[]::new);
    var constructor = record.getClass().getDeclaredConstructor(types);
    constructor.setAccessible(true);
    var values = new Object[components.length];
    for (int i = 0; i < values.length; i++) {
      components[i].getAccessor().setAccessible(true);
      values[i] = components[i].getAccessor().invoke(record);
    }
    var others = new LinkedHashMap<String, Record>();
    for (int i = 0; i < values.length; i++) {
      for (Object other : others(values[i])) {
        var changed = values.clone();
        changed[i] = other;
        try {
          others.put(components[i].getName(), (Record) constructor.newInstance(changed));
        } catch (InvocationTargetException refused) {
          continue;
        }
      }
    }
    return others;
  }

  private static List<?> others(Object value) throws ReflectiveOperationException {
    return switch (value) {
      case Integer number -> List.of(number - 1, number + 1);
      case Double number -> Stream.of(number / 2, number + 0.1).filter(x -> x != number).toList();
      case Boolean flag -> List.of(!flag);
      case Enum<?> constant ->
          Arrays.stream(constant.getDeclaringClass().getEnumConstants())
              .filter(each -> each != constant)
              .toList();
      case List<?> list when list.size() > 1 -> List.of(list.reversed());
      case Record record -> List.copyOf(of(record).values());
      default -> List.of();
    };
  }
}

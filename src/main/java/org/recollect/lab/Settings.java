package org.recollect.lab;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// One combination of the swept variables, in the order they were named.
///
/// @param values name to a `Double`, `String` or `Boolean`
public record Settings(SequencedMap<String, Object> values) {
  /// Nothing is swept.
  public static final Settings NONE = new Settings(new LinkedHashMap<>());

  public Settings {
    var copy = new LinkedHashMap<String, Object>();
    values.forEach((name, value) -> copy.put(name, plain(name, value)));
    values = Collections.unmodifiableSequencedMap(copy);
  }

  /// These settings and one more.
  public Settings with(String name, Object value) {
    var more = new LinkedHashMap<>(values);
    more.put(name, value);
    return new Settings(more);
  }

  /// The settings whose name passes.
  public Settings only(Predicate<String> names) {
    var fewer = new LinkedHashMap<>(values);
    fewer.keySet().removeIf(names.negate());
    return new Settings(fewer);
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /// @throws IllegalArgumentException when there is no such setting or it is not a number
  public double number(String name) {
    return get(name, Double.class, "a number");
  }

  /// @throws IllegalArgumentException when there is no such setting or it is not a whole number
  public int integer(String name) {
    double value = number(name);
    if (value != (int) value) {
      throw new IllegalArgumentException(
          "Setting '%s' must be a whole number, but it is %s.".formatted(name, show(value)));
    }
    return (int) value;
  }

  /// How many of a number of things a setting asks for: all of them where it is not swept.
  ///
  /// @throws IllegalArgumentException when it is not a whole number from 1 to that number
  public int count(String name, int all) {
    int count = has(name) ? integer(name) : all;
    if (count < 1 || count > all) {
      throw new IllegalArgumentException(
          "Setting '%s' counts from 1 to %d, but it is %d.".formatted(name, all, count));
    }
    return count;
  }

  /// @throws IllegalArgumentException when there is no such setting or it is not text
  public String text(String name) {
    return get(name, String.class, "text");
  }

  /// @throws IllegalArgumentException when there is no such setting or it is not true or false
  public boolean flag(String name) {
    return get(name, Boolean.class, "true or false");
  }

  /// Whether every given setting has the given value here; a number equals a text that shows it.
  public boolean match(Map<String, ?> where) {
    return where.entrySet().stream()
        .allMatch(wanted ->
            has(wanted.getKey())
                && show(values.get(wanted.getKey()))
                    .equals(show(plain(wanted.getKey(), wanted.getValue()))));
  }

  /// As in `budget=0.25, bits=2`.
  @Override
  public String toString() {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + "=" + show(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  /// These settings behind another text; empty without any.
  String suffix() {
    return values.isEmpty() ? "" : ", " + this;
  }

  private <T> T get(String name, Class<T> type, String expected) {
    Object value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "There is no setting '%s' here, only %s: sweep it with vary(\"%s\", ...)."
              .formatted(name, List.copyOf(values.keySet()), name));
    }
    if (!type.isInstance(value)) {
      throw new IllegalArgumentException(
          "Setting '%s' must be %s, but it is %s.".formatted(name, expected, show(value)));
    }
    return type.cast(value);
  }

  /// A value as a person writes it: no `.0` behind a whole number.
  static String show(Object value) {
    return value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1e15
        ? Long.toString(number.longValue())
        : String.valueOf(value);
  }

  private static Object plain(String name, Object value) {
    return switch (value) {
      case Number number when Double.isFinite(number.doubleValue()) -> number.doubleValue();
      case Boolean flag -> flag;
      case String text -> text;
      case Enum<?> constant -> constant.name();
      case null, default ->
          throw new IllegalArgumentException(
              "Setting '%s' takes finite numbers, text, true, false or enum constants, but got %s."
                  .formatted(name, value));
    };
  }
}

package org.recollect.papers;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// A JSON value and the place where it stands, so that every complaint about it can name the place.
///
/// @param place the file and the path within it, such as `kv.json[3].claims[0]`
record Entry(JsonNode node, String place) {

  boolean has(String key) {
    return node.hasNonNull(key);
  }

  String text(String key) {
    return field(key, JsonNode::isTextual, "a text").textValue();
  }

  int integer(String key) {
    return field(
            key, value -> value.isIntegralNumber() && value.canConvertToInt(), "a whole number")
        .intValue();
  }

  double number(String key) {
    return field(key, JsonNode::isNumber, "a number").doubleValue();
  }

  Entry object(String key) {
    return new Entry(field(key, JsonNode::isObject, "an object"), place + "." + key);
  }

  List<Entry> list(String key) {
    return new Entry(field(key, JsonNode::isArray, "a list"), place + "." + key).elements();
  }

  List<String> texts(String key) {
    return list(key).stream().map(Entry::asText).toList();
  }

  /// The elements of a list of objects or texts.
  List<Entry> elements() {
    if (!node.isArray()) {
      throw wrong("is not a list; expected [...]");
    }
    return IntStream.range(0, node.size())
        .mapToObj(i -> new Entry(node.get(i), place + "[" + i + "]"))
        .toList();
  }

  /// The fields of an object whose values are all texts.
  Map<String, String> pairs() {
    var pairs = new LinkedHashMap<String, String>();
    node.fieldNames().forEachRemaining(key -> pairs.put(key, text(key)));
    return pairs;
  }

  /// Refuses what is no object, and any field but these: a misspelt one would otherwise be ignored.
  void allow(String... keys) {
    if (!node.isObject()) {
      throw wrong("is not an object; expected {...}");
    }
    node.fieldNames()
        .forEachRemaining(key -> {
          if (!Arrays.asList(keys).contains(key)) {
            throw wrong(
                "has the unknown field \"%s\"; the fields are %s"
                    .formatted(key, String.join(", ", keys)));
          }
        });
  }

  <T> T oneOf(String key, String name, Map<String, T> values) {
    T value = values.get(name);
    if (value == null) {
      throw wrong(
          "has \"%s\" in \"%s\"; expected one of %s"
              .formatted(name, key, String.join(", ", new TreeSet<>(values.keySet()))));
    }
    return value;
  }

  /// Builds a value, and adds the place to what its constructor complains about.
  <T> T build(Supplier<T> constructor) {
    try {
      return constructor.get();
    } catch (IllegalArgumentException e) {
      throw e instanceof WrongEntry ? e : new WrongEntry(place + ": " + e.getMessage());
    }
  }

  private String asText() {
    if (!node.isTextual()) {
      throw wrong("is not a text; expected \"...\"");
    }
    return node.textValue();
  }

  private JsonNode field(String key, Predicate<JsonNode> form, String expected) {
    JsonNode value = node.get(key);
    if (value == null) {
      throw wrong("lacks \"%s\"; expected %s".formatted(key, expected));
    }
    if (!form.test(value)) {
      throw wrong(
          "has a %s as \"%s\"; expected %s"
              .formatted(value.getNodeType().name().toLowerCase(Locale.ROOT), key, expected));
    }
    return value;
  }

  private WrongEntry wrong(String complaint) {
    return new WrongEntry(place + " " + complaint + ".");
  }

  /// An error that names its place already.
  private static final class WrongEntry extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    WrongEntry(String message) {
      super(message);
    }
  }
}

package org.recollect.data;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/// A JSON value of a data set and where it stands, so that a complaint can name the place.
///
/// @param place file and line
record JsonRecord(JsonNode node, String place) {

  /// Whether it is a text itself, not an object with fields.
  boolean isText() {
    return node.isTextual();
  }

  /// The text that it is.
  String text() {
    return text(node, "the record");
  }

  /// A field that must be there.
  String text(String key) {
    return text(field(key), "\"" + key + "\"");
  }

  /// A list of texts that must be there.
  List<String> texts(String key) {
    var list = field(key);
    if (!list.isArray()) {
      throw wrong("\"%s\" is %s, expected a list of texts".formatted(key, kind(list)));
    }
    return IntStream.range(0, list.size())
        .mapToObj(i -> text(list.get(i), "\"%s\"[%d]".formatted(key, i)))
        .toList();
  }

  /// A text or a list of them; empty where the field is missing or null.
  List<String> anyTexts(String key) {
    if (!node.hasNonNull(key)) {
      return List.of();
    }
    return node.get(key).isTextual() ? List.of(text(key)) : texts(key);
  }

  /// A whole number that must be there.
  int integer(String key) {
    var value = field(key);
    if (!value.isIntegralNumber() || !value.canConvertToInt()) {
      throw wrong("\"%s\" is %s, expected a whole number".formatted(key, kind(value)));
    }
    return value.intValue();
  }

  /// A whole number or a text that must be there, as a text.
  String label(String key) {
    return field(key).isIntegralNumber() ? field(key).asText() : text(key);
  }

  /// A count of at least 0 that must be there, as a number or as a text that is one.
  double count(String key) {
    var value = field(key);
    try {
      double count = value.isTextual() ? Double.parseDouble(value.textValue()) : value.asDouble(-1);
      if (count >= 0 && Double.isFinite(count) && (value.isTextual() || value.isNumber())) {
        return count;
      }
    } catch (NumberFormatException e) {
      // Refused below, with what is not a count from 0.
    }
    throw wrong("\"%s\" is %s, expected a count from 0".formatted(key, kind(value)));
  }

  /// Texts that must be there, as a list or as a text that holds a JSON list.
  List<String> packedTexts(String key) {
    var value = field(key);
    return value.isTextual()
        ? new JsonRecord(JsonRecords.value(text(key), place), place + ", \"" + key + "\"").texts()
        : texts(key);
  }

  /// The texts of the list that it is.
  List<String> texts() {
    return items().stream().map(JsonRecord::text).toList();
  }

  /// What a list that must be there holds.
  List<JsonRecord> items(String key) {
    return new JsonRecord(field(key), "%s, \"%s\"".formatted(place, key)).items();
  }

  /// What the list that it is holds.
  List<JsonRecord> items() {
    if (!node.isArray()) {
      throw wrong("this is %s, expected a list".formatted(kind(node)));
    }
    return IntStream.range(0, node.size())
        .mapToObj(i -> new JsonRecord(node.get(i), "%s[%d]".formatted(place, i)))
        .toList();
  }

  /// The two things that the list it is holds.
  List<JsonRecord> pair() {
    var both = items();
    if (both.size() != 2) {
      throw wrong("this list has length %d, expected a pair".formatted(both.size()));
    }
    return both;
  }

  /// The whole number from 0 that it is.
  int index() {
    if (!node.isIntegralNumber() || !node.canConvertToInt() || node.intValue() < 0) {
      throw wrong("this is %s, expected a whole number from 0".formatted(kind(node)));
    }
    return node.intValue();
  }

  /// Builds a value, and adds the place to what its constructor complains about.
  <T> T build(Supplier<T> constructor) {
    try {
      return constructor.get();
    } catch (MalformedRecord e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new MalformedRecord(place + ": " + e.getMessage());
    }
  }

  private JsonNode field(String key) {
    if (!node.isObject()) {
      throw wrong("the record is %s, expected an object".formatted(kind(node)));
    }
    if (!node.has(key)) {
      throw wrong("the field \"%s\" is missing".formatted(key));
    }
    return node.get(key);
  }

  /// Half of a surrogate pair has no place in UTF-8: it would change on its way into any file.
  private String text(JsonNode value, String what) {
    if (!value.isTextual()) {
      throw wrong("%s is %s, expected a text".formatted(what, kind(value)));
    }
    var text = value.textValue();
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw wrong("%s has half of a character".formatted(what));
    }
    return text;
  }

  private static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case ARRAY -> "a list";
      case OBJECT -> "an object";
      case NULL, MISSING -> "null";
      case STRING -> "a text";
      case NUMBER -> "the number " + value.asText();
      default -> "a " + value.getNodeType().name().toLowerCase(Locale.ROOT);
    };
  }

  private MalformedRecord wrong(String complaint) {
    return new MalformedRecord(
        "%s: %s; mend the line or leave it out.".formatted(place, complaint));
  }

  /// An error that names its place already.
  private static final class MalformedRecord extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    MalformedRecord(String message) {
      super(message);
    }
  }
}

package org.recollect.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;

/// Strict JSON: a duplicate key or a number such as `NaN` is an error, not a surprise later on.
final class Json {

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .enable(SerializationFeature.INDENT_OUTPUT)
          .build();

  private Json() {}

  /// Parses one JSON object.
  ///
  /// @param source what is parsed, for the error message
  /// @throws IllegalArgumentException if the text is not one JSON object
  static JsonNode object(String text, String source) {
    try {
      var node = MAPPER.readTree(text);
      if (node != null && node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException problem) {
      throw new IllegalArgumentException(
          source
              + " is not valid JSON ("
              + problem.getOriginalMessage()
              + "): fetch or export the file again.");
    }
    throw new IllegalArgumentException(
        source + " does not hold a JSON object: fetch or export the file again.");
  }

  static String format(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException problem) {
      throw new IllegalArgumentException("not expressible as JSON: " + value, problem);
    }
  }
}

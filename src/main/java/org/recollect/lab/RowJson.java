package org.recollect.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Optional;

/// Rows as JSON and back, exactly.
final class RowJson {
  static final ObjectMapper MAPPER = JsonMapper.builder().build();

  private RowJson() {}

  static String text(Row row) {
    return write(row).toString();
  }

  /// @throws IllegalArgumentException when the text is not a row
  static Row parse(String text) {
    return read(tree(text));
  }

  static ObjectNode write(Row row) {
    ObjectNode node = MAPPER.createObjectNode();
    node.put("trial", row.trial());
    node.put("arm", row.arm());
    node.put("series", row.series());
    node.set("settings", MAPPER.valueToTree(row.settings().values()));
    node.put("seed", row.seed());
    ObjectNode samples = node.putObject("samples");
    row.samples()
        .forEach((name, sample) -> {
          ObjectNode entry = samples.putObject(name).put("value", sample.value());
          if (!sample.items().isEmpty()) {
            ArrayNode items = entry.putArray("items");
            sample.items().forEach(items::add);
          }
        });
    node.putObject("ledger")
        .put("seconds", row.ledger().seconds())
        .put("tokens", row.ledger().tokens())
        .put("bytes", row.ledger().bytes())
        .put("flop", row.ledger().flop())
        .put("modelCalls", row.ledger().modelCalls());
    row.error().ifPresent(error -> node.put("error", error));
    ArrayNode declared = node.putArray("declared");
    row.declared().stream().sorted().forEach(declared::add);
    return node;
  }

  static Row read(JsonNode node) {
    var samples = new LinkedHashMap<String, Sample>();
    for (var entry : need(node, "samples").properties()) {
      var items = new ArrayList<Double>();
      entry.getValue().path("items").forEach(item -> items.add(number(item, "an item")));
      samples.put(entry.getKey(), new Sample(number(need(entry.getValue(), "value")), items));
    }
    var declared = new HashSet<String>();
    need(node, "declared").forEach(digest -> declared.add(digest.asText()));
    String arm = need(node, "arm").asText();
    return new Row(
        node.path("trial").asText(),
        arm,
        node.has("series") ? node.get("series").asText() : arm,
        settings(need(node, "settings")),
        need(node, "seed").asInt(),
        samples,
        ledger(need(node, "ledger")),
        Optional.ofNullable(node.get("error")).map(JsonNode::asText),
        declared);
  }

  static JsonNode need(JsonNode node, String field) {
    JsonNode value = node.get(field);
    if (value == null || value.isNull()) {
      throw new IllegalArgumentException("the field '" + field + "' is missing");
    }
    return value;
  }

  static double number(JsonNode node) {
    return number(node, "a value");
  }

  private static double number(JsonNode node, String what) {
    if (!node.isNumber()) {
      throw new IllegalArgumentException(what + " is not a number: " + node);
    }
    return node.doubleValue();
  }

  private static Settings settings(JsonNode node) {
    var values = new LinkedHashMap<String, Object>();
    node.properties().forEach(entry -> values.put(entry.getKey(), setting(entry.getValue())));
    return new Settings(values);
  }

  /// @throws IllegalArgumentException when the text is not JSON
  static Object setting(String text) {
    return setting(tree(text));
  }

  private static Object setting(JsonNode value) {
    if (value.isNumber()) {
      return value.doubleValue();
    }
    return value.isBoolean() ? (Object) value.booleanValue() : value.asText();
  }

  /// @throws IllegalArgumentException when the text is not JSON
  static JsonNode tree(String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not JSON", e);
    }
  }

  private static Ledger ledger(JsonNode node) {
    return new Ledger(
        number(need(node, "seconds")),
        need(node, "tokens").asLong(),
        need(node, "bytes").asLong(),
        number(need(node, "flop")),
        need(node, "modelCalls").asLong());
  }
}

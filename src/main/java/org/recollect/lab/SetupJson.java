package org.recollect.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;

/// A run's setup as JSON and back.
final class SetupJson {
  private SetupJson() {}

  static ObjectNode write(Setup setup) {
    ObjectNode node = RowJson.MAPPER.createObjectNode();
    node.put("study", setup.study());
    node.set("subject", identity(setup.subject()));
    node.set("material", identity(setup.material()));
    node.put("scale", setup.scale().toString());
    node.put("seeds", setup.seeds());
    var measures = node.putArray("measures");
    setup.measures().forEach(measure -> measures.add(measure(measure)));
    var asides = node.putArray("asides");
    setup.asides().forEach(measure -> asides.add(measure(measure)));
    return node;
  }

  static Setup read(JsonNode node) {
    var measures = new ArrayList<Measure>();
    RowJson.need(node, "measures").forEach(measure -> measures.add(measure(measure)));
    // Results that were saved before there were asides have none.
    var asides = new ArrayList<Measure>();
    node.path("asides").forEach(measure -> asides.add(measure(measure)));
    return new Setup(
        RowJson.need(node, "study").asText(),
        identity(RowJson.need(node, "subject")),
        identity(RowJson.need(node, "material")),
        Scale.parse(RowJson.need(node, "scale").asText(), "the saved results"),
        RowJson.need(node, "seeds").asInt(),
        measures,
        asides);
  }

  private static ObjectNode identity(Identity identity) {
    return RowJson.MAPPER
        .createObjectNode()
        .put("name", identity.name())
        .put("digest", identity.digest());
  }

  private static Identity identity(JsonNode node) {
    return new Identity(RowJson.need(node, "name").asText(), RowJson.need(node, "digest").asText());
  }

  private static ObjectNode measure(Measure measure) {
    ObjectNode node =
        RowJson.MAPPER
            .createObjectNode()
            .put("name", measure.name())
            .put("unit", measure.unit())
            .put("direction", measure.direction().name())
            .put("average", measure.average().name())
            .put("exact", measure.exact())
            .put("digits", measure.digits())
            .put("formula", measure.formula());
    putFinite(node, "low", measure.low());
    putFinite(node, "high", measure.high());
    putFinite(node, "ideal", measure.ideal());
    return node;
  }

  private static Measure measure(JsonNode node) {
    var direction = Direction.valueOf(RowJson.need(node, "direction").asText());
    return new Measure(
        RowJson.need(node, "name").asText(),
        RowJson.need(node, "unit").asText(),
        direction,
        finiteOr(node, "low", Double.NEGATIVE_INFINITY),
        finiteOr(node, "high", Double.POSITIVE_INFINITY),
        finiteOr(
            node,
            "ideal",
            direction == Direction.LOWER ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY),
        Average.valueOf(RowJson.need(node, "average").asText()),
        RowJson.need(node, "exact").asBoolean(),
        RowJson.need(node, "digits").asInt(),
        RowJson.need(node, "formula").asText());
  }

  /// JSON has no infinity: an open end is left out.
  private static void putFinite(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    }
  }

  private static double finiteOr(JsonNode node, String name, double open) {
    return node.has(name) ? RowJson.number(node.get(name)) : open;
  }
}

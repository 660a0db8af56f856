package org.recollect.model;

import java.util.LinkedHashMap;
import java.util.Map;

/// How a shipped subject came about, and what it can do: the `manifest.json` beside its weights.
///
/// @param name what the subject is called
/// @param parameters how many weights it has
/// @param steps of the optimiser
/// @param tokens it has read in training, repeats included
/// @param seed of its initial weights and of the order of its data
/// @param recipe optimiser, schedule and phases, as text
/// @param material what it has read, with the licence
/// @param materialDigest SHA-256 of the training text
/// @param weightsDigest SHA-256 of the weights, see [org.recollect.tensor.Weights#digest]
/// @param bitsPerByte on held-out text; lower is better
/// @param recall share of questions answered, 0 to 1, by the name of the task
public record Manifest(
    String name,
    long parameters,
    long steps,
    long tokens,
    long seed,
    String recipe,
    String material,
    String materialDigest,
    String weightsDigest,
    double bitsPerByte,
    Map<String, Double> recall) {

  /// Parses the text of a `manifest.json`.
  ///
  /// @throws IllegalArgumentException if it is not valid JSON or a field is missing
  public static Manifest parse(String json, String source) {
    var fields = Json.object(json, source);
    for (var component : Manifest.class.getRecordComponents()) {
      if (!fields.has(component.getName())) {
        throw new IllegalArgumentException(
            "%s has no field '%s': write it again with org.recollect.train.ShippedSubjects."
                .formatted(source, component.getName()));
      }
    }
    var recall = new LinkedHashMap<String, Double>();
    fields.get("recall").properties().forEach(e -> recall.put(e.getKey(), e.getValue().asDouble()));
    return new Manifest(
        fields.get("name").asText(),
        fields.get("parameters").asLong(),
        fields.get("steps").asLong(),
        fields.get("tokens").asLong(),
        fields.get("seed").asLong(),
        fields.get("recipe").asText(),
        fields.get("material").asText(),
        fields.get("materialDigest").asText(),
        fields.get("weightsDigest").asText(),
        fields.get("bitsPerByte").asDouble(),
        recall);
  }

  /// The text of a `manifest.json`.
  public String toJson() {
    return Json.format(this);
  }
}

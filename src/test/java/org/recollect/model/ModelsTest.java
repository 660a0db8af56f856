package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.recollect.tensor.Dtype;
import org.recollect.tensor.Safetensors;
import org.recollect.tensor.Weights;

class ModelsTest {

  private static final ModelConfig SHAPE =
      new ModelConfig(270, 12, 20, 2, 2, 1, 6, 10_000, 1e-5, 64, false);

  private static LanguageModel model() {
    return Models.random(SHAPE, BytePairTrainer.train(List.of("int int in in it it"), 266), 3);
  }

  @Test
  void survivesItsFolder(@TempDir Path folder) {
    try (var model = model()) {
      Models.save(model, folder, Dtype.F32);
      try (var again = Models.load(folder)) {
        assertEquals(model.config(), again.config());
        assertEquals(model.weights().digest(), again.weights().digest());
        assertArrayEquals(model.tokenizer().encode("int it"), again.tokenizer().encode("int it"));
      }
    }
  }

  @Test
  void readsWeightsFromSeveralFiles(@TempDir Path folder) throws Exception {
    try (var model = model()) {
      Models.save(model, folder, Dtype.F32);
      var file = folder.resolve("model.safetensors");
      String digest = model.weights().digest();
      try (var all = Safetensors.read(file)) {
        Files.delete(file);
        var names = List.copyOf(all.names());
        write(folder.resolve("model-00001-of-00002.safetensors"), all, names.subList(0, 5));
        write(
            folder.resolve("model-00002-of-00002.safetensors"),
            all,
            names.subList(5, names.size()));
      }
      try (var again = Models.load(folder)) {
        assertEquals(digest, again.weights().digest());
      }
    }
  }

  private static void write(Path file, Weights all, List<String> names) {
    var part = new LinkedHashMap<String, NDArray>();
    names.forEach(name -> part.put(name, all.get(name).duplicate()));
    try (var weights = Weights.of(part)) {
      Safetensors.write(file, weights, Dtype.F32, Map.of());
    }
  }

  @Test
  void saysWhichFileIsMissing(@TempDir Path folder) throws Exception {
    refused(folder.resolve("nowhere"), "config.json");
    try (var model = model()) {
      Models.save(model, folder, Dtype.BF16);
    }
    for (String file : List.of("tokenizer.json", "model.safetensors", "config.json")) {
      var hidden = folder.resolve(file + ".hidden");
      Files.move(folder.resolve(file), hidden);
      refused(folder, file.replace("model", "*"));
      Files.move(hidden, folder.resolve(file));
    }
  }

  @Test
  void filesThatDoNotFitTogetherAreRefused(@TempDir Path folder) throws Exception {
    try (var model = model()) {
      Models.save(model, folder, Dtype.BF16);
    }
    var config = folder.resolve("config.json");
    String text = Files.readString(config);
    Files.writeString(config, text.replace("\"vocab_size\" : 270", "\"vocab_size\" : 200"));
    refused(folder, "tokenizer");
    Files.writeString(config, text.replace("\"hidden_size\" : 12", "\"hidden_size\" : 14"));
    refused(folder, "shape");
    Files.writeString(
        config, text.replace("\"num_hidden_layers\" : 2", "\"num_hidden_layers\" : 3"));
    refused(folder, "model.layers.2");
    Files.write(config, new byte[2 << 20]);
    refused(folder, "bytes");
  }

  private static void refused(Path folder, String said) {
    var problem = assertThrows(IllegalArgumentException.class, () -> Models.load(folder));
    assertTrue(problem.getMessage().contains(said), problem.getMessage());
  }

  @Test
  void manifestSurvivesItsJson() {
    var manifest =
        new Manifest("x", 1, 2, 3, 4, "recipe", "text", "ab", "cd", 1.25, Map.of("needle", 0.5));
    assertEquals(manifest, Manifest.parse(manifest.toJson(), "manifest.json"));
    var problem =
        assertThrows(
            IllegalArgumentException.class, () -> Manifest.parse("{\"name\": \"x\"}", "m.json"));
    assertTrue(problem.getMessage().contains("parameters"), problem.getMessage());
  }
}

package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ModelConfigTest {

  private static final String LLAMA =
      """
      {"model_type": "llama", "vocab_size": 100, "hidden_size": 64, "intermediate_size": 96,
       "num_hidden_layers": 2, "num_attention_heads": 4, "num_key_value_heads": 2,
       "rope_theta": 10000.0, "rms_norm_eps": 1e-5, "max_position_embeddings": 128,
       "tie_word_embeddings": true}
      """;

  @Test
  void headDimDefaultsToTheHiddenSizeOverTheHeads() {
    var config = ModelConfig.parse(LLAMA, "test");
    assertEquals(16, config.headDim());
    assertEquals(2, config.groupSize());
  }

  @Test
  void survivesItsOwnJson() {
    var config = new ModelConfig(2048, 256, 704, 4, 8, 4, 32, 50_000, 1e-5, 1024, true);
    assertEquals(config, ModelConfig.parse(config.toJson(), "test"));
  }

  @Test
  void countsParametersByHand() {
    // 100*64 embeddings; a layer: q 64*64, k and v 64*32, o 64*64, three of 64*96, two norms of 64.
    assertEquals(
        6400 + 2 * (4096 + 2 * 2048 + 4096 + 3 * 6144 + 128) + 64,
        ModelConfig.parse(LLAMA, "test").parameters());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"num_key_value_heads\": 2 | \"num_key_value_heads\": 3 | divide",
        "\"vocab_size\": 100 | \"vocab_size\": -1 | vocab_size is -1",
        "\"vocab_size\": 100 | \"vocab_size\": 1e30 | whole number",
        "\"vocab_size\": 100 | \"vocab_size\": 99999999999 | whole number",
        "\"vocab_size\": 100, | '' | missing",
        "\"llama\" | \"mamba\" | Llama checkpoint",
        "\"rope_theta\": 10000.0 | \"rope_theta\": \"x\" | number",
        "\"rope_theta\": 10000.0 | \"rope_theta\": 0.5 | above 1",
        "\"hidden_size\": 64 | \"hidden_size\": 64, \"attention_bias\": true | bias",
        "\"hidden_size\": 64 | \"hidden_size\": 64, \"rope_scaling\": {\"type\":\"yarn\"} | yarn",
        "\"hidden_size\": 64 | \"hidden_size\": 64, \"hidden_size\": 65 | Duplicate",
        "true} | true | JSON",
      })
  void refusesWhatItCannotRead(String replace, String by, String said) {
    var problem =
        assertThrows(
            IllegalArgumentException.class,
            () -> ModelConfig.parse(LLAMA.replace(replace, by), "config.json"));
    assertTrue(problem.getMessage().startsWith("config.json: "), problem.getMessage());
    assertTrue(problem.getMessage().contains(said), problem.getMessage());
  }
}

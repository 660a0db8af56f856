package org.recollect.kv;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.kv.KvCacheTest.Token;
import org.recollect.model.ModelConfig;

class CacheFileTest {

  private static final ModelConfig CONFIG = Texts.config(2, 4, 2, 32);
  private static final Budget HALF = Budget.fraction(0.5);

  @TempDir Path folder;

  static Stream<Kv> policies() {
    return Stream.of(
        Kv.full(),
        Kv.int4(),
        Kv.kivi(2),
        Rotate.bits(2),
        Kv.snapKv(),
        Kv.h2o(),
        Kv.streamingLlm(),
        Kv.prefixKv(),
        Kv.keep(new Tova()).store(Kv.int8()),
        Kv.snapKv().share(new Ada()).store(Kv.int8()));
  }

  /// Saved in the middle of decoding and read again, a cache goes on as if nothing had happened.
  @ParameterizedTest
  @MethodSource("policies")
  void aCacheThatIsReadGoesOnAsTheOneThatWasSaved(Kv kv) {
    var random = new Random(5);
    var prompt = Texts.prompt(CONFIG, 150, random);
    var policy = kv.policy().fit(new Calibration(List.of(prompt)));
    var file = folder.resolve("cache.safetensors");
    try (var cache = policy.cache(prompt, HALF)) {
      go(cache, new Random(6), 10);
      cache.save(file);
      try (var read = policy.read(file, CONFIG);
          var copy = cache.copy()) {
        assertEquals(cache.bytes(), read.bytes());
        assertEquals(cache.position(), read.position());
        for (int step = 0; step < 70; step++) {
          for (int layer = 0; layer < 2; layer++) {
            float[] expected = new Token(CONFIG, new Random(step)).attend(cache, layer);
            assertArrayEquals(expected, new Token(CONFIG, new Random(step)).attend(read, layer));
            assertArrayEquals(expected, new Token(CONFIG, new Random(step)).attend(copy, layer));
          }
        }
      }
    }
  }

  @Test
  void onlyThePolicyThatWroteItReadsIt() {
    var prompt = Texts.prompt(CONFIG, 100, new Random(1));
    var other = Texts.prompt(CONFIG, 100, new Random(2));
    var policy = Rotate.bits(2).policy().fit(new Calibration(List.of(prompt)));
    var file = folder.resolve("cache.safetensors");
    try (var cache = policy.cache(prompt, HALF)) {
      cache.save(file);
    }
    refused(file, Kv.int8().policy(), CONFIG);
    refused(file, Rotate.bits(2).policy().fit(new Calibration(List.of(other))), CONFIG);
    refused(file, policy, Texts.config(2, 4, 3, 32));
  }

  private static void refused(Path file, Policy policy, ModelConfig config) {
    var refusal = assertThrows(IllegalArgumentException.class, () -> policy.read(file, config));
    assertTrue(refusal.getMessage().contains("read it with the policy that wrote it"));
  }

  /// Whatever is changed in the text of a file, it is read as a cache or refused in a sentence.
  @Test
  void aDamagedFileIsRefused() throws IOException {
    var prompt = Texts.prompt(CONFIG, 70, new Random(1));
    var policy = Kv.h2o().store(Kv.int8());
    var file = folder.resolve("cache.safetensors");
    try (var cache = policy.cache(prompt, HALF)) {
      cache.save(file);
    }
    byte[] bytes = Files.readAllBytes(file);
    int header = (int) bytes[0] & 0xff | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff) << 16;
    var random = new Random(7);
    for (int trial = 0; trial < 300; trial++) {
      byte[] damaged = bytes.clone();
      damaged[8 + random.nextInt(header)] = (byte) (' ' + random.nextInt(90));
      Files.write(file, damaged);
      try (var cache = policy.read(file, CONFIG)) {
        go(cache, new Random(8), 2);
      } catch (IllegalArgumentException refusal) {
        assertTrue(refusal.getMessage().length() < 1000, refusal.getMessage());
      }
    }
    Files.write(file, "not a cache".getBytes(StandardCharsets.UTF_8));
    assertThrows(IllegalArgumentException.class, () -> policy.read(file, CONFIG));
  }

  private static void go(KvCache cache, Random random, int steps) {
    for (int step = 0; step < steps; step++) {
      for (int layer = 0; layer < CONFIG.layers(); layer++) {
        new Token(CONFIG, random).attend(cache, layer);
      }
    }
  }
}

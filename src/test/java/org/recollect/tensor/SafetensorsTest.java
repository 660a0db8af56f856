package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.Shape;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SafetensorsTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(
      value = Dtype.class,
      names = {"F32", "F16", "BF16"})
  void whatIsWrittenIsRead(Dtype dtype) {
    var file = folder.resolve("new/weights.safetensors");
    try (var manager = Torch.manager()) {
      var arrays = new LinkedHashMap<String, NDArray>();
      arrays.put("z", Memory.ofFloats(manager, new float[] {1, -0.5f, 0, 65504, 2, 3}, 2, 3));
      arrays.put("ids", Memory.ofLongs(manager, new long[] {Long.MIN_VALUE, 7}));
      arrays.put("a", manager.full(new Shape(), 0.25f));
      arrays.put("transposed", arrays.get("z").transpose());
      try (var weights = Weights.of(arrays)) {
        if (dtype == Dtype.BF16) {
          weights.get("z").muli(0).addi(1.5f);
        }
        Safetensors.write(file, weights, dtype, Map.of("format", "pt", "note", "ä \"quoted\""));
        try (var read = Safetensors.read(file)) {
          assertEquals(weights.digest(), read.digest());
        }
        assertEquals(Map.of("format", "pt", "note", "ä \"quoted\""), Safetensors.metadata(file));
      }
    }
  }

  @Test
  void readsAHandWrittenFileInHeaderOrder() throws IOException {
    var header =
        """
        {"b":{"dtype":"BF16","shape":[2],"data_offsets":[4,8]},
         "a":{"dtype":"F16","shape":[1,2],"data_offsets":[0,4]},
         "empty":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]}}\
        """;
    var data = new byte[] {0x00, 0x3C, 0x01, 0x00, (byte) 0xC0, 0x3F, (byte) 0x80, (byte) 0xFF};
    try (var weights = Safetensors.read(new ByteArrayInputStream(file(header, data)), "resource")) {
      assertEquals(List.of("b", "a", "empty"), List.copyOf(weights.names()));
      assertArrayEquals(
          new float[] {1, 0x1p-24f}, Memory.toFloats(weights.get("a"))); // and the least subnormal
      assertArrayEquals(
          new float[] {1.5f, Float.NEGATIVE_INFINITY}, Memory.toFloats(weights.get("b")));
      assertEquals(new Shape(0, 3), weights.get("empty").getShape());
    }
  }

  @Test
  void bfloat16RoundsToTheNearestAndTiesToEven() {
    var file = folder.resolve("rounded.safetensors");
    float belowTie = Float.intBitsToFloat(0x3F80_7FFF);
    float tieToEven = Float.intBitsToFloat(0x3F80_8000);
    float tieToOddUp = Float.intBitsToFloat(0x3F81_8000);
    try (var manager = Torch.manager();
        var weights =
            Weights.of(
                Map.of(
                    "x",
                    Memory.ofFloats(
                        manager,
                        new float[] {
                          belowTie, tieToEven, tieToOddUp, Float.MAX_VALUE, Float.NaN
                        })))) {
      Safetensors.write(file, weights, Dtype.BF16, Map.of());
      try (var read = Safetensors.read(file)) {
        assertArrayEquals(
            new float[] {
              1, 1, Float.intBitsToFloat(0x3F82_0000), Float.POSITIVE_INFINITY, Float.NaN
            },
            Memory.toFloats(read.get("x")));
      }
    }
  }

  @ParameterizedTest(name = "{1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{`| its header is not JSON",
        "[] | its header is no JSON object",
        "{} trailing | its header is not JSON",
        "{} | it lists no array",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]},'a':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | its header is not JSON, Duplicate",
        "{'a':{'dtype':'F8_E4M3','shape':[8],'data_offsets':[0,8]}} | array a has the dtype \"F8_E4M3\", expected one of",
        "{'a':{'shape':[2],'data_offsets':[0,8]}} | array a has the dtype",
        "{'a':{'dtype':'F32','data_offsets':[0,8]}} | a's shape is missing or no list",
        "{'a':{'dtype':'F32','shape':[3],'data_offsets':[0,8]}} | array a has 8 bytes, expected those of F32 [3]",
        "{'a':{'dtype':'F32','shape':[-2],'data_offsets':[0,8]}} | a's shape has the element -2",
        "{'a':{'dtype':'F32','shape':[2.0],'data_offsets':[0,8]}} | a's shape has the element 2.0",
        "{'a':{'dtype':'F32','shape':[4611686018427387904,4],'data_offsets':[0,8]}} | array a has 8 bytes, expected those of",
        "{'a':{'dtype':'F32','shape':[99999999999999999999],'data_offsets':[0,8]}} | a's shape has the element",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0]}} | array a has the data_offsets [0], expected",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[8,0]}} | array a has the data_offsets [8,0], expected",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[2,6]}} | array a begins at 2, expected a multiple of its 4",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[4,12]}} | array a begins at 4, beyond the end",
        "{'a':{'dtype':'F32','shape':[4],'data_offsets':[0,16]}} | its arrays end at byte 16 of the data, but it has 8",
        "{'a':{'dtype':'F32','shape':[1],'data_offsets':[0,4]}} | its arrays end at byte 4 of the data, but it has 8",
        "{'a':{'dtype':'F32','shape':[2],'data_offsets':[0,8]},'b':{'dtype':'F32','shape':[1],'data_offsets':[4,8]}} | array b begins at 4, overlapping the end",
        "{'__metadata__':{'n':1}} | its metadata n is no text",
      })
  void hostileHeadersAreRefused(String header, String fault) throws IOException {
    assertRefused(file(header.replace("`", "").replace('\'', '"'), new byte[8]), fault);
  }

  @Test
  void hostileLengthsAreRefused() throws IOException {
    assertRefused(new byte[0], "it is truncated at 0 bytes");
    assertRefused(new byte[7], "it is truncated at 7 bytes");
    assertRefused(length(3), "its header claims 3 bytes, but only 0 follow");
    assertRefused(length(100_000_001), "its header claims 100000001 bytes, expected at most");
    assertRefused(length(-1), "its header claims 18446744073709551615 bytes, expected at most");
  }

  private void assertRefused(byte[] content, String fault) throws IOException {
    var file = folder.resolve("hostile.safetensors");
    Files.write(file, content);
    var refusal = assertThrows(IllegalArgumentException.class, () -> Safetensors.read(file));
    var expected = "%s is not a valid safetensors file: %s".formatted(file, fault);
    assertTrue(refusal.getMessage().startsWith(expected), refusal.getMessage());
    assertTrue(refusal.getMessage().endsWith("fetch or write it again."), refusal.getMessage());
  }

  @Test
  void missingFilesAndUnwritableTargetsAreNamed() throws IOException {
    var missing = folder.resolve("none.safetensors");
    var read = assertThrows(UncheckedIOException.class, () -> Safetensors.read(missing));
    assertEquals(
        missing + " cannot be read (there is no such file): check the path and its permissions.",
        read.getMessage());
    var taken = Files.createDirectory(folder.resolve("taken"));
    try (var manager = Torch.manager();
        var weights = Weights.of(Map.of("x", Memory.ofFloats(manager, new float[] {1})))) {
      var write =
          assertThrows(
              UncheckedIOException.class,
              () -> Safetensors.write(taken, weights, Dtype.F32, Map.of()));
      assertTrue(write.getMessage().contains("it is a folder"), write.getMessage());
    }
    try (var files = Files.list(folder)) {
      assertEquals(List.of(taken), files.toList());
    }
  }

  @Test
  void aBrokenStreamIsNamed() {
    var broken =
        new InputStream() {
          @Override
          public int read() throws IOException {
            throw new IOException("connection lost");
          }
        };
    var failure =
        assertThrows(UncheckedIOException.class, () -> Safetensors.read(broken, "nano-java"));
    assertTrue(failure.getMessage().startsWith("nano-java cannot be read (connection lost)"));
  }

  private static byte[] file(String header, byte[] data) {
    var json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + data.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .put(data)
        .array();
  }

  private static byte[] length(long claimed) {
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(claimed).array();
  }
}

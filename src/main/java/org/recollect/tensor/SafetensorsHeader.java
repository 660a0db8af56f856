package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The header of a safetensors file: what arrays it holds, where, and free text.
///
/// One that was parsed is consistent with its file: its arrays lie one after another, from the end
/// of the header to the end of the file.
record SafetensorsHeader(Map<String, Entry> entries, Map<String, String> metadata, long dataStart) {
  /// One array: its numbers lie at `begin` (inclusive) to `end` (exclusive), in bytes after the
  /// header.
  record Entry(Dtype dtype, long[] shape, long begin, long end) {}

  private static final int PREFIX = Long.BYTES;
  private static final long MAX_LENGTH = 100_000_000; // the limit of Hugging Face's own reader
  private static final String METADATA = "__metadata__";
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// Parses and checks the header of a file, whose bytes are given.
  static SafetensorsHeader parse(MemorySegment file, String name) {
    if (file.byteSize() < PREFIX) {
      throw malformed(name, "it is truncated at %d bytes".formatted(file.byteSize()));
    }
    long length = file.get(LENGTH, 0);
    if (length < 0 || length > MAX_LENGTH) {
      throw malformed(
          name,
          "its header claims %s bytes, expected at most %d"
              .formatted(Long.toUnsignedString(length), MAX_LENGTH));
    }
    long dataStart = PREFIX + length;
    if (dataStart > file.byteSize()) {
      throw malformed(
          name,
          "its header claims %d bytes, but only %d follow"
              .formatted(length, file.byteSize() - PREFIX));
    }
    var json = json(file.asSlice(PREFIX, length), name);
    var entries = new LinkedHashMap<String, Entry>();
    var metadata = new LinkedHashMap<String, String>();
    for (var field : json.properties()) {
      if (field.getKey().equals(METADATA)) {
        metadata.putAll(metadata(field.getValue(), name));
      } else {
        entries.put(field.getKey(), entry(field.getKey(), field.getValue(), name));
      }
    }
    if (entries.isEmpty()) {
      throw malformed(name, "it lists no array");
    }
    var header =
        new SafetensorsHeader(
            Collections.unmodifiableMap(entries), Collections.unmodifiableMap(metadata), dataStart);
    header.expectContiguous(file.byteSize() - dataStart, name);
    return header;
  }

  /// The header of a file that is to hold these weights: listed in their order, but laid out by
  /// falling width, so that each begins at a multiple of its own.
  static SafetensorsHeader of(Weights weights, Dtype floats, Map<String, String> metadata) {
    var entries = new LinkedHashMap<String, Entry>();
    weights
        .asMap()
        .forEach((name, array) -> {
          var dtype = stored(name, array, floats);
          entries.put(name, new Entry(dtype, array.getShape().getShape(), 0, 0));
        });
    long begin = 0;
    for (var name : sorted(entries, Comparator.comparing(entry -> -entry.dtype.bytes()))) {
      var entry = entries.get(name);
      long end = begin + bytes(entry.shape, entry.dtype);
      entries.put(name, new Entry(entry.dtype, entry.shape, begin, end));
      begin = end;
    }
    return new SafetensorsHeader(entries, metadata, 0);
  }

  /// The header as it stands at the beginning of a file, padded with spaces to eight bytes.
  byte[] toBytes() throws IOException {
    var root = JSON.createObjectNode();
    if (!metadata.isEmpty()) {
      root.set(METADATA, JSON.valueToTree(metadata));
    }
    entries.forEach((name, entry) -> {
      var node = root.putObject(name).put("dtype", entry.dtype.name());
      node.set("shape", JSON.valueToTree(entry.shape));
      node.putArray("data_offsets").add(entry.begin).add(entry.end);
    });
    var json = JSON.writeValueAsBytes(root);
    var padded = Arrays.copyOf(json, Math.ceilDiv(json.length, PREFIX) * PREFIX);
    Arrays.fill(padded, json.length, padded.length, (byte) ' ');
    return ByteBuffer.allocate(PREFIX + padded.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(padded.length)
        .put(padded)
        .array();
  }

  /// The names in the order in which their numbers lie.
  List<String> inFileOrder() {
    return sorted(entries, Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
  }

  /// The numbers of one array in the file that was parsed.
  MemorySegment dataOf(Entry entry, MemorySegment file) {
    return file.asSlice(dataStart + entry.begin, entry.end - entry.begin);
  }

  static IllegalArgumentException malformed(String name, String fault) {
    return new IllegalArgumentException(
        "%s is not a valid safetensors file: %s; fetch or write it again.".formatted(name, fault));
  }

  private static JsonNode json(MemorySegment header, String name) {
    try {
      var json = JSON.readTree(header.toArray(ValueLayout.JAVA_BYTE));
      if (!json.isObject()) {
        throw malformed(name, "its header is no JSON object");
      }
      return json;
    } catch (JsonProcessingException failure) {
      throw malformed(name, "its header is not JSON, " + failure.getOriginalMessage());
    } catch (IOException impossible) {
      throw new IllegalStateException("the header is in memory", impossible);
    }
  }

  private static Map<String, String> metadata(JsonNode node, String name) {
    var metadata = new LinkedHashMap<String, String>();
    for (var field : node.properties()) {
      if (!field.getValue().isTextual()) {
        throw malformed(name, "its metadata %s is no text".formatted(field.getKey()));
      }
      metadata.put(field.getKey(), field.getValue().textValue());
    }
    return metadata;
  }

  private static Entry entry(String key, JsonNode node, String name) {
    var dtype =
        Arrays.stream(Dtype.values())
            .filter(known -> known.name().equals(node.path("dtype").textValue()))
            .findFirst()
            .orElseThrow(() ->
                malformed(
                    name,
                    "array %s has the dtype %s, expected one of %s"
                        .formatted(key, node.path("dtype"), Arrays.toString(Dtype.values()))));
    var shape = numbers(node.path("shape"), key + "'s shape", name);
    var offsets = numbers(node.path("data_offsets"), key + "'s data_offsets", name);
    if (offsets.length != 2 || offsets[0] > offsets[1]) {
      throw malformed(
          name,
          "array %s has the data_offsets %s, expected a begin and an end"
              .formatted(key, node.path("data_offsets")));
    }
    if (offsets[0] % dtype.bytes() != 0) {
      throw malformed(
          name,
          "array %s begins at %d, expected a multiple of its %d bytes a number"
              .formatted(key, offsets[0], dtype.bytes()));
    }
    if (bytes(shape, dtype) != offsets[1] - offsets[0]) {
      throw malformed(
          name,
          "array %s has %d bytes, expected those of %s %s"
              .formatted(key, offsets[1] - offsets[0], dtype, Arrays.toString(shape)));
    }
    return new Entry(dtype, shape, offsets[0], offsets[1]);
  }

  private static long[] numbers(JsonNode node, String what, String name) {
    if (!node.isArray()) {
      throw malformed(name, "%s is missing or no list".formatted(what));
    }
    var numbers = new long[node.size()];
    for (int i = 0; i < numbers.length; i++) {
      var number = node.get(i);
      if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 0) {
        throw malformed(
            name, "%s has the element %s, expected an integer from 0".formatted(what, number));
      }
      numbers[i] = number.longValue();
    }
    return numbers;
  }

  /// The size of an array, or -1 where it exceeds 64 bits.
  private static long bytes(long[] shape, Dtype dtype) {
    try {
      long bytes = dtype.bytes();
      for (long dimension : shape) {
        bytes = Math.multiplyExact(bytes, dimension);
      }
      return bytes;
    } catch (ArithmeticException overflow) {
      return -1;
    }
  }

  private void expectContiguous(long available, String name) {
    long expected = 0;
    for (var key : inFileOrder()) {
      long begin = entries.get(key).begin;
      if (begin != expected) {
        throw malformed(
            name,
            "array %s begins at %d, %s the end of the one before, which is at %d"
                .formatted(key, begin, begin < expected ? "overlapping" : "beyond", expected));
      }
      expected = entries.get(key).end;
    }
    if (expected != available) {
      throw malformed(
          name,
          "its arrays end at byte %d of the data, but it has %d".formatted(expected, available));
    }
  }

  private static List<String> sorted(Map<String, Entry> entries, Comparator<Entry> order) {
    return entries.entrySet().stream()
        .sorted(Map.Entry.comparingByValue(order))
        .map(Map.Entry::getKey)
        .toList();
  }

  private static Dtype stored(String name, NDArray array, Dtype floats) {
    if (name.equals(METADATA)) {
      throw new IllegalArgumentException(
          "The format reserves the name %s: rename that weight.".formatted(METADATA));
    }
    if (array.getDataType() == DataType.INT64) {
      return Dtype.I64;
    }
    if (array.getDataType() == DataType.UINT8) {
      return Dtype.U8;
    }
    boolean asFloats = floats == Dtype.F32 || floats == Dtype.F16 || floats == Dtype.BF16;
    if (array.getDataType() != DataType.FLOAT32 || !asFloats) {
      throw new IllegalArgumentException(
          "Weight %s is %s and cannot be stored as %s: expected float32 as F32, F16 or BF16."
              .formatted(name, array.getDataType(), floats));
    }
    return floats;
  }
}

package org.recollect.tensor;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// Reads and writes weights as safetensors, Hugging Face's file format: the length of a JSON header
/// (eight bytes, little-endian), the header, and the arrays it lists, in row-major order
/// (<https://huggingface.co/docs/safetensors>).
///
/// Files are taken as hostile: the header is checked as a whole, against the file's length, before
/// anything is allocated. Half precision is converted here, to float32 and back: LibTorch computes
/// in float32 only.
public final class Safetensors {
  private static final int CHUNK = 1 << 16;

  private Safetensors() {}

  /// Reads all arrays in the order of the header: floating-point ones as float32, I64 as int64, U8
  /// as uint8.
  ///
  /// @throws IllegalArgumentException when the file is malformed, naming it and what is wrong
  /// @throws UncheckedIOException when it cannot be read
  public static Weights read(Path file) {
    return withMemory(file, memory -> read(memory, file.toString()));
  }

  /// Reads a resource; the stream is closed.
  ///
  /// @param name what messages call it
  public static Weights read(InputStream resource, String name) {
    try (resource) {
      return read(MemorySegment.ofArray(resource.readAllBytes()), name);
    } catch (IOException failure) {
      throw unreadable(name, failure);
    }
  }

  /// The free text that the file carries under `__metadata__`.
  public static Map<String, String> metadata(Path file) {
    return withMemory(file, memory -> SafetensorsHeader.parse(memory, file.toString()).metadata());
  }

  /// Writes all arrays in order: float32 ones as the given type, rounding to the nearest, int64
  /// ones as I64 and uint8 ones as U8. The file appears when it is complete.
  ///
  /// @throws UncheckedIOException when it cannot be written; nothing is left behind
  public static void write(Path file, Weights weights, Dtype floats, Map<String, String> metadata) {
    var header = SafetensorsHeader.of(weights, floats, metadata);
    AtomicFile.write(
        file,
        out -> {
          out.write(header.toBytes());
          for (var name : header.inFileOrder()) {
            write(weights.get(name), header.entries().get(name).dtype(), out);
          }
        });
  }

  private static Weights read(MemorySegment file, String name) {
    var header = SafetensorsHeader.parse(file, name);
    var arrays = new LinkedHashMap<String, NDArray>();
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      header
          .entries()
          .forEach(
              (key, entry) -> arrays.put(key, read(manager, entry, header.dataOf(entry, file))));
      return Weights.of(arrays);
    }
  }

  private static NDArray read(
      NDManager manager, SafetensorsHeader.Entry entry, MemorySegment data) {
    var array = manager.create(new Shape(entry.shape()), entry.dtype().arrayType());
    if (data.byteSize() > 0) {
      entry.dtype().decode(data, Memory.segment(array));
    }
    return array;
  }

  private static void write(NDArray array, Dtype dtype, OutputStream out) throws IOException {
    if (array.size() == 0) {
      return;
    }
    try (var _ = Torch.newScope()) {
      var values = Memory.segment(array);
      long width = values.byteSize() / array.size();
      for (long start = 0; start < array.size(); start += CHUNK) {
        long count = Math.min(CHUNK, array.size() - start);
        var stored = new byte[(int) count * dtype.bytes()];
        dtype.encode(values.asSlice(start * width, count * width), MemorySegment.ofArray(stored));
        out.write(stored);
      }
    }
  }

  private interface Reader<T> {
    T read(MemorySegment memory) throws IOException;
  }

  private static <T> T withMemory(Path file, Reader<T> reader) {
    try (var arena = Arena.ofConfined();
        var channel = FileChannel.open(file)) {
      return reader.read(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException failure) {
      throw unreadable(file.toString(), failure);
    }
  }

  private static UncheckedIOException unreadable(String name, IOException failure) {
    var reason =
        failure instanceof NoSuchFileException ? "there is no such file" : failure.getMessage();
    return new UncheckedIOException(
        "%s cannot be read (%s): check the path and its permissions.".formatted(name, reason),
        failure);
  }
}

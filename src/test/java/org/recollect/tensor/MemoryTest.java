package org.recollect.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class MemoryTest {
  @Test
  void viewIsTheArraysOwnMemory() {
    try (var manager = Torch.manager()) {
      var array = Memory.ofFloats(manager, new float[] {1, 2, 3, 4}, 2, 2);
      var view = Memory.view(array);
      assertEquals(16, view.byteSize());
      view.setAtIndex(ValueLayout.JAVA_FLOAT, 2, 7);
      assertEquals(7, array.getFloat(1, 0));
      array.addi(1);
      assertEquals(8, view.getAtIndex(ValueLayout.JAVA_FLOAT, 2));
    }
  }

  @Test
  void allocatedBytesGrowByWhatAnArrayTakes() {
    long bytes = 64L << 20;
    long before = Memory.allocatedBytes();
    try (var manager = Torch.manager()) {
      manager.zeros(new Shape(bytes / Float.BYTES));
      assertEquals(bytes, Memory.allocatedBytes() - before, 0.2 * bytes);
    }
    assertEquals(0, Memory.allocatedBytes() - before, 0.2 * bytes);
  }

  @Test
  void transposesAreCopiedInRowMajorOrderAndNotViewed() {
    try (var manager = Torch.manager()) {
      var array = Memory.ofFloats(manager, new float[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose();
      int before = manager.getManagedArrays().size();
      assertArrayEquals(new float[] {1, 4, 2, 5, 3, 6}, Memory.toFloats(array));
      assertThrows(IllegalArgumentException.class, () -> Memory.view(array));
      assertEquals(before, manager.getManagedArrays().size(), "copies left behind");
    }
  }

  @Test
  void writingKeepsTheHandleAndTheGradient() {
    try (var manager = Torch.manager()) {
      var weight = Memory.ofFloats(manager, new float[] {1, 2});
      weight.setRequiresGradient(true);
      Memory.write(weight, new float[] {3, 4});
      System.gc();
      try (var tape = Torch.gradients()) {
        tape.backward(Ops.square(weight).sum());
      }
      assertArrayEquals(new float[] {6, 8}, Memory.toFloats(weight.getGradient()));
    }
  }

  @Test
  void integersKeepTheirValues() {
    try (var manager = Torch.manager()) {
      var ids = Memory.ofInts(manager, new int[] {Integer.MAX_VALUE, -1}, 1, 2);
      assertEquals(DataType.INT64, ids.getDataType());
      assertEquals(new Shape(1, 2), ids.getShape());
      assertArrayEquals(new long[] {Integer.MAX_VALUE, -1}, Memory.toLongs(ids));
    }
  }

  @Test
  void rowsOfDoublesKeepTheirDigitsAndOrder() {
    try (var manager = Torch.manager()) {
      var rows = new double[][] {{1 + 1e-15, 2, 3}, {4, 5, 6}};
      var matrix = Memory.ofRows(manager, rows, 3);
      assertEquals(new Shape(2, 3), matrix.getShape());
      assertArrayEquals(rows, Memory.toRows(matrix));
      assertArrayEquals(new double[] {3, 6}, Memory.toRows(matrix.transpose())[2]);
      var none = Memory.ofRows(manager, new double[0][], 3);
      assertEquals(new Shape(0, 3), none.getShape());
      assertArrayEquals(new double[3][0], Memory.toRows(none.transpose()));
      assertThrows(IllegalArgumentException.class, () -> Memory.toFloats(matrix));
    }
  }

  @Test
  void emptyArraysHaveEmptyMemory() {
    try (var manager = Torch.manager()) {
      var empty = Memory.ofFloats(manager, new float[0], 0, 3);
      assertEquals(new Shape(0, 3), empty.getShape());
      assertEquals(0, Memory.toFloats(empty).length);
      assertEquals(0, Memory.view(empty).byteSize());
    }
  }

  @Test
  void mismatchesAreNamed() {
    try (var manager = Torch.manager()) {
      var wrong =
          assertThrows(
              IllegalArgumentException.class,
              () -> Memory.ofFloats(manager, new float[] {1, 2, 3}, 2, 2));
      assertEquals("The shape (2, 2) holds 4 values, but 3 were given.", wrong.getMessage());
      var ids = Memory.ofInts(manager, new int[] {1});
      assertThrows(IllegalArgumentException.class, () -> Memory.toFloats(ids));
      var array = Memory.ofFloats(manager, new float[] {1});
      assertThrows(IllegalArgumentException.class, () -> Memory.write(array, new float[2]));
    }
  }
}

package org.recollect.notebook.render;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// Arrays: the shape, the type, and the corner at the lowest indices.
final class ArrayRenderer {
  private static final int CORNER = 6;
  private static final int ELEMENTS = 100;

  private ArrayRenderer() {}

  static MimeBundle render(NDArray array) {
    if (array.isReleased()) {
      return MimeBundle.text(
          "NDArray, closed: its numbers were freed with their manager or scope.");
    }
    Shape shape = array.getShape();
    String caption = "NDArray " + brackets(shape) + " " + array.getDataType();
    if (shape.size() == 0 || !readable(array.getDataType())) {
      return MimeBundle.text(caption);
    }
    int columns = (int) Math.min(CORNER, shape.dimension() < 1 ? 1 : shape.tail());
    int rows = (int) Math.min(CORNER, shape.dimension() < 2 ? 1 : shape.get(shape.dimension() - 2));
    List<String> cells = corner(array, rows, columns);
    var lines = new ArrayList<List<String>>();
    for (int row = 0; row < rows; row++) {
      lines.add(cells.subList(row * columns, (row + 1) * columns));
    }
    long shown = (long) rows * columns;
    String note = shown < shape.size() ? "the first %d of %d".formatted(shown, shape.size()) : "";
    var numeric = Collections.nCopies(columns, true);
    return new Grid(caption, List.of(), numeric, lines, List.of(), note).bundle();
  }

  private static boolean readable(DataType type) {
    return type != DataType.BFLOAT16 && (type.isFloating() || type.isInteger() || type.isBoolean());
  }

  private static List<String> corner(NDArray array, int rows, int columns) {
    Shape shape = array.getShape();
    var index = new StringBuilder("0,".repeat(Math.max(0, shape.dimension() - 2)));
    if (shape.dimension() >= 2) {
      index.append("0:").append(rows).append(',');
    }
    index.append("0:").append(columns);
    NDArray view = shape.dimension() == 0 ? array.duplicate() : array.get(new NDIndex("" + index));
    try (view;
        NDArray plain = view.toType(plain(array.getDataType()), true)) {
      var cells = new ArrayList<String>();
      for (Number number : plain.toArray()) {
        cells.add(
            array.getDataType().isFloating()
                ? Numbers.show(number.doubleValue())
                : number.toString());
      }
      return cells;
    }
  }

  private static DataType plain(DataType type) {
    return type.isFloating() ? DataType.FLOAT64 : DataType.INT64;
  }

  private static String brackets(Shape shape) {
    var text = new StringBuilder();
    for (long size : shape.getShape()) {
      text.append('[').append(size).append(']');
    }
    return text.isEmpty() ? "scalar" : text.toString();
  }

  /// An array of the language, such as `float[2][] {{1, 2}, {3}}`.
  static MimeBundle renderJava(Object array) {
    Class<?> element = array.getClass().getComponentType();
    String rest = "";
    while (element.isArray()) {
      rest += "[]";
      element = element.getComponentType();
    }
    String type = element.getSimpleName() + "[" + Array.getLength(array) + "]" + rest;
    return MimeBundle.text(type + " " + elements(array));
  }

  private static String elements(Object array) {
    int length = Array.getLength(array);
    var text = new ArrayList<String>();
    for (int i = 0; i < Math.min(length, ELEMENTS); i++) {
      text.add(element(Array.get(array, i)));
    }
    if (length > ELEMENTS) {
      text.add("... " + (length - ELEMENTS) + " more");
    }
    return "{" + String.join(", ", text) + "}";
  }

  private static String element(Object value) {
    return switch (value) {
      case null -> "null";
      case Double number -> Numbers.show(number);
      case Float number -> Numbers.show(number);
      case Object nested when nested.getClass().isArray() -> elements(nested);
      default -> value.toString();
    };
  }
}

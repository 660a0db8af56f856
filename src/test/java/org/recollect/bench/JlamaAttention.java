package org.recollect.bench;

import com.github.tjake.jlama.math.VectorMath;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.FloatBufferTensor;
import com.github.tjake.jlama.tensor.operations.TensorOperations;
import com.github.tjake.jlama.tensor.operations.TensorOperationsProvider;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.recollect.lab.Decoding;
import org.recollect.lab.Round;

/// A decode step by the operations of Jlama, called as its own attention calls them: for each query
/// head all dot products with the keys of a page, the softmax, the weighted sum of the values.
///
/// Its vectors have widths other than ours, and two widths in one process slow each other down:
/// [#main] runs in a process of its own, where [JlamaProcess] asks it for one round after another.
final class JlamaAttention {

  /// Of a page, of 2 MiB here.
  private static final int PAGE = 4096;

  private final TensorOperations operations = TensorOperationsProvider.get();
  private final int tokens;
  private final AbstractTensor<?, ?> queries;
  private final AbstractTensor<?, ?>[] keys;
  private final AbstractTensor<?, ?>[] values;
  private final AbstractTensor<?, ?> weights;
  private final AbstractTensor<?, ?> output;

  private JlamaAttention(Decoding decoding) {
    tokens = decoding.tokens();
    queries = matrix(decoding.queries(), Decoding.QUERIES * Decoding.HEAD_DIM);
    keys = pages(decoding.keys());
    values = pages(decoding.values());
    weights = new FloatBufferTensor(1, tokens);
    output = new FloatBufferTensor(1, Decoding.QUERIES * Decoding.HEAD_DIM);
  }

  /// Answers each line of the standard input with one line: `prepare TOKENS` with `ready`, `output`
  /// with the numbers, `round` with the nanoseconds of its thread and of the wall clock.
  public static void main(String[] arguments) throws IOException {
    var questions = new BufferedReader(new InputStreamReader(System.in));
    JlamaAttention attention = null;
    for (String line; (line = questions.readLine()) != null; ) {
      String[] question = line.split(" ");
      switch (question[0]) {
        case "prepare" -> {
          attention = new JlamaAttention(Decoding.of(Integer.parseInt(question[1]), 1));
          System.out.println("ready");
        }
        case "output" -> System.out.println(attention.output());
        case "round" -> {
          var took = Round.of(attention::attend).take();
          System.out.println(took.processor() + " " + took.wall());
        }
        default -> throw new IllegalArgumentException("cannot answer " + line);
      }
    }
  }

  private String output() {
    attend();
    return IntStream.range(0, Decoding.QUERIES * Decoding.HEAD_DIM)
        .mapToObj(i -> Float.toString(output.get(0, i)))
        .collect(Collectors.joining(" "));
  }

  private void attend() {
    output.clear();
    for (int head = 0; head < Decoding.QUERIES; head++) {
      int at = head * Decoding.HEAD_DIM;
      for (int page = 0; page < keys.length; page++) {
        operations.batchDotProduct(
            weights, queries, keys[page], at, 0, Decoding.HEAD_DIM, page * PAGE, 0, used(page));
      }
      operations.scale(Decoding.scale(), weights, 0, tokens);
      VectorMath.softMax(weights, 0, tokens);
      for (int page = 0; page < values.length; page++) {
        operations.saxpy(
            weights, values[page], output, 0, at, Decoding.HEAD_DIM, page * PAGE, 0, used(page));
      }
    }
  }

  private int used(int page) {
    return Math.min(PAGE, tokens - page * PAGE);
  }

  private AbstractTensor<?, ?>[] pages(float[] text) {
    var pages = new AbstractTensor<?, ?>[Math.ceilDiv(tokens, PAGE)];
    Arrays.setAll(pages, _ -> matrix(text, Decoding.HEAD_DIM));
    return pages;
  }

  private static AbstractTensor<?, ?> matrix(float[] numbers, int columns) {
    var matrix = new FloatBufferTensor(numbers.length / columns, columns);
    for (int i = 0; i < numbers.length; i++) {
      matrix.set(numbers[i], i / columns, i % columns);
    }
    return matrix;
  }
}

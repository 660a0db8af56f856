package org.recollect.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.recollect.lab.Contender;
import org.recollect.lab.Decoding;
import org.recollect.lab.Round;

/// [JlamaAttention] in a process of its own, as a contender. It computes only while it is asked.
final class JlamaProcess implements AutoCloseable {

  private final Process process;
  private final PrintStream questions;
  private final BufferedReader answers;

  JlamaProcess() {
    var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    var command = new ArrayList<String>(List.of(java));
    command.addAll(
        List.of(
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Djlama.force_panama_tensor_operations=true",
            // Jlama sets it itself, but later than the first vector may be loaded.
            "-Djdk.incubator.vector.VECTOR_ACCESS_OOB_CHECK=0"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(JlamaAttention.class.getName());
    try {
      process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    } catch (IOException failure) {
      throw new UncheckedIOException("Jlama's process cannot be started.", failure);
    }
    questions = new PrintStream(process.getOutputStream(), true);
    answers = new BufferedReader(new InputStreamReader(process.getInputStream()));
  }

  /// Jlama's step over one key/value head; steps prepared before are forgotten.
  Contender contender(String name, Decoding decoding) {
    ask("prepare " + decoding.tokens());
    return new Contender(
        name,
        decoding.tokens(),
        2.0 * Decoding.HEAD_DIM * Float.BYTES,
        () -> {
          String[] times = ask("round").split(" ");
          return new Round.Took(Double.parseDouble(times[0]), Double.parseDouble(times[1]));
        });
  }

  /// `[QUERIES][HEAD_DIM]`
  float[] output() {
    String[] numbers = ask("output").split(" ");
    float[] output = new float[numbers.length];
    for (int i = 0; i < output.length; i++) {
      output[i] = Float.parseFloat(numbers[i]);
    }
    return output;
  }

  @Override
  public void close() {
    process.destroy();
  }

  private String ask(String question) {
    questions.println(question);
    try {
      String answer = answers.readLine();
      if (answer == null) {
        throw new IllegalStateException(
            "Jlama's process ended when it was asked to '%s': its messages are above."
                .formatted(question));
      }
      return answer;
    } catch (IOException failure) {
      throw new UncheckedIOException("Jlama's process does not answer.", failure);
    }
  }
}

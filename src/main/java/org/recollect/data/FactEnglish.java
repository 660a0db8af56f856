package org.recollect.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// The ways to say a fact of one relation, to ask for its object, and to speak of the object
/// without naming it. `{s}` stands for the subject, `{o}` for the object.
record FactEnglish(Ways statements, Ways questions, Ways phrases) {

  /// Ways to say one thing.
  ///
  /// @param taught that every part of a world uses
  /// @param held back from those who learn from the training part
  record Ways(List<String> taught, List<String> held) {
    List<String> all() {
      return Stream.concat(taught.stream(), held.stream()).toList();
    }

    /// Those that a part of the questions may use.
    List<String> of(Split part) {
      return part == Split.TRAIN ? taught : all();
    }
  }

  /// @param label of the relation
  static FactEnglish read(String label) {
    var resource = "facts/" + label + ".txt";
    try (var in = FactEnglish.class.getResourceAsStream(resource)) {
      var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new FactEnglish(
          ways(text, "statements"), ways(text, "questions"), ways(text, "phrases"));
    } catch (IOException failure) {
      throw new UncheckedIOException("The resource " + resource + " cannot be read.", failure);
    }
  }

  private static Ways ways(String text, String title) {
    return new Ways(section(text, title), section(text, title + ", held back"));
  }

  private static List<String> section(String text, String title) {
    return Arrays.stream(text.split("(?m)^\\["))
        .filter(section -> section.startsWith(title + "]"))
        .flatMap(section -> section.lines().skip(1))
        .toList();
  }

  /// A whole sentence.
  static String sentence(String way, String subject, String object) {
    var filled = way.replace("{s}", subject).replace("{o}", object);
    return Character.toUpperCase(filled.charAt(0)) + filled.substring(1);
  }
}

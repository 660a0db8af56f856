package org.recollect.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;

/// Where material comes from.
public final class Corpora {
  private Corpora() {}

  /// The largest file that a corpus takes: 16 MiB. The largest source file of the JDK has 0.9 MB.
  static final int MAX_FILE_BYTES = 16 << 20;

  /// The sources of the running JDK, licence headers stripped: a natural corpus that every JDK
  /// brings along, about 45 MB by default.
  ///
  /// They are read from `lib/src.zip` of the running JDK, or from the file that the environment
  /// variable `RECOLLECT_JDK_SOURCES` names.
  ///
  /// @param packages which packages: `java.util` is this package alone, `java.util..` with all that
  ///   lie below it; none for the module `java.base` except `sun.nio.cs..`, which is mostly
  ///   generated tables
  /// @throws IllegalStateException when this Java runtime comes without its sources
  /// @throws IllegalArgumentException when a package is not among them
  public static Corpus jdk(String... packages) {
    return new JdkSources(JdkSources.locate()).read(packages);
  }

  /// The UTF-8 text files below a folder whose names end in this extension. Symbolic links are not
  /// followed. A document's name is its path below the folder, with `/`.
  ///
  /// @param extension the end of the file names, such as `.txt`; empty for every file
  public static Corpus folder(Path folder, String extension) {
    if (!Files.isDirectory(folder)) {
      throw new IllegalArgumentException(
          "There is no folder '" + folder + "'; give one that holds text files.");
    }
    var documents = new ArrayList<Document>();
    try (var paths = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) paths.filter(Files::isRegularFile)::iterator) {
        if (path.getFileName().toString().endsWith(extension) && !Files.isSymbolicLink(path)) {
          var name = folder.relativize(path).toString().replace('\\', '/');
          documents.add(new Document(name, readText(path)));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      throw new IllegalStateException(
          "The folder '%s' cannot be read (%s); check its permissions."
              .formatted(folder, e.getMessage()),
          e);
    }
    if (documents.isEmpty()) {
      throw new IllegalArgumentException(
          "The folder '%s' holds no file that ends in '%s'.".formatted(folder, extension));
    }
    documents.sort(Comparator.comparing(Document::name));
    return new Corpus(
        folder.getFileName() == null ? "/" : folder.getFileName().toString(), documents);
  }

  /// A corpus of texts given in place, named `text 1`, `text 2` and so on.
  public static Corpus text(String... texts) {
    var documents = new ArrayList<Document>();
    for (String text : texts) {
      documents.add(new Document("text " + (documents.size() + 1), normalise(text)));
    }
    return new Corpus("text", documents);
  }

  /// The text of a UTF-8 file of at most [#MAX_FILE_BYTES].
  static String readText(Path path) throws IOException {
    return readText(path, MAX_FILE_BYTES);
  }

  static String readText(Path path, int most) throws IOException {
    if (Files.size(path) > most) {
      throw new IllegalArgumentException(
          "The file '%s' has %,d bytes, and a document has at most %,d; split it."
              .formatted(path, Files.size(path), most));
    }
    try {
      return normalise(Files.readString(path));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "The file '" + path + "' is not UTF-8 text; convert it or choose another extension.", e);
    }
  }

  /// The same text on every platform: lines end with `\n`.
  static String normalise(String text) {
    return text.replace("\r\n", "\n").replace('\r', '\n');
  }
}

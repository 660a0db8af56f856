package org.recollect.data;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/// The source archive of a JDK: entries `module/package/Name.java`. It is read as hostile: names
/// are only ever compared, and what an entry says about its size is not believed.
record JdkSources(Path archive) {
  static final String VARIABLE = "RECOLLECT_JDK_SOURCES";

  private static final int MAX_ENTRIES = 200_000;
  private static final long MAX_BYTES = 1L << 30;

  /// Generated tables of characters: half-megabyte files of data, not of code.
  private static final String CHARACTER_TABLES = "java.base/sun/nio/cs/";

  /// Comments before the package declaration that are about rights, whichever style they are in.
  private static final Pattern RIGHTS =
      Pattern.compile("copyright|licen[cs]e|all rights reserved", Pattern.CASE_INSENSITIVE);

  /// The archive that the environment names, or else that of the running JDK.
  static Path locate() {
    var named = System.getenv(VARIABLE);
    if (named != null && !named.isBlank()) {
      return Path.of(named);
    }
    return Path.of(System.getProperty("java.home"), "lib", "src.zip");
  }

  Corpus read(String... packages) {
    if (!Files.isRegularFile(archive)) {
      throw new IllegalStateException(
          "This Java runtime comes without its sources ('%s' is missing): install the source package of the JDK, such as Debian's openjdk-25-source, or set %s to the src.zip of a JDK."
              .formatted(archive, VARIABLE));
    }
    var documents = new ArrayList<Document>();
    try (var zip = new ZipFile(archive.toFile())) {
      if (zip.size() > MAX_ENTRIES) {
        throw new ZipException("it has " + zip.size() + " entries");
      }
      long bytes = 0;
      for (ZipEntry entry : Collections.list(zip.entries())) {
        if (entry.getName().endsWith(".java") && wanted(entry.getName(), packages)) {
          var text = readEntry(zip, entry);
          bytes += text.length();
          if (bytes > MAX_BYTES) {
            throw new ZipException("its files have more than a gigabyte");
          }
          documents.add(new Document(entry.getName(), withoutLicence(Corpora.normalise(text))));
        }
      }
      if (packages.length == 0 && documents.isEmpty()) {
        throw new ZipException("it has no java.base");
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "'%s' cannot be read as the source archive of a JDK (%s); set %s to the src.zip of a JDK."
              .formatted(archive, e.getMessage(), VARIABLE),
          e);
    }
    for (String name : packages) {
      if (documents.stream().noneMatch(document -> wanted(document.name(), name))) {
        throw new IllegalArgumentException(
            "The JDK's sources have no package '%s'; write 'java.util' for one package, 'java.util..' for it and all below."
                .formatted(name));
      }
    }
    documents.sort(Comparator.comparing(Document::name));
    var what = packages.length == 0 ? "java.base" : String.join(" ", packages);
    return new Corpus("JDK " + what, documents);
  }

  /// Whether an entry `module/package/Name.java` lies in one of the packages, or in `java.base`
  /// when none is given.
  private static boolean wanted(String entry, String... packages) {
    int module = entry.indexOf('/');
    int file = entry.lastIndexOf('/');
    if (packages.length == 0 || module == file) {
      return packages.length == 0
          && entry.startsWith("java.base/")
          && !entry.startsWith(CHARACTER_TABLES);
    }
    var packageName = entry.substring(module + 1, file).replace('/', '.');
    return Arrays.stream(packages)
        .anyMatch(name ->
            name.endsWith("..")
                ? (packageName + "..").startsWith(name.substring(0, name.length() - 1))
                : packageName.equals(name));
  }

  private static String readEntry(ZipFile zip, ZipEntry entry) throws IOException {
    try (var in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(Corpora.MAX_FILE_BYTES + 1);
      if (bytes.length > Corpora.MAX_FILE_BYTES) {
        throw new ZipException("the file " + entry.getName() + " is larger than 16 MiB");
      }
      return new String(bytes, UTF_8);
    }
  }

  /// Drops the comments about rights at the head of a source file; they would be a fixed kilobyte
  /// in every document. A documentation comment before the package stays.
  static String withoutLicence(String source) {
    int start = 0;
    for (int end = endOfComment(source, start); end > start; end = endOfComment(source, start)) {
      if (!RIGHTS.matcher(source).region(start, end).find()) {
        break;
      }
      start = end;
    }
    return source.substring(start).stripLeading();
  }

  /// Where the comment ends that begins at the first character from `start` that is no white space;
  /// `start` itself when there is none. Consecutive line comments count as one.
  private static int endOfComment(String source, int start) {
    int at = start;
    while (at < source.length() && Character.isWhitespace(source.charAt(at))) {
      at++;
    }
    if (source.startsWith("/*", at)) {
      int close = source.indexOf("*/", at + 2);
      return close < 0 ? start : close + 2;
    }
    int end = start;
    while (source.startsWith("//", at)) {
      int newline = source.indexOf('\n', at);
      end = newline < 0 ? source.length() : newline + 1;
      at = end;
    }
    return end;
  }
}

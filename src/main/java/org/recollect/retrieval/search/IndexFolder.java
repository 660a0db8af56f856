package org.recollect.retrieval.search;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriterConfig.OpenMode;
import org.apache.lucene.index.SegmentInfos;
import org.apache.lucene.store.FSDirectory;
import org.apache.lucene.store.LockObtainFailedException;
import org.recollect.data.Library;
import org.recollect.lab.Fingerprint;

/// An index on disk and what its last commit says of it. A build that was killed has no commit, and
/// is begun anew.
///
/// What an index says of itself is part of Lucene's own commit, so that the two cannot disagree.
record IndexFolder(Path folder) {

  /// Raised whenever fields, words or embedders change, so that no index is read by another rule
  /// than it was written by.
  static final String FORMAT = "1";

  private static final String FORMAT_KEY = "recollect.format";
  private static final String LIBRARY = "recollect.library";
  private static final String SEARCH = "recollect.search";
  private static final String NAME = "recollect.name";
  private static final String PASSAGES = "recollect.passages";
  private static final String NEXT = "recollect.next";

  /// What was indexed, and how.
  ///
  /// @param library digest of the library that was built
  /// @param search digest of the search
  /// @param name of the search
  record Identity(String library, String search, String name) {
    static Identity of(Search search, Library library) {
      return new Identity(library.digest(), Fingerprint.of(search.configuration()), search.name());
    }
  }

  /// @param passages how many were committed
  /// @param next the number of the next passage
  record About(Identity identity, int passages, long next) {
    Map<String, String> text() {
      return Map.of(
          FORMAT_KEY,
          FORMAT,
          LIBRARY,
          identity.library,
          SEARCH,
          identity.search,
          NAME,
          identity.name,
          PASSAGES,
          Integer.toString(passages),
          NEXT,
          Long.toString(next));
    }
  }

  /// What the last commit says; nothing where there is none yet.
  ///
  /// @throws IllegalStateException if it cannot be read, or is of another format
  Optional<About> read() {
    try {
      Files.createDirectories(folder);
      try (var directory = FSDirectory.open(folder)) {
        return DirectoryReader.indexExists(directory)
            ? Optional.of(about(SegmentInfos.readLatestCommit(directory).getUserData()))
            : Optional.empty();
      }
    } catch (IOException | NumberFormatException e) {
      throw damaged(e);
    }
  }

  private About about(Map<String, String> text) {
    String format = text.get(FORMAT_KEY);
    if (format == null) {
      throw new IllegalStateException(
          "The folder %s holds an index that Recollect did not write: name another folder."
              .formatted(folder));
    }
    if (!format.equals(FORMAT)) {
      throw new IllegalStateException(
          "The index in %s has format %s and this version reads %s: delete the folder to build it anew."
              .formatted(folder, format, FORMAT));
    }
    return new About(
        new Identity(text.get(LIBRARY), text.get(SEARCH), text.get(NAME)),
        Integer.parseInt(text.get(PASSAGES)),
        Long.parseLong(text.get(NEXT)));
  }

  /// @throws IllegalStateException if the index is not the one that is wanted
  void check(About about, Identity wanted) {
    if (!wanted.library.equals(about.identity.library)) {
      throw new IllegalStateException(
          "The index in %s was built of other passages than this library's: name another folder, or delete it to build it anew."
              .formatted(folder));
    }
    if (!wanted.search.equals(about.identity.search)) {
      throw new IllegalStateException(
          "The index in %s was built for the search '%s' and not for this '%s' with its parameters: name another folder, or delete it to build it anew."
              .formatted(folder, about.identity.name, wanted.name));
    }
  }

  /// @throws IllegalStateException if not as many passages are there as were committed
  void checkCount(About about, int found) {
    if (about.passages != found) {
      throw new IllegalStateException(
          "The index in %s holds %,d passages where %,d were committed: delete the folder to build it anew."
              .formatted(folder, found, about.passages));
    }
  }

  /// @param built whether there is a commit to go on from
  LuceneIndex open(Map<String, VectorField> fields, boolean built) {
    try {
      var directory = FSDirectory.open(folder);
      try {
        return new LuceneIndex(directory, fields, built ? OpenMode.APPEND : OpenMode.CREATE);
      } catch (IOException | RuntimeException e) {
        directory.close();
        throw e;
      }
    } catch (LockObtainFailedException e) {
      throw new IllegalStateException(
          "The index in %s is open elsewhere: close it there, or name another folder."
              .formatted(folder),
          e);
    } catch (IOException | IllegalArgumentException e) {
      throw damaged(e);
    }
  }

  IllegalStateException damaged(Exception reason) {
    return new IllegalStateException(
        "The index in %s cannot be read (%s): check that it is a folder of your own, or delete it to build it anew."
            .formatted(folder, String.valueOf(reason.getMessage()).lines().findFirst().orElse("")),
        reason);
  }
}

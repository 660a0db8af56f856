package org.recollect.retrieval.store;

import java.sql.SQLException;

/// SQLite's error codes as one sentence with the remedy.
final class MemoryFailure {
  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int READ_ONLY = 8;
  private static final int INPUT_OUTPUT = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int CANNOT_OPEN = 14;
  private static final int NOT_A_DATABASE = 26;

  private MemoryFailure() {}

  /// @param store what the store is called, its file
  static IllegalStateException of(SQLException e, String store) {
    String sentence =
        switch (e.getErrorCode() & 0xff) {
          case BUSY, LOCKED ->
              "The memory %s is open in another process or twice in this one: close it there, or name another file.";
          case CORRUPT, NOT_A_DATABASE ->
              "The memory %s is damaged and was left as it is: move it aside to start a new one.";
          case FULL ->
              "The disk is full, so nothing more could be written to the memory %s: free some space and write again; what was written before is kept.";
          case READ_ONLY, CANNOT_OPEN ->
              "The memory %s cannot be opened for writing: mend the permissions of its folder, or name another file.";
          case INPUT_OUTPUT ->
              "The memory %s could not be read or written: check the disk and its free space, then open it again; what was written before is kept.";
          default ->
              "The memory %s failed (SQLite error "
                  + e.getErrorCode()
                  + "): open it again, or move the file aside.";
        };
    return new IllegalStateException(sentence.formatted(store), e);
  }
}

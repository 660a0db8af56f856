package org.recollect.lab;

import java.nio.file.Path;
import java.sql.SQLException;

/// SQLite's error codes as one sentence with the remedy.
final class StoreFailure {
  private static final int BUSY = 5;
  private static final int LOCKED = 6;
  private static final int READ_ONLY = 8;
  private static final int INPUT_OUTPUT = 10;
  private static final int CORRUPT = 11;
  private static final int FULL = 13;
  private static final int CANNOT_OPEN = 14;
  private static final int NOT_A_DATABASE = 26;

  private StoreFailure() {}

  static IllegalStateException of(SQLException e, Path file) {
    String sentence =
        switch (e.getErrorCode() & 0xff) {
          case BUSY, LOCKED ->
              "The run store %s is locked by another process: wait for it or end it, or set RECOLLECT_HOME to a folder of your own.";
          case CORRUPT, NOT_A_DATABASE ->
              "The run store %s is damaged and was left as it is: move it aside, and the trials will run again into a new one.";
          case FULL ->
              "The disk is full, so a trial could not be saved in %s: free some space and run again; the trials saved before are kept.";
          case READ_ONLY, CANNOT_OPEN ->
              "The run store %s cannot be opened for writing: mend its permissions, or set RECOLLECT_HOME to a folder of your own.";
          case INPUT_OUTPUT ->
              "The run store %s could not be read or written: check the disk and its free space, then run again; the trials saved before are kept.";
          default ->
              "The run store %s failed (SQLite error "
                  + e.getErrorCode()
                  + "): run again, or move the file aside.";
        };
    return new IllegalStateException(sentence.formatted(file), e);
  }
}

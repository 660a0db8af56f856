package org.recollect.retrieval.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;

/// The database of a memory: one SQLite file for one process at a time, or none. Mutable; owns a
/// database connection.
///
/// A deleted row leaves its bytes in free pages, in the log, and in the unused part of pages that
/// were split while it was there. So what is deleted is overwritten (`secure_delete`), and a forget
/// ends with rebuilding the file from the rows that are left and emptying the log. A note in the
/// database says that this is due: when the process dies in between, the next opening does it.
final class MemoryFile implements AutoCloseable {
  /// What a statement does; its failure is told in a sentence.
  @FunctionalInterface
  interface Step<T> {
    T run() throws SQLException;
  }

  private static final int FORMAT = 1;
  private static final int BUSY = 5;
  private static final int FULL = 13;

  /// "Rcme" as SQLite's mark of the application.
  private static final int APPLICATION = 0x52636d65;

  private static final String[] SCHEMA = {
    """
    create table version (
      place integer primary key,
      id text not null,
      number integer not null,
      kind text not null,
      text text not null,
      subject text not null,
      relation text not null,
      value text not null,
      session text not null,
      attributes text not null,
      sources text not null,
      links text not null,
      payload blob not null,
      begins bigint not null,
      ends bigint not null,
      ending text not null,
      bytes bigint not null,
      unique (id, number))
    """,
    "create index subject on version (subject, relation)",
    "create table cleaning (due integer primary key)",
    "pragma application_id = " + APPLICATION,
    "pragma user_version = " + FORMAT
  };

  private final String name;
  private final Connection connection;
  private boolean inTransaction;
  private boolean broken;

  private MemoryFile(String name, Connection connection) {
    this.name = name;
    this.connection = connection;
  }

  static Properties options() {
    var options = new Properties();
    options.setProperty("busy_timeout", "2000");
    options.setProperty("locking_mode", "EXCLUSIVE");
    options.setProperty("secure_delete", "true");
    options.setProperty("synchronous", "NORMAL");
    options.setProperty("temp_store", "MEMORY");
    return options;
  }

  static MemoryFile open(Path file, Properties options) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new IllegalStateException(
          "The folder of the memory %s cannot be made: name a file in a folder that can be written."
              .formatted(file),
          e);
    }
    return open("jdbc:sqlite:" + file, file.toString(), options);
  }

  static MemoryFile inMemory() {
    return open("jdbc:sqlite::memory:", "in memory", options());
  }

  private static MemoryFile open(String url, String name, Properties options) {
    try {
      var connection = DriverManager.getConnection(url, options);
      var file = new MemoryFile(name, connection);
      try {
        file.prepare();
      } catch (SQLException | RuntimeException e) {
        connection.close();
        throw e;
      }
      return file;
    } catch (SQLException e) {
      throw MemoryFailure.of(e, name);
    }
  }

  private void prepare() throws SQLException {
    boolean empty = number("select count(*) from sqlite_master") == 0;
    long application = number("pragma application_id");
    long format = number("pragma user_version");
    if (!empty && application != APPLICATION) {
      throw new IllegalStateException(
          "The file %s is a database but no memory and was left as it is: name another file."
              .formatted(name));
    }
    if (!empty && format != FORMAT) {
      throw new IllegalStateException(
          "The memory %s has format %d and this release reads format %d: open it with the release that wrote it, or move it aside to start a new one."
              .formatted(name, format, FORMAT));
    }
    execute("pragma journal_mode = wal");
    if (empty) {
      transaction(() -> {
        for (var statement : SCHEMA) {
          execute(statement);
        }
        return null;
      });
    }
    execute("pragma user_version = " + FORMAT); // SQLite locks the file at the first write only
    if (number("select count(*) from cleaning") > 0) {
      clean();
    }
  }

  Connection connection() {
    return connection;
  }

  String name() {
    return name;
  }

  boolean inTransaction() {
    return inTransaction;
  }

  /// Does all of a step or, where it fails, nothing; a step within a step is part of it.
  <T> T transaction(Step<T> step) {
    return read(() -> inTransaction ? nested(step) : committed(step));
  }

  /// Does what changes nothing, or is no transaction.
  <T> T read(Step<T> step) {
    try {
      return step.run();
    } catch (SQLException e) {
      throw MemoryFailure.of(e, name);
    }
  }

  private <T> T nested(Step<T> step) throws SQLException {
    refuseBroken();
    execute("savepoint step");
    try {
      var result = step.run();
      execute("release step");
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      broken = !undo(e, "rollback to step") || !undo(e, "release step");
      throw e;
    }
  }

  private <T> T committed(Step<T> step) throws SQLException {
    execute("begin immediate");
    inTransaction = true;
    broken = false;
    try {
      var result = step.run();
      refuseBroken();
      execute("commit");
      return result;
    } catch (SQLException | RuntimeException | Error e) {
      undo(e, "rollback");
      throw e;
    } finally {
      inTransaction = false;
    }
  }

  /// On a full disk SQLite may have undone the whole transaction itself; then there is nothing left
  /// to undo, and what caused it is what must be told.
  private boolean undo(Throwable cause, String sql) {
    try {
      execute(sql);
      return true;
    } catch (SQLException nothingToUndo) {
      cause.addSuppressed(nothingToUndo);
      return false;
    }
  }

  private void refuseBroken() throws SQLException {
    if (broken) {
      throw new SQLException("SQLite has undone the transaction", "", FULL);
    }
  }

  /// Says, within the transaction that deletes, that a cleaning is due.
  void announceCleaning() throws SQLException {
    execute("insert or ignore into cleaning values (1)");
  }

  /// Leaves nothing of what was deleted in any file.
  void clean() {
    read(() -> {
      rebuild();
      return null;
    });
  }

  private void rebuild() throws SQLException {
    execute("vacuum");
    if (number("pragma wal_checkpoint(truncate)") != 0) {
      throw new SQLException("the log is in use", "", BUSY);
    }
    execute("delete from cleaning");
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  long number(String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw MemoryFailure.of(e, name);
    }
  }
}

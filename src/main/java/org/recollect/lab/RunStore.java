package org.recollect.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.Properties;

/// The finished trials of every study on this machine, by the hash of what defines them: one SQLite
/// file that several processes may use at once.
///
/// A committed trial survives a killed process. A damaged file is reported and never written to.
/// Mutable; owns a database connection; not for several threads.
public final class RunStore implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final String SCHEMA =
      """
      create table if not exists trial (
        key text primary key,
        study text not null,
        arm text not null,
        settings text not null,
        seed bigint not null,
        state text not null,
        seconds double precision not null,
        error text,
        saved_at text not null,
        row text not null)
      """;

  private final Path file;
  private final Connection connection;

  private RunStore(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
  }

  /// Opens the store in a folder, which is made where it is missing.
  ///
  /// @throws IllegalStateException when the folder cannot be written, or the file is damaged or
  ///   locked for more than ten seconds
  public static RunStore open(Path folder) {
    return open(folder, options());
  }

  /// As SQLite's pragmas.
  static Properties options() {
    var options = new Properties();
    options.setProperty("busy_timeout", Long.toString(PATIENCE.toMillis()));
    options.setProperty("synchronous", "NORMAL");
    options.setProperty("transaction_mode", "IMMEDIATE");
    return options;
  }

  static RunStore open(Path folder, Properties options) {
    Path file = folder.resolve("runs.sqlite");
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new IllegalStateException(
          "The folder %s for finished trials cannot be made: set RECOLLECT_HOME to one that can."
              .formatted(folder),
          e);
    }
    try {
      var connection = DriverManager.getConnection("jdbc:sqlite:" + file, options);
      var store = new RunStore(file, connection);
      try {
        store.prepare();
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
      return store;
    } catch (SQLException e) {
      throw StoreFailure.of(e, file);
    }
  }

  private void prepare() throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute("pragma journal_mode = wal");
      statement.execute(SCHEMA);
    }
  }

  /// The row stored under a key, failed ones too.
  ///
  /// @throws IllegalStateException when the store is damaged or locked
  public Optional<Row> find(String key) {
    try (var query = connection.prepareStatement("select row from trial where key = ?")) {
      query.setString(1, key);
      try (var found = query.executeQuery()) {
        return found.next() ? Optional.of(RowJson.parse(found.getString(1))) : Optional.empty();
      }
    } catch (SQLException e) {
      throw StoreFailure.of(e, file);
    } catch (IllegalArgumentException e) {
      throw new IllegalStateException(
          "The run store %s holds a trial that cannot be read (%s): move the file aside to start a new one."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  /// Stores a row for good, in place of an earlier one under the same key.
  ///
  /// @throws IllegalStateException when the disk is full, or the store is damaged or locked; what
  ///   was stored before stays
  public void save(String key, String study, Row row) {
    try (PreparedStatement insert =
        connection.prepareStatement(
            "insert or replace into trial values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      insert.setString(1, key);
      insert.setString(2, study);
      insert.setString(3, row.arm());
      insert.setString(4, row.settings().toString());
      insert.setLong(5, row.seed());
      insert.setString(6, row.failed() ? "failed" : "finished");
      insert.setDouble(7, row.ledger().seconds());
      insert.setString(8, row.error().orElse(null));
      insert.setString(9, Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
      insert.setString(10, RowJson.text(row));
      insert.executeUpdate();
    } catch (SQLException e) {
      throw StoreFailure.of(e, file);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw StoreFailure.of(e, file);
    }
  }
}

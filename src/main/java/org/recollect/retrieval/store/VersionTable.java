package org.recollect.retrieval.store;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.recollect.retrieval.store.Version.Ending;

/// The rows of a memory, one for each version, in the order of writing.
final class VersionTable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
  private static final TypeReference<Map<String, String>> NAMED_TEXTS = new TypeReference<>() {};

  private final MemoryFile file;

  VersionTable(MemoryFile file) {
    this.file = file;
  }

  void insert(Version version) throws SQLException {
    try (var insert =
        file.connection()
            .prepareStatement(
                "insert into version values (null, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      var note = version.note();
      insert.setString(1, note.id());
      insert.setInt(2, version.number());
      insert.setString(3, note.kind());
      insert.setString(4, note.text());
      insert.setString(5, note.subject());
      insert.setString(6, note.relation());
      insert.setString(7, note.value());
      insert.setString(8, note.session());
      insert.setString(9, json(note.attributes()));
      insert.setString(10, json(note.sources()));
      insert.setString(11, json(note.links()));
      insert.setBytes(12, note.payload().bytes());
      insert.setLong(13, version.from());
      insert.setLong(14, version.until());
      insert.setString(15, version.ending().name());
      insert.setLong(16, note.bytes());
      insert.executeUpdate();
    }
  }

  /// Ends the version of an entry that holds.
  void end(String id, long day, Ending ending) throws SQLException {
    execute(
        "update version set ends = ?, ending = ? where id = ? and ends = ?",
        day,
        ending.name(),
        id,
        Version.OPEN);
  }

  /// Puts other sources and links in place of a version's own.
  void relate(Version version, Note note) throws SQLException {
    execute(
        "update version set sources = ?, links = ?, bytes = ? where id = ? and number = ?",
        json(note.sources()),
        json(note.links()),
        note.bytes(),
        note.id(),
        version.number());
  }

  void delete(Version version) throws SQLException {
    execute("delete from version where id = ? and number = ?", version.id(), version.number());
  }

  Optional<Version> current(String id) throws SQLException {
    return select("id = ? and ends = ?", id, Version.OPEN).stream().findFirst();
  }

  /// The number of the last version; 0 where there is none.
  int last(String id) throws SQLException {
    try (var query =
        file.connection().prepareStatement("select max(number) from version where id = ?")) {
      query.setString(1, id);
      try (var row = query.executeQuery()) {
        return row.getInt(1);
      }
    }
  }

  List<Version> history(String id) throws SQLException {
    return select("id = ?", id);
  }

  List<Version> all() throws SQLException {
    return select("true");
  }

  List<Version> find(Selection wanted) throws SQLException {
    var conditions = new ArrayList<String>();
    var values = new ArrayList<Object>();
    require("kind = ?", wanted.kind(), conditions, values);
    require("subject = ?", wanted.subject(), conditions, values);
    require("relation = ?", wanted.relation(), conditions, values);
    require("session = ?", wanted.session(), conditions, values);
    if (wanted.asOf().isPresent()) {
      conditions.add("begins <= ? and ends > ?");
      values.addAll(List.of(wanted.asOf().getAsLong(), wanted.asOf().getAsLong()));
    } else {
      conditions.add("ends = ?");
      values.add(Version.OPEN);
    }
    return select(String.join(" and ", conditions), values.toArray());
  }

  private static void require(
      String condition, Optional<String> value, List<String> conditions, List<Object> values) {
    if (value.isPresent()) {
      conditions.add(condition);
      values.add(value.get());
    }
  }

  private List<Version> select(String condition, Object... values) throws SQLException {
    try (var query =
        file.connection()
            .prepareStatement("select * from version where " + condition + " order by place")) {
      set(query, values);
      var versions = new ArrayList<Version>();
      try (var row = query.executeQuery()) {
        while (row.next()) {
          versions.add(version(row));
        }
      }
      return versions;
    }
  }

  private void execute(String sql, Object... values) throws SQLException {
    try (var statement = file.connection().prepareStatement(sql)) {
      set(statement, values);
      statement.executeUpdate();
    }
  }

  private static void set(PreparedStatement statement, Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      statement.setObject(i + 1, values[i]);
    }
  }

  private Version version(ResultSet row) throws SQLException {
    try {
      var note =
          new Note(
              row.getString("id"),
              row.getString("kind"),
              row.getString("text"),
              row.getString("subject"),
              row.getString("relation"),
              row.getString("value"),
              row.getString("session"),
              JSON.readValue(row.getString("attributes"), NAMED_TEXTS),
              JSON.readValue(row.getString("sources"), TEXTS),
              JSON.readValue(row.getString("links"), TEXTS),
              Payload.of(row.getBytes("payload")));
      return new Version(
          note,
          row.getInt("number"),
          row.getLong("begins"),
          row.getLong("ends"),
          Ending.valueOf(row.getString("ending")));
    } catch (JsonProcessingException | IllegalArgumentException | NullPointerException e) {
      throw new IllegalStateException(
          "The memory %s holds a version that cannot be read (%s): move the file aside to start a new one."
              .formatted(
                  file.name(), String.valueOf(e.getMessage()).lines().findFirst().orElse("")),
          e);
    }
  }

  private static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("texts are always written", e);
    }
  }
}

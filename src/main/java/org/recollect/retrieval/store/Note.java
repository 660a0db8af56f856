package org.recollect.retrieval.store;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What an agent writes down: a turn as it was said, a fact, a summary, a note.
///
/// ```java
/// Note.of("f7", "fact", "Ada moved to Oslo.").about("Ada", "city", "Oslo").from("turn 12")
/// ```
///
/// @param id of the entry; two notes of one id are two versions of it
/// @param kind a free word, such as `turn`, `fact` or `summary`
/// @param text what it says; may be empty
/// @param subject whom or what it is about; may be empty
/// @param relation what it says about that, such as `city`; may be empty
/// @param value what holds, such as `Oslo`; may be empty
/// @param session where it was written, such as a dialogue's name; may be empty
/// @param attributes anything else by name, such as keywords or an importance; ordered by name
/// @param sources ids of what it was made from: entries, or passages outside the store
/// @param links ids of entries that it points at without being made from them
/// @param payload bytes besides the text
public record Note(
    String id,
    String kind,
    String text,
    String subject,
    String relation,
    String value,
    String session,
    Map<String, String> attributes,
    List<String> sources,
    List<String> links,
    Payload payload) {

  public Note {
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    sources = distinct(sources);
    links = distinct(links);
    if (id.isBlank() || kind.isBlank()) {
      throw new IllegalArgumentException(
          "A note needs an id and a kind, but got '%s' and '%s': give both.".formatted(id, kind));
    }
    if (sources.contains(id)) {
      throw new IllegalArgumentException(
          "The note '%s' names itself as its source: leave that out.".formatted(id));
    }
    var utf8 = StandardCharsets.UTF_8.newEncoder();
    if (!strings(id, kind, text, subject, relation, value, session, attributes, sources, links)
        .allMatch(utf8::canEncode)) {
      throw new IllegalArgumentException(
          "The note '%s' has half of a character somewhere, which no file can keep: mend its texts."
              .formatted(id));
    }
  }

  /// A note that says something, about nothing in particular.
  public static Note of(String id, String kind, String text) {
    return new Note(id, kind, text, "", "", "", "", Map.of(), List.of(), List.of(), Payload.NONE);
  }

  /// This note under another id.
  public Note as(String id) {
    return new Note(
        id, kind, text, subject, relation, value, session, attributes, sources, links, payload);
  }

  /// With this text in place of its own.
  public Note saying(String text) {
    return new Note(
        id, kind, text, subject, relation, value, session, attributes, sources, links, payload);
  }

  /// About this subject.
  public Note about(String subject) {
    return about(subject, relation, value);
  }

  /// Stating a fact: of this subject the relation has this value.
  public Note about(String subject, String relation, String value) {
    return new Note(
        id, kind, text, subject, relation, value, session, attributes, sources, links, payload);
  }

  /// Written in this session.
  public Note in(String session) {
    return new Note(
        id, kind, text, subject, relation, value, session, attributes, sources, links, payload);
  }

  /// With an attribute, in place of an earlier one of the name.
  public Note with(String name, String value) {
    var more = new TreeMap<>(attributes);
    more.put(name, value);
    return new Note(
        id, kind, text, subject, relation, this.value, session, more, sources, links, payload);
  }

  /// Made from these too.
  public Note from(String... sources) {
    return from(Arrays.asList(sources));
  }

  /// Made from these too.
  public Note from(Collection<String> sources) {
    return new Note(
        id,
        kind,
        text,
        subject,
        relation,
        value,
        session,
        attributes,
        union(this.sources, sources),
        links,
        payload);
  }

  /// Pointing at these too.
  public Note linkedTo(String... links) {
    return new Note(
        id,
        kind,
        text,
        subject,
        relation,
        value,
        session,
        attributes,
        sources,
        union(this.links, Arrays.asList(links)),
        payload);
  }

  /// With these bytes besides its text.
  public Note carrying(Payload payload) {
    return new Note(
        id, kind, text, subject, relation, value, session, attributes, sources, links, payload);
  }

  /// What it claims: its value, or its text where it has none.
  public String claim() {
    return value.isEmpty() ? text : value;
  }

  /// Size of all its fields, in bytes of UTF-8, and of its payload.
  public long bytes() {
    return payload.size()
        + strings(id, kind, text, subject, relation, value, session, attributes, sources, links)
            .mapToLong(each -> each.getBytes(StandardCharsets.UTF_8).length)
            .sum();
  }

  /// Without these among its sources and links.
  Note without(Collection<String> ids) {
    return new Note(
        id,
        kind,
        text,
        subject,
        relation,
        value,
        session,
        attributes,
        difference(sources, ids),
        difference(links, ids),
        payload);
  }

  private static Stream<String> strings(
      String id,
      String kind,
      String text,
      String subject,
      String relation,
      String value,
      String session,
      Map<String, String> attributes,
      List<String> sources,
      List<String> links) {
    return Stream.of(
            Stream.of(id, kind, text, subject, relation, value, session),
            attributes.keySet().stream(),
            attributes.values().stream(),
            sources.stream(),
            links.stream())
        .flatMap(each -> each);
  }

  private static List<String> distinct(Collection<String> ids) {
    return List.copyOf(new LinkedHashSet<>(ids));
  }

  private static List<String> union(Collection<String> one, Collection<String> other) {
    var all = new LinkedHashSet<>(one);
    all.addAll(other);
    return List.copyOf(all);
  }

  private static List<String> difference(Collection<String> all, Collection<String> without) {
    var rest = new ArrayList<>(all);
    rest.removeAll(without);
    return rest;
  }
}

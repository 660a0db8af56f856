package org.recollect.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.math.BigInteger;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;

/// SHA-256 of what defines a trial: values by their content, code by its compiled classes.
public final class Fingerprint {
  private static final String LIBRARY_PACKAGE = "org/recollect";

  /// Jupyter's side shows results and cannot change them.
  private static final String NOT_HASHED = "org/recollect/notebook/";

  /// Stands for code whose bytes cannot be read, such as a lambda typed in a cell: rows that it
  /// made are served to this process only.
  private static final String THIS_PROCESS = UUID.randomUUID().toString();

  private final MessageDigest digest = sha256();

  private Fingerprint() {}

  /// The digest of values: numbers, text, booleans, enum constants, and lists, maps (in any order)
  /// and records of these; of anything else that is [Configured] what it says. A record or function
  /// from outside the library counts with its code.
  ///
  /// @return 64 hexadecimal digits
  /// @throws IllegalArgumentException for a value whose content cannot be seen
  public static String of(Object... values) {
    var fingerprint = new Fingerprint();
    fingerprint.add(Arrays.asList(values));
    return fingerprint.hex();
  }

  /// The digest of the library's own compiled classes, those for Jupyter left out: changed code
  /// never serves the rows of the code before.
  public static String library() {
    return Library.DIGEST;
  }

  /// The digest of a class from outside the library, its superclasses and all that is nested with
  /// them; the same for every class of the library, which [#library] covers.
  public static String code(Class<?> type) {
    var fingerprint = new Fingerprint();
    for (Class<?> each = type;
        each != null && !each.getName().startsWith("java.") && !inLibrary(each);
        each = each.getSuperclass()) {
      Arrays.stream(each.getNestHost().getNestMembers())
          .sorted(Comparator.comparing(Class::getName))
          .forEach(fingerprint::addCode);
      if (each.isHidden()) {
        fingerprint.text(THIS_PROCESS);
      }
    }
    return fingerprint.hex();
  }

  private void add(Object value) {
    switch (value) {
      case null -> text("null");
      case Number number -> text("number").text(decimal(number));
      case CharSequence text -> text("text").text(text.toString());
      case Boolean flag -> text("flag").text(flag.toString());
      case Enum<?> constant -> text("constant").text(constant.name());
      case Map<?, ?> map -> addMap(map);
      case List<?> list -> {
        text("list").text(Integer.toString(list.size()));
        list.forEach(this::add);
      }
      case Record record -> addRecord(record);
      case Configured configured -> {
        text("configured").text(value.getClass().getName()).text(code(value.getClass()));
        addMap(configured.configuration());
      }
      default -> addFunction(value);
    }
  }

  private void addMap(Map<?, ?> map) {
    text("map").text(Integer.toString(map.size()));
    map.entrySet().stream()
        .sorted(Comparator.comparing(entry -> String.valueOf(entry.getKey())))
        .forEach(entry -> {
          text(String.valueOf(entry.getKey()));
          add(entry.getValue());
        });
  }

  private void addRecord(Record record) {
    text("record").text(record.getClass().getName()).text(code(record.getClass()));
    for (var component : record.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        text(component.getName());
        add(component.getAccessor().invoke(record));
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw new IllegalArgumentException(
            "The component '%s' of %s cannot be read for the hash: make the record public."
                .formatted(component.getName(), record.getClass().getName()),
            e);
      }
    }
  }

  /// What a function has captured cannot be seen, so it stands for this process only.
  private void addFunction(Object value) {
    Class<?> type = value.getClass();
    boolean stateless =
        Arrays.stream(type.getDeclaredFields())
            .allMatch(field -> Modifier.isStatic(field.getModifiers()));
    if (type.isHidden() || type.isSynthetic()) {
      text("function").text(THIS_PROCESS);
    } else if (stateless && type.getSuperclass() == Object.class) {
      text("object").text(type.getName()).text(code(type));
    } else {
      throw new IllegalArgumentException(
          ("A value of %s cannot be hashed, because its content cannot be seen: give numbers, text,"
                  + " booleans, enum constants, or lists, maps and records of these.")
              .formatted(type.getName()));
    }
  }

  private void addCode(Class<?> type) {
    String file = type.getName().substring(type.getName().lastIndexOf('.') + 1) + ".class";
    try (InputStream bytes = type.getResourceAsStream(file)) {
      text(type.getName());
      if (bytes == null) {
        text(THIS_PROCESS);
      } else {
        digest.update(bytes.readAllBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Length first, so that no two sequences of texts read the same.
  private Fingerprint text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update((bytes.length + ":").getBytes(StandardCharsets.UTF_8));
    digest.update(bytes);
    return this;
  }

  private String hex() {
    return HexFormat.of().formatHex(digest.digest());
  }

  private static String decimal(Number number) {
    return number instanceof Long || number instanceof BigInteger
        ? number.toString()
        : Settings.show(number.doubleValue());
  }

  private static boolean inLibrary(Class<?> type) {
    return Objects.equals(location(type), location(Fingerprint.class));
  }

  private static Object location(Class<?> type) {
    CodeSource source = type.getProtectionDomain().getCodeSource();
    return source == null || source.getLocation() == null ? "" : source.getLocation().toString();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /// Computed once, on first use.
  private static final class Library {
    static final String DIGEST = hash();

    private static String hash() {
      try {
        var source = Fingerprint.class.getProtectionDomain().getCodeSource().getLocation();
        Path place = Path.of(source.toURI());
        if (Files.isDirectory(place)) {
          return classes(place);
        }
        try (var jar = FileSystems.newFileSystem(place)) {
          return classes(jar.getPath("/"));
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (URISyntaxException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /// The digest of the compiled classes below a root that holds `org/recollect`.
  static String classes(Path root) throws IOException {
    var fingerprint = new Fingerprint();
    try (var files = Files.walk(root.resolve(LIBRARY_PACKAGE))) {
      var names =
          files
              .map(file -> root.relativize(file).toString().replace('\\', '/'))
              .filter(name -> name.endsWith(".class") && !name.startsWith(NOT_HASHED))
              .sorted()
              .toList();
      for (String name : names) {
        fingerprint.text(name);
        fingerprint.digest.update(Files.readAllBytes(root.resolve(name)));
      }
    }
    return fingerprint.hex();
  }
}

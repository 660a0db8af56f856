package org.recollect.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JdkSourcesTest {
  @TempDir Path folder;

  @Test
  void aPackageIsItselfAndWithTwoDotsAllBelow() throws IOException {
    var sources =
        archive(
            Map.of(
                "java.base/java/util/List.java", "1",
                "java.base/java/util/zip/Zip.java", "2",
                "java.base/java/utility/No.java", "3",
                "java.base/module-info.java", "4",
                "java.base/sun/nio/cs/Tables.java", "7",
                "java.base/java/util/notes.txt", "5",
                "java.sql/java/sql/Date.java", "6"));
    assertEquals("1", texts(sources.read("java.util")));
    assertEquals("12", texts(sources.read("java.util..")));
    assertEquals("16", texts(sources.read("java.sql", "java.util")));
    // All of java.base but its generated character tables, in the order of the names.
    assertEquals("1234", texts(sources.read()));
    assertEquals("7", texts(sources.read("sun..")));
    assertEquals("JDK java.util java.sql", sources.read("java.util", "java.sql").name());
    for (String wrong : new String[] {"java.utl", "", "java", "util", "java.util.zip.Zip"}) {
      var problem = assertThrows(IllegalArgumentException.class, () -> sources.read(wrong));
      assertTrue(problem.getMessage().contains("no package '" + wrong + "'"));
    }
  }

  @Test
  void onlyCommentsAboutRightsAreStripped() {
    var code = "package a;\n/* Copyright inside */ class A {}\n";
    for (String header :
        new String[] {
          "",
          "/*\n * Copyright (c) 1997\n */\n\n",
          "/*\n * Licence: GPL\n */\n\n/*\n * LICENSE: other\n */\n",
          "/** Copyright */",
          "// Copyright\n// and more\n\n",
        }) {
      assertEquals(code, JdkSources.withoutLicence(header + code));
    }
    var documented = "/** What this package is for. */\n" + code;
    assertEquals(documented, JdkSources.withoutLicence("/* copyright */\n" + documented));
    assertEquals(
        "/* copyright, never closed", JdkSources.withoutLicence("/* copyright, never closed"));
    assertEquals("", JdkSources.withoutLicence("// copyright"));
  }

  @Test
  void missingSourcesNameTheRemedy() {
    var problem =
        assertThrows(
            IllegalStateException.class, () -> new JdkSources(folder.resolve("src.zip")).read());
    assertTrue(problem.getMessage().contains("install the source package"));
    assertTrue(problem.getMessage().contains("RECOLLECT_JDK_SOURCES"));
  }

  @Test
  void whatIsNoArchiveOfSourcesIsRefused() throws IOException {
    var file = Files.writeString(folder.resolve("src.zip"), "not a zip");
    var problem = assertThrows(IllegalStateException.class, () -> new JdkSources(file).read());
    assertTrue(problem.getMessage().contains("cannot be read as the source archive"));
    var other = archive(Map.of("readme.txt", "", "Main.java", ""));
    problem = assertThrows(IllegalStateException.class, other::read);
    assertTrue(problem.getMessage().contains("it has no java.base"));
  }

  /// Whatever is broken in an archive, it is read or refused in one sentence.
  @Test
  void damagedArchivesNeverBreakAnything() throws IOException {
    var intact =
        Files.readAllBytes(
            archive(Map.of("java.base/a/A.java", "a".repeat(500), "java.base/a/B.java", "bcd"))
                .archive());
    for (int seed = 0; seed < 1000; seed++) {
      var random = new Random(seed);
      var damaged =
          Arrays.copyOf(
              intact, random.nextInt(4) == 0 ? random.nextInt(intact.length) : intact.length);
      for (int i = random.nextInt(4); i >= 0 && damaged.length > 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      var sources = new JdkSources(Files.write(folder.resolve("damaged.zip"), damaged));
      try {
        assertTrue(sources.read().documents().size() <= 2, "seed " + seed);
      } catch (IllegalStateException refused) {
        assertTrue(refused.getMessage().contains("cannot be read"), "seed " + seed);
      }
    }
  }

  /// An entry that unpacks to more than it may is refused, whatever its header says.
  @Test
  void bombsAreRefused() throws IOException {
    var sources =
        archive(Map.of("java.base/java/util/Bomb.java", " ".repeat(Corpora.MAX_FILE_BYTES + 1)));
    assertTrue(Files.size(sources.archive()) < 100_000);
    var problem = assertThrows(IllegalStateException.class, sources::read);
    assertTrue(problem.getMessage().contains("larger than 16 MiB"));
  }

  @Test
  void theRunningJdkHasItsUtilities() {
    assumeTrue(Files.isRegularFile(JdkSources.locate()), "this JDK came without its sources");
    var util = Corpora.jdk("java.util");
    var list =
        util.documents().stream()
            .filter(document -> document.name().equals("java.base/java/util/List.java"))
            .findFirst()
            .orElseThrow();
    assertTrue(list.text().startsWith("package java.util;"));
    assertTrue(list.text().contains("interface List<E>"));
    assertFalse(util.documents().stream().anyMatch(document -> document.name().contains("/zip/")));
    assertEquals(util.digest(), Corpora.jdk("java.util").digest());
  }

  private static String texts(Corpus corpus) {
    return corpus.lines().reduce("", String::concat);
  }

  private JdkSources archive(Map<String, String> entries) throws IOException {
    var file = folder.resolve("src.zip");
    try (var zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue().getBytes(StandardCharsets.UTF_8));
      }
    }
    return new JdkSources(file);
  }
}

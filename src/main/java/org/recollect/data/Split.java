package org.recollect.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/// The part of a corpus that a document belongs to: 80 % train, 10 % validation, 10 % test.
///
/// The part depends on the document's name alone, through its SHA-256. So a file stays where it is
/// when other files come or go and when its text is edited: a model trained on one release of the
/// JDK has not seen the validation files of the next one under the same names. Files that a
/// template generated from one source carry different names and may fall into different parts.
public enum Split {
  TRAIN,
  VALIDATION,
  TEST;

  /// The part of the document of this name.
  public static Split of(String name) {
    byte[] hash = hash(name);
    int tenth = ((hash[0] & 0xff) << 16 | (hash[1] & 0xff) << 8 | (hash[2] & 0xff)) % 10;
    return tenth < 8 ? TRAIN : tenth == 8 ? VALIDATION : TEST;
  }

  static byte[] hash(String name) {
    return sha256().digest(name.getBytes(StandardCharsets.UTF_8));
  }

  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}

package org.recollect.model;

import java.util.Random;

/// Short texts that mix code, white space of all kinds, digits and any Unicode scalar values.
final class RandomText {
  private static final String CODE =
      "int x = foo(bar_1, 23);\n\t  return \"a b\"; \r\n// {}[]<>&|!?~^@#$%'`\\";

  private RandomText() {}

  static String next(Random random) {
    var text = new StringBuilder();
    int length = random.nextInt(40);
    while (text.length() < length) {
      int point =
          switch (random.nextInt(6)) {
            case 0 -> random.nextInt(Character.MAX_CODE_POINT + 1);
            case 1 -> random.nextInt(0x300);
            case 2 -> " \t\n\r \u000b\u00a0\u2028".charAt(random.nextInt(8));
            default -> CODE.charAt(random.nextInt(CODE.length()));
          };
      boolean surrogate = point >= Character.MIN_SURROGATE && point <= Character.MAX_SURROGATE;
      text.appendCodePoint(surrogate ? '?' : point);
    }
    return text.toString();
  }
}

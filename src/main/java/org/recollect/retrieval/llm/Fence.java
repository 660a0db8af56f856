package org.recollect.retrieval.llm;

import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// The lines between which data stands in a prompt: `<<<code name` and `code>>>`, with a code that
/// occurs nowhere in the data.
///
/// Within, every character that could leave its place without being seen, or that servers read as
/// their own sign, is written as a backslash, `u` and its number in hexadecimal digits between
/// braces: control and format characters but for line feed and tab (and the joiners that words in
/// Persian and signs in emoji need), separators of lines and paragraphs, halves of characters, and
/// the first character of the signs by which chat templates mark roles. These are the ones in use
/// today; there may be others tomorrow.
///
/// @param code 16 hexadecimal digits
record Fence(String code) {

  private static final Pattern UNSAFE =
      Pattern.compile(
          "[\\p{Cc}\\p{Cf}\\p{Cs}\\p{Zl}\\p{Zp}&&[^\\n\\t\\u200C\\u200D]]"
              + "|\\\\(?=u\\{)"
              + "|<(?=[|\\uFF5C]|/?s>|(?:bos|eos|pad|unk|start_of_turn|end_of_turn|/?think)>|</?SYS>>)"
              + "|\\[(?=/?(?:INST|SYSTEM_PROMPT|TOOL_CALLS|TOOL_RESULTS|AVAILABLE_TOOLS)\\])");

  private static final Pattern WRITTEN = Pattern.compile("\\\\u\\{([0-9A-F]{1,6})\\}");

  /// The fence around some data: the beginning of the SHA-256 of all names and texts. In the case,
  /// not to be brought about, that this occurs in one of them, that of the next number is taken.
  static Fence around(Collection<PromptText.Block> blocks) {
    for (int number = 0; ; number++) {
      var code = code(blocks, number);
      if (blocks.stream().noneMatch(block -> block.text().contains(code))) {
        return new Fence(code);
      }
    }
  }

  private static String code(Collection<PromptText.Block> blocks, int number) {
    var text = new StringBuilder().append(number);
    for (var block : blocks) {
      // Lengths first, so that no two lists of blocks read the same.
      for (String part : List.of(block.name(), neutral(block.text()))) {
        text.append(':').append(part.length()).append(':').append(part);
      }
    }
    return HexFormat.of().formatHex(CanonicalRequest.sha256(text.toString()), 0, 8);
  }

  String open(String name) {
    return "<<<" + code + " " + name;
  }

  String close() {
    return code + ">>>";
  }

  /// The text as it may stand between the fences.
  static String neutral(String text) {
    return UNSAFE
        .matcher(text)
        .replaceAll(found -> "\\\\u{%X}".formatted(found.group().codePointAt(0)));
  }

  /// The text that was neutralised.
  static String original(String neutral) {
    return WRITTEN.matcher(neutral).replaceAll(Fence::character);
  }

  private static String character(MatchResult written) {
    return java.util.regex.Matcher.quoteReplacement(
        Character.toString(Integer.parseInt(written.group(1), 16)));
  }
}

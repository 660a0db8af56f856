package org.recollect.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The frame that an answer stands in. Tasks of different styles show which part of forgetting is
/// superficial: the content is still right, but it stands in the frame of a task learned later
/// (SEFE, 2025; the frames are ours).
///
/// | style | an answer | its prompt ends with |
/// |---|---|---|
/// | plain | ` 6 0 3 ;` | ` =` |
/// | sentence | ` it is 6 0 3 ;` | ` sentence =` |
/// | tag | ` < 6 0 3 > ;` | ` tag =` |
/// | quote | ` " 6 0 3 " ;` | ` quote =` |
/// | emphasis | ` 6 0 3 indeed ;` | ` emphasis =` |
///
/// The prompt asks for every style but the plain one, so that one skill can be taught in several
/// styles without contradiction. A model that meets only one style in a task is free to overlook
/// the request.
public enum AnswerStyle {
  PLAIN("", ""),
  SENTENCE("it is ", ""),
  TAG("< ", " >"),
  QUOTE("\" ", " \""),
  EMPHASIS("", " indeed");

  private static final String END = " ;";

  private static final Set<String> FRAMES =
      Arrays.stream(values())
          .flatMap(style -> Stream.of((style.before + style.after + END).split(" +")))
          .collect(Collectors.toUnmodifiableSet());

  private final String before;
  private final String after;

  AnswerStyle(String before, String after) {
    this.before = before;
    this.after = after;
  }

  /// As it reads in tables and in prompts.
  public String title() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// What a prompt ends with.
  String request() {
    return (this == PLAIN ? "" : " " + title()) + " =";
  }

  /// An answer of this content.
  String framed(String content) {
    return before + content + after + END;
  }

  /// What is left of an output without the words of any frame.
  static String bare(String output) {
    return Arrays.stream(output.split(" "))
        .filter(word -> !FRAMES.contains(word))
        .collect(Collectors.joining(" "));
  }

  /// An output up to its end, words one space apart.
  static String said(String output) {
    var words = " " + output.strip().replaceAll("\\s+", " ") + " ";
    int end = words.indexOf(END + " ");
    return (end < 0 ? words : words.substring(0, end + END.length())).strip();
  }

  /// The words of all frames and requests, one text a style.
  static List<String> words() {
    return Arrays.stream(values())
        .map(style -> style.framed(style == PLAIN ? "" : style.title()).strip())
        .toList();
  }
}

package org.recollect.notebook.render;

import com.google.gson.JsonParser;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/// One value in several forms, of which a front end picks the richest that it can show.
///
/// @param data MIME type to content, Base64 for pictures of pixels; `text/plain` is always there
public record MimeBundle(SequencedMap<String, String> data) {
  public static final String TEXT = "text/plain";
  public static final String HTML = "text/html";
  public static final String MARKDOWN = "text/markdown";
  public static final String LATEX = "text/latex";
  public static final String SVG = "image/svg+xml";
  public static final String PNG = "image/png";

  /// A verdict for programs: `{paper, scale, claims: [{claim, outcome}]}`.
  public static final String VERDICT = "application/vnd.recollect.verdict+json";

  public MimeBundle {
    if (!data.containsKey(TEXT)) {
      throw new IllegalArgumentException(
          "A bundle needs text/plain for logs and consoles; it has " + data.keySet() + ".");
    }
    data = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(data));
  }

  /// A bundle of text alone.
  public static MimeBundle text(String text) {
    return new MimeBundle(new LinkedHashMap<>(Collections.singletonMap(TEXT, text)));
  }

  public MimeBundle html(String html) {
    return with(HTML, html);
  }

  public MimeBundle markdown(String markdown) {
    return with(MARKDOWN, markdown);
  }

  /// @param latex with its delimiters, as in `$$a^2$$`
  public MimeBundle latex(String latex) {
    return with(LATEX, latex);
  }

  public MimeBundle svg(String svg) {
    return with(SVG, svg);
  }

  /// @param png the bytes of a PNG file
  public MimeBundle png(byte[] png) {
    return with(PNG, Base64.getEncoder().encodeToString(png));
  }

  /// @param json an object
  public MimeBundle verdict(String json) {
    return with(VERDICT, json);
  }

  private MimeBundle with(String type, String content) {
    var more = new LinkedHashMap<>(data);
    more.put(type, content);
    return new MimeBundle(more);
  }

  /// What a front end is sent of a content: JSON as itself, all else as text.
  static Object message(String type, String content) {
    return type.endsWith("json") ? JsonParser.parseString(content) : content;
  }
}

package org.recollect.papers;

/// The text under "how to cite" of a paper.
final class Citation {
  /// The year in which the project's notebooks first appeared.
  private static final int NOTEBOOKS_SINCE = 2026;

  private Citation() {}

  static String of(Paper paper) {
    String line = "%s (%d).".formatted(paper.title(), paper.year());
    return paper.notebook().map(path -> line + "\n\n" + entry(paper, path)).orElse(line);
  }

  private static String entry(Paper paper, String notebook) {
    return """
    @misc{recollect-%s,
      title        = {{%s}, an experiment in {Recollect}},
      year         = {%d},
      howpublished = {Jupyter notebook, notebooks/%s},
      note         = {After {%s} (%d)}
    }\
    """
        .formatted(
            paper.id(),
            escape(paper.shortName()),
            NOTEBOOKS_SINCE,
            notebook,
            escape(paper.title()),
            paper.year());
  }

  /// BibTeX hands the text to TeX, in which these characters are commands.
  private static String escape(String text) {
    return text.replaceAll("[&%$#_]", "\\\\$0").replace("^", "\\textasciicircum{}");
  }
}

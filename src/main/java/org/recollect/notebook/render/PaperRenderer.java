package org.recollect.notebook.render;

import java.util.List;
import java.util.stream.Collectors;
import org.recollect.papers.Claim;
import org.recollect.papers.Expectation;
import org.recollect.papers.Paper;

/// A paper of the catalogue: what it is about, and what it claims.
final class PaperRenderer {
  private PaperRenderer() {}

  static MimeBundle render(Paper paper) {
    List<List<String>> claims =
        paper.claims().stream()
            .map(claim -> List.of(claim.statement(), claim.paperFigure(), expected(claim)))
            .toList();
    var headers = List.of("claim", "paper's figure", "holds if");
    var grid = new Grid("", headers, List.of(false, false, false), claims, List.of(), "");
    String html =
        """
        <div class="recollect-paper"><p><b>%s</b> (%d), %s</p><p>%s</p><p>%s</p>
        <details open><summary>Claims</summary>%s</details></div>
        """
            .formatted(
                Grid.escape(paper.title()),
                paper.year(),
                Grid.escape(paper.family().label()),
                Grid.escape(paper.problem()),
                Grid.escape(paper.idea()),
                grid.html());
    return MimeBundle.text(text(paper)).html(html);
  }

  private static String text(Paper paper) {
    String head =
        "%s (%d)\n%s\n%s".formatted(paper.title(), paper.year(), paper.problem(), paper.idea());
    return paper.claims().stream()
        .map(claim -> "- " + claim.statement() + " [" + claim.paperFigure() + "]")
        .collect(Collectors.joining("\n", head + "\n", ""));
  }

  private static String expected(Claim claim) {
    return claim.expectation().map(Expectation::describe).orElse("no study of it yet");
  }
}

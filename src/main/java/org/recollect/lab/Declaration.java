package org.recollect.lab;

import java.util.Comparator;
import org.recollect.papers.Claim;
import org.recollect.papers.Paper;

/// What is on record when a paper's claims are declared before a run: the digest of what must be
/// measured for each to hold. Rewording a statement keeps it, moving a goal post does not.
final class Declaration {
  private Declaration() {}

  static String of(Paper paper) {
    var expected =
        paper.claims().stream()
            .filter(claim -> claim.expectation().isPresent())
            .sorted(Comparator.comparing(Claim::id))
            .map(claim -> claim.id() + ": " + claim.expectation().get())
            .toList();
    return Fingerprint.of(paper.id(), expected);
  }
}

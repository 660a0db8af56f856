package org.recollect.notebook.render;

import java.util.List;
import org.recollect.lab.Ledger;

/// What something cost.
final class LedgerRenderer {
  private LedgerRenderer() {}

  static MimeBundle render(Ledger ledger) {
    var rows =
        List.of(
            List.of("seconds", Numbers.show(ledger.seconds())),
            List.of("tokens", Numbers.show(ledger.tokens())),
            List.of("bytes", Numbers.show(ledger.bytes())),
            List.of("FLOP", Numbers.show(ledger.flop())),
            List.of("model calls", Numbers.show(ledger.modelCalls())));
    var grid = new Grid("Cost", List.of(), List.of(false, true), rows, List.of(), "");
    return MimeBundle.text(ledger.toString()).html(grid.html());
  }
}

package org.recollect.notebook;

import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.dflib.jjava.jupyter.channels.ShellReplyEnvironment;
import org.dflib.jjava.jupyter.kernel.JupyterIO;

/// Where a cell prints, reads and shows. Mutable: bound to the cell that ran last, so that what its
/// threads print after its end still reaches the notebook.
final class CellStreams extends JupyterIO {
  private final PrintStream processOut = System.out;
  private final PrintStream processErr = System.err;
  private final InputStream processIn = System.in;

  CellStreams() {
    super(StandardCharsets.UTF_8);
  }

  /// Sends what follows to the front end as output of the cell that `environment` answers.
  void attach(ShellReplyEnvironment environment, boolean mayAskForInput) {
    setEnv(environment);
    setJupyterInEnabled(mayAskForInput);
    System.setOut(out);
    System.setErr(err);
    System.setIn(in);
  }

  /// Sends what was printed without an end of line.
  void flush() {
    out.flush();
    err.flush();
  }

  /// Gives the process its own streams back.
  void detach() {
    System.setOut(processOut);
    System.setErr(processErr);
    System.setIn(processIn);
  }
}

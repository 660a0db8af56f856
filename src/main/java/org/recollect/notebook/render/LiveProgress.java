package org.recollect.notebook.render;

import org.recollect.lab.Progress;

/// The progress of a study as one display that is updated in place, and as plain lines in the log
/// of the process. Mutable: remembers the display of the study that runs.
public final class LiveProgress implements Progress.Sink {
  private String display;
  private Progress last;

  @Override
  public synchronized void show(Progress progress) {
    boolean begins = last == null || progress.elapsed().compareTo(last.elapsed()) < 0;
    if (begins) {
      display = Display.show(progress);
    } else {
      Display.update(display, progress);
    }
    last = progress.finished() ? null : progress;
  }

  static MimeBundle render(Progress progress) {
    String bar =
        progress.finished()
            ? ""
            : "<progress value=\"%d\" max=\"%d\"></progress> "
                .formatted(progress.done(), progress.total());
    String html =
        "<div class=\"recollect-progress\">" + bar + Grid.escape("" + progress) + "</div>";
    return MimeBundle.text(progress.toString()).html(html);
  }
}

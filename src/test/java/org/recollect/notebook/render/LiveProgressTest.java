package org.recollect.notebook.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.recollect.lab.Progress;
import org.recollect.lab.Settings;

class LiveProgressTest {
  private record Shown(String kind, String id) {}

  private final List<Shown> shown = new ArrayList<>();

  private final Display.Front front =
      new Display.Front() {
        @Override
        public void show(String id, Object value) {
          shown.add(new Shown("show", id));
        }

        @Override
        public void update(String id, Object value) {
          shown.add(new Shown("update", id));
        }
      };

  @AfterEach
  void restore() {
    Display.showIn(Display.CONSOLE);
  }

  @Test
  void oneDisplayPerStudyIsUpdatedInPlace() {
    Display.showIn(front);
    var live = new LiveProgress();
    for (int study = 0; study < 2; study++) {
      for (int done = 0; done <= 3; done++) {
        live.show(progress(done, 3, 4 * done));
      }
    }
    assertEquals(
        List.of("show", "update", "update", "update", "show", "update", "update", "update"),
        shown.stream().map(Shown::kind).toList());
    assertEquals(1, shown.subList(0, 4).stream().map(Shown::id).distinct().count());
    assertEquals(2, shown.stream().map(Shown::id).distinct().count());
  }

  @Test
  void studyThatBrokeOffDoesNotLendItsDisplayToTheNext() {
    Display.showIn(front);
    var live = new LiveProgress();
    live.show(progress(1, 3, 9));
    live.show(progress(0, 3, 0));
    assertEquals(2, shown.stream().map(Shown::id).distinct().count());
  }

  @Test
  void displaySaysTrialArmTimeAndEstimate() {
    var data = LiveProgress.render(progress(2, 12, 12)).data();
    String html = data.get(MimeBundle.HTML);
    assertTrue(html.contains("<progress value=\"2\" max=\"12\">"), html);
    for (String part : List.of("trial 3 of 12", "int8", "12 s", "40 s left")) {
      assertTrue(html.contains(part), html);
      assertTrue(data.get(MimeBundle.TEXT).contains(part));
    }
  }

  private static Progress progress(int done, int total, int seconds) {
    return new Progress(
        "KvStudy",
        done,
        total,
        0,
        0,
        "int8",
        Settings.NONE,
        1,
        Duration.ofSeconds(seconds),
        Optional.of(Duration.ofSeconds(40)));
  }
}

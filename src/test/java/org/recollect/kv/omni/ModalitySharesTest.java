package org.recollect.kv.omni;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.data.GlyphStyle;
import org.recollect.data.Glyphs;

class ModalitySharesTest {

  private static final Layout USUAL = ClipWorld.usual().layout(1);

  @ParameterizedTest
  @CsvSource({".10,.35", ".15,.45", ".25,.55", ".35,.65", "1,1"})
  void soundKeepsThePapersShares(double overall, double audio) {
    assertEquals(audio, ModalityShares.of(overall, USUAL).audio(), 1e-12);
  }

  @ParameterizedTest
  @ValueSource(doubles = {.02, .1, .2, .25, .3, .5, .9, 1})
  void bothTogetherKeepTheShareAskedFor(double overall) {
    var parted = ModalityShares.of(overall, USUAL);
    double kept = parted.video() * USUAL.count(Modality.VIDEO);
    kept += parted.audio() * USUAL.count(Modality.AUDIO);
    assertEquals(overall * 160, kept, 1e-9);
    assertTrue(parted.video() > 0 && parted.video() <= parted.audio(), parted.toString());
  }

  @Test
  void whereSoundPrevailsBothKeepTheSame() {
    var noisy =
        new ClipWorld(Glyphs.of("ABC").sized(8), GlyphStyle.PLAIN, 3, 2, 30, 2, 0).layout(1);
    assertEquals(new ModalityShares(.1, .1), ModalityShares.of(.1, noisy));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -.1, 1.01, Double.NaN})
  void refusesWhatIsNoShare(double overall) {
    assertThrows(IllegalArgumentException.class, () -> ModalityShares.of(overall, USUAL));
  }
}

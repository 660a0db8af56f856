package org.recollect.continual.preference;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.continual.Base;
import org.recollect.data.Skill;
import org.recollect.data.TaskStreams;
import org.recollect.lab.Meter;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

class LogLikelihoodTest {

  /// Answers of different lengths side by side, against minus the mean loss of each alone times its
  /// number of tokens.
  @Test
  void isTheSumOverEachAnswersTokens() {
    var stream = TaskStreams.skills(3, 1, 1, Skill.COPY, Skill.ADD, Skill.MODULO);
    try (var trainee = Base.words(24, 2).begin(stream, 1, new Meter());
        var _ = Torch.newScope();
        var _ = Torch.withoutGradients()) {
      var lessons = stream.lessons();
      float[] together = Memory.toFloats(Dpo.logLikelihoods(trainee, lessons));
      assertEquals(lessons.size(), together.length);
      for (int i = 0; i < together.length; i++) {
        var alone = List.of(lessons.get(i));
        double expected = -trainee.loss(alone).getFloat() * trainee.targets(alone).size();
        assertEquals(expected, together[i], 1e-3, "lesson " + i);
      }
    }
  }
}

package org.recollect.unlearning.analytic;

import java.util.Map;
import org.recollect.lab.Arm;

/// A way to make a linear classifier on fixed features forget: an arm of an [AnalyticStudy].
public interface HeadEraser extends Arm {

  /// Learns what there is to learn; nothing is forgotten yet.
  HeadErasing begin(Course course);

  /// Nothing that could be chosen.
  @Override
  default Map<String, ?> configuration() {
    return Map.of();
  }
}

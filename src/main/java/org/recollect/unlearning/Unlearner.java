package org.recollect.unlearning;

import org.recollect.lab.Arm;

/// A way to make a model forget: an arm of an [UnlearningStudy].
///
/// It answers a [Request] with a [Forgetting], which the study leads step by step: as many steps as
/// it says, or until as much is forgotten as it says.
public interface Unlearner extends Arm {

  /// Begins to forget; nothing is forgotten yet.
  ///
  /// @throws IllegalArgumentException if the method needs what the request does not give
  Forgetting begin(Request request);
}

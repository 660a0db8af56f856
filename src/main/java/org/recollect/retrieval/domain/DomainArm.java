package org.recollect.retrieval.domain;

import org.recollect.lab.Arm;

/// A way to make a model predict the text of a domain better: an arm of a [DomainStudy].
public interface DomainArm extends Arm {

  /// Learns the domain. Nothing of the task is changed.
  ///
  /// @return what predicts from now on, which the caller closes
  Adapted adapt(DomainTask task);
}

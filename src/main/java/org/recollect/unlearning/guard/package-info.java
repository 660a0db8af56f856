/// Unlearning at the time of answering: the weights stay, and a guard before them decides what is
/// said. [org.recollect.unlearning.guard.GuardedGeneration] is the method,
/// [org.recollect.unlearning.guard.PromptRefusal] and [org.recollect.unlearning.guard.StringFilter]
/// are its simple rivals.
package org.recollect.unlearning.guard;

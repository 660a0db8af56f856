/// Forgetting a whole skill by training on wrong labels, and how far beyond the training examples
/// it reaches: to new questions, to other skills, into the hidden states.
package org.recollect.unlearning.skill;

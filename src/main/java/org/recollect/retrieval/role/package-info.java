/// The decisions that methods hand to a language model, as small models of their own: each is
/// trained on questions that are not asked later, and sees what a language model would see.
package org.recollect.retrieval.role;

/// Unlearning: making a trained model forget what it was told, and judging whether it has. A
/// [org.recollect.unlearning.Respondent] is whoever answers afterwards;
/// [org.recollect.unlearning.measure] has what is measured of its answers,
/// [org.recollect.unlearning.guard] the guards that stand before a model, and
/// [org.recollect.unlearning.vision] what classifiers of images do.
package org.recollect.unlearning;

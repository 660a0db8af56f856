/// Continual tuning: teaching a model one task after another, and measuring what it keeps. A
/// [org.recollect.continual.Strategy] says how; its [org.recollect.continual.Hooks] are the lines
/// of a paper's algorithm, called by a [org.recollect.continual.ContinualStudy] around each task
/// and each step.
package org.recollect.continual;

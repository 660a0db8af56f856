/// The experiment itself: a [Study] compares arms over settings and seeds, a run stores each
/// finished trial, [Results] show and save them, and a verdict holds them against a paper's claims.
package org.recollect.lab;

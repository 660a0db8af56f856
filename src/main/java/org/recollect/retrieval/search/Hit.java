package org.recollect.retrieval.search;

import org.recollect.data.Passage;

/// A passage that was found.
///
/// @param score the higher the better; what it measures depends on the search, and it is comparable
///   within one answer only
/// @param rank its place in the answer, from 1
public record Hit(Passage passage, double score, int rank) {}

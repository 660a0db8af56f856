package org.recollect.kernel;

/// What a decode step found.
///
/// @param output the weighted sums of values `[queryHeads][headDim]`, in the basis of the values
/// @param columnSums the attention that each token received, summed over the queries of a head,
///   `[kvHeads][tokens]` in the order of the pages; a head's sums add up to its number of queries.
///   Null unless the step asked for statistics
/// @param argmax the token with the largest logit of each query head `[queryHeads]`, of equal ones
///   the first. Null unless the step asked for statistics
public record Attended(float[] output, float[] columnSums, int[] argmax) {}

package org.recollect.unlearning.analytic;

import java.util.OptionalInt;

/// One request to forget.
///
/// @param samples their places among all that were learned
/// @param label of the class, where all that is left of one is to go
public record Deletion(int[] samples, OptionalInt label) {}

package org.recollect.lab;

import java.util.Optional;
import org.recollect.papers.Claim;

/// What a study found on one claim.
///
/// @param measured what was seen, in words and numbers; why not, where nothing was
/// @param interval of the advantage over the arm or bound that the claim names, in the unit of the
///   measure, positive for the better; empty where it cannot be given
/// @param units how many paired units it rests on
public record Finding(
    Claim claim, Ruling ruling, String measured, Optional<Interval> interval, int units) {}

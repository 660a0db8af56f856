package org.recollect.kv.omni;

import org.recollect.lab.Measure;

/// What an [OmniStudy] measures. Items are the questions.
public final class OmniMeasures {

  /// Whether answers are right.
  public static final Measure ACCURACY =
      Measure.higher("accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("share of all questions whose answer is the word predicted");

  /// Whether what was seen is known.
  public static final Measure GLYPH_ACCURACY =
      Measure.higher("glyph accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("accuracy where the glyph of a window is asked for");

  /// Whether what was heard is known.
  public static final Measure COUNT_ACCURACY =
      Measure.higher("count accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("accuracy where windows that sound a tone are counted");

  /// Whether the cache can still be used.
  public static final Measure FOLLOW_UP_ACCURACY =
      Measure.higher("follow-up accuracy", "")
          .range(0, 1)
          .digits(3)
          .formula("accuracy of a second question, read on from the cache of the first");

  /// What is kept, text left out.
  public static final Measure RETAINED =
      Measure.lower("retained", "")
          .range(0, 1)
          .digits(3)
          .counted()
          .formula("tokens of pictures and sound read by a layer, by all, mean of the layers");

  /// What a prefill computes.
  public static final Measure PREFILL_FLOP =
      Measure.lower("prefill", "MFLOP")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(1)
          .counted()
          .formula("operations of the layers, the head and the selection itself, counted");

  /// What a prefill saves.
  public static final Measure FLOP_SAVING =
      Measure.higher("fewer FLOP", "x")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .counted()
          .formula("operations of a prefill of all tokens by those of this one");

  /// How fast this machine reads, as a ratio to all tokens in the same trial.
  public static final Measure PREFILL_SPEED =
      Measure.higher("prefill speed", "x all tokens")
          .range(0, Double.POSITIVE_INFINITY)
          .digits(2)
          .geometric()
          .formula("time of a prefill of all tokens by that of this one, the two taking turns");

  private OmniMeasures() {}
}

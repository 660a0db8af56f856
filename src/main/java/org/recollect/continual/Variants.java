package org.recollect.continual;

import java.util.LinkedHashMap;
import java.util.SequencedMap;
import java.util.function.DoubleFunction;

/// What a [StrategyTuner] tries of a strategy: six variants of each, by what tells them apart. The
/// budget is the same whether they differ in the learning rate alone or in a strength as well.
public final class Variants {
  /// How many variants each strategy has.
  public static final int COUNT = 6;

  private static final double[] RATES = {0.25, 0.5, 1, 2, 4, 8};
  private static final double[] TWO_RATES = {0.5, 2};

  private Variants() {}

  /// Six rates, from a quarter of the usual one to eight times of it.
  public static SequencedMap<String, Strategy> rates(Strategy strategy) {
    var variants = new LinkedHashMap<String, Strategy>();
    for (double rate : RATES) {
      variants.put("rate x" + shown(rate), strategy.rate(rate));
    }
    return variants;
  }

  /// Three strengths, each at half of the usual rate and at twice of it.
  ///
  /// @param name of the strength
  /// @param three values
  public static SequencedMap<String, Strategy> strengths(
      String name, DoubleFunction<? extends Strategy> strategy, double... three) {
    var settings = new LinkedHashMap<String, Strategy>();
    for (double strength : three) {
      settings.put(name + " " + shown(strength), strategy.apply(strength));
    }
    return settings(settings);
  }

  /// Three settings of any kind, likewise.
  ///
  /// @param three by what tells them apart
  public static SequencedMap<String, Strategy> settings(
      SequencedMap<String, ? extends Strategy> three) {
    if (three.size() * TWO_RATES.length != COUNT) {
      throw new IllegalArgumentException(
          "A strategy has %d variants, at two rates each of three settings, not of %d."
              .formatted(COUNT, three.size()));
    }
    var variants = new LinkedHashMap<String, Strategy>();
    three.forEach((setting, strategy) -> {
      for (double rate : TWO_RATES) {
        variants.put("%s, rate x%s".formatted(setting, shown(rate)), strategy.rate(rate));
      }
    });
    return variants;
  }

  private static String shown(double value) {
    return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
  }
}

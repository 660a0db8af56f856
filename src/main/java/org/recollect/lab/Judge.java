package org.recollect.lab;

import java.util.List;
import java.util.Optional;
import org.recollect.papers.Claim;
import org.recollect.papers.Expectation;
import org.recollect.papers.Expectation.Better;
import org.recollect.papers.Expectation.Within;
import org.recollect.papers.Paper;

/// Holds the claims of a paper against results.
final class Judge {
  private final Results results;

  Judge(Results results) {
    this.results = results;
  }

  /// @throws IllegalStateException when the paper was not declared before every trial ran
  Verdict verdict(Paper paper) {
    requireDeclared(paper);
    return new Verdict(
        paper,
        results.setup(),
        results.fixed(),
        paper.claims().stream().map(this::finding).toList());
  }

  private void requireDeclared(Paper paper) {
    String declaration = Declaration.of(paper);
    long late =
        results.rows().stream().filter(row -> !row.declared().contains(declaration)).count();
    if (late > 0) {
      throw new IllegalStateException(
          ("The claims of %s were not declared, as they stand now, before %d of the %d trials ran, so"
                  + " these cannot judge them: add .claims(...) and .afresh() to the study and run it"
                  + " again.")
              .formatted(paper.shortName(), late, results.rows().size()));
    }
  }

  private Finding finding(Claim claim) {
    return claim
        .expectation()
        .map(expectation -> finding(claim, expectation))
        .orElseGet(() -> notTested(claim, "no study evaluates this claim yet"));
  }

  private Finding finding(Claim claim, Expectation expectation) {
    var measure = measure(expectation.measure());
    if (measure.isEmpty()) {
      return notTested(claim, "the study did not measure '%s'".formatted(expectation.measure()));
    }
    var arms =
        switch (expectation) {
          case Better better -> List.of(better.arm(), better.than());
          case Within within -> List.of(within.arm());
        };
    var absent = arms.stream().filter(arm -> !results.arms().contains(arm)).toList();
    if (!absent.isEmpty()) {
      return notTested(claim, "not among the arms: " + String.join(", ", absent));
    }
    var pairing = Pairing.of(results.rows(), measure.get(), arms, expectation.where());
    if (pairing.isEmpty()) {
      return notTested(
          claim,
          "no trial of %s finished%s"
              .formatted(
                  String.join(" beside ", arms),
                  expectation.where().isEmpty() ? "" : " where " + expectation.where()));
    }
    return switch (expectation) {
      case Better better -> better(claim, better, pairing);
      case Within within -> within(claim, within, pairing);
    };
  }

  private Finding better(Claim claim, Better better, Pairing pairing) {
    var interval = interval(pairing, 0);
    // Any advantage must be more than none, but an allowance may be used up.
    boolean inclusive = better.margin() < 0;
    var measured =
        "%s %s, %s %s; advantage %s"
            .formatted(
                better.arm(),
                number(pairing, pairing.mean(0)),
                better.than(),
                number(pairing, pairing.mean(1)),
                evidence(pairing, pairing.advantage(0), interval));
    return new Finding(
        claim,
        ruling(interval, better.margin(), inclusive),
        measured,
        interval,
        pairing.units().size());
  }

  private Finding within(Claim claim, Within within, Pairing pairing) {
    var interval = interval(pairing, within.bound());
    var measured =
        "%s %s; distance to %s: %s"
            .formatted(
                within.arm(),
                number(pairing, pairing.mean(0)),
                number(pairing, within.bound()),
                evidence(pairing, pairing.advantage(within.bound()), interval));
    return new Finding(
        claim, ruling(interval, 0, true), measured, interval, pairing.units().size());
  }

  private Optional<Interval> interval(Pairing pairing, double bound) {
    return pairing.suffices() ? Optional.of(pairing.interval(bound)) : Optional.empty();
  }

  private Ruling ruling(Optional<Interval> interval, double threshold, boolean inclusive) {
    if (results.setup().scale() == Scale.SMOKE) {
      return Ruling.SMOKE;
    }
    if (interval.isEmpty()) {
      return Ruling.INCONCLUSIVE;
    }
    double low = interval.get().low() - threshold;
    double high = interval.get().high() - threshold;
    if (inclusive ? low >= 0 : low > 0) {
      return Ruling.SUPPORTED;
    }
    return (inclusive ? high < 0 : high <= 0) ? Ruling.NOT_SUPPORTED : Ruling.INCONCLUSIVE;
  }

  private static String evidence(Pairing pairing, double advantage, Optional<Interval> interval) {
    String value = Rounding.signed(advantage, digits(pairing, interval));
    String counted = pairing.units().size() + (pairing.units().size() == 1 ? " unit" : " units");
    if (interval.isEmpty()) {
      return "%s, too few for an interval: %s, expected %d"
          .formatted(value, counted, Bootstrap.FEWEST_UNITS);
    }
    int digits = digits(pairing, interval);
    return "%s [%s, %s], %s"
        .formatted(
            value,
            Rounding.signed(interval.get().low(), digits),
            Rounding.signed(interval.get().high(), digits),
            pairing.measure().exact() ? "counted" : counted);
  }

  private static int digits(Pairing pairing, Optional<Interval> interval) {
    return interval
        .map(range -> Rounding.decimals(range.width() / 4, pairing.measure().digits()))
        .orElse(pairing.measure().digits());
  }

  private static String number(Pairing pairing, double value) {
    return Rounding.fixed(value, pairing.measure().digits());
  }

  private Optional<Measure> measure(String name) {
    return results.setup().measures().stream()
        .filter(measure -> measure.name().equals(name))
        .findFirst();
  }

  private static Finding notTested(Claim claim, String why) {
    return new Finding(claim, Ruling.NOT_TESTED, why, Optional.empty(), 0);
  }
}

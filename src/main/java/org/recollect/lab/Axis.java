package org.recollect.lab;

/// What an axis of a plot shows: a measure or a swept setting.
sealed interface Axis {
  String title();

  /// @throws IllegalArgumentException when it is a setting that holds no number
  double of(Summary summary);

  record Measured(Measure measure) implements Axis {
    @Override
    public String title() {
      return measure.header();
    }

    @Override
    public double of(Summary summary) {
      return summary.mean(measure);
    }
  }

  record Swept(String setting) implements Axis {
    @Override
    public String title() {
      return setting;
    }

    @Override
    public double of(Summary summary) {
      Object value = summary.settings().values().get(setting);
      if (!(value instanceof Double number)) {
        throw new IllegalArgumentException(
            "The setting '%s' holds %s, which has no place on a numeric axis: use bars() or heat(...)."
                .formatted(setting, Settings.show(value)));
      }
      return number;
    }

    String label(Summary summary) {
      return Settings.show(summary.settings().values().get(setting));
    }
  }
}

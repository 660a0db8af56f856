package org.recollect.kv;

import org.recollect.lab.Settings;
import org.recollect.model.ModelConfig;

/// How much memory a cache may take. The one currency is bytes: a policy keeps as many tokens as
/// its format, metadata included, fits into them. Some papers count keys alone: so can a budget.
@FunctionalInterface
public interface Budget {

  /// The name under which a study sweeps fractions.
  String SETTING = "budget";

  /// The name under which a study sweeps bits of keys alone.
  String KEY_BITS = "key bits";

  /// The bytes allowed for a prompt of so many tokens, all layers together.
  long bytes(int tokens, ModelConfig config);

  /// Whether keys alone are counted, and values and positions come free.
  default boolean keysAlone() {
    return false;
  }

  /// What is left of this budget when so many bytes are spent already.
  default Budget less(long spent) {
    var whole = this;
    return new Budget() {
      @Override
      public long bytes(int tokens, ModelConfig config) {
        return whole.bytes(tokens, config) - spent;
      }

      @Override
      public boolean keysAlone() {
        return whole.keysAlone();
      }
    };
  }

  /// The budget that the settings of a trial name, and a quarter of the cache where they name none.
  static Budget of(Settings settings) {
    if (!settings.has(KEY_BITS)) {
      return fraction(settings.has(SETTING) ? settings.number(SETTING) : 0.25);
    }
    if (settings.has(SETTING)) {
      throw new IllegalArgumentException(
          "A cache has one budget: vary '%s' or '%s', not both.".formatted(SETTING, KEY_BITS));
    }
    return keyBits(settings.number(KEY_BITS));
  }

  /// A fraction of what the same prompt takes in half precision.
  static Budget fraction(double share) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "A budget is a fraction of the half-precision cache, in (0, 1]; it was %s."
              .formatted(share));
    }
    return (tokens, config) -> Math.round(share * halfBytes(tokens, config));
  }

  /// What so many tokens take in half precision.
  static Budget tokens(int kept) {
    if (kept < 1) {
      throw new IllegalArgumentException(
          "A budget of tokens is at least one; it was %d.".formatted(kept));
    }
    return (tokens, config) -> halfBytes(kept, config);
  }

  /// So many bits for the key of each token and head, and as many for its value.
  static Budget bitsPerKey(double bits) {
    if (!(bits > 0)) {
      throw new IllegalArgumentException(
          "A budget of bits is positive; it was %s.".formatted(bits));
    }
    return (tokens, config) ->
        Math.round(2 * bits / 8 * tokens * config.layers() * config.kvHeads());
  }

  /// So many bits for the key of each token and head of the prompt, whatever its value takes.
  static Budget keyBits(double bits) {
    if (!(bits > 0)) {
      throw new IllegalArgumentException(
          "A budget of bits is positive; it was %s.".formatted(bits));
    }
    return new Budget() {
      @Override
      public long bytes(int tokens, ModelConfig config) {
        return Math.round(bits / 8 * tokens * config.layers() * config.kvHeads());
      }

      @Override
      public boolean keysAlone() {
        return true;
      }
    };
  }

  private static long halfBytes(int tokens, ModelConfig config) {
    return 2L * 2 * tokens * config.layers() * config.kvHeads() * config.headDim();
  }
}

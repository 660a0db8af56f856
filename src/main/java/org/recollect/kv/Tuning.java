package org.recollect.kv;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.recollect.lab.Arm;

/// How a model is tuned for a task, and what is then kept of a context: an arm of a [TuningStudy].
///
/// ```java
/// Tuning.lora();                      // LoRA alone, every token kept
/// Tuning.lora().evicting(Kv.h2o());   // the same model, its cache thinned out by a rule
/// Tuning.gates();                     // LoRA and gates, tuned together
/// ```
///
/// @param name as it reads in tables
/// @param gated whether gates are tuned with LoRA
/// @param eviction what is kept of a context; empty for every token, or for what the gates say
public record Tuning(String name, boolean gated, Optional<Policy> eviction) implements Arm {

  public Tuning {
    if (gated && eviction.isPresent()) {
      throw new IllegalArgumentException(
          "Gates decide what is kept, and so does '%s': take Tuning.lora().evicting(...)."
              .formatted(eviction.get().name()));
    }
  }

  /// LoRA alone.
  public static Tuning lora() {
    return new Tuning("LoRA", false, Optional.empty());
  }

  /// LoRA and gates that learn to keep what the setting `keep` says.
  public static Tuning gates() {
    return new Tuning("LoRA + gates", true, Optional.empty());
  }

  /// This tuning with a rule of eviction that knows nothing of it.
  public Tuning evicting(Kv rule) {
    return new Tuning(name + ", " + rule.name(), gated, Optional.of(rule.policy()));
  }

  /// What is kept of a context.
  Policy policy(FineTuning.Tuned tuned) {
    return tuned
        .gates()
        .map(gates -> Kv.keep(new AttentionGate(gates)).share(new Pooled()))
        .or(() -> eviction)
        .orElseGet(() -> Kv.full().policy());
  }

  @Override
  public Map<String, ?> configuration() {
    var configuration = new LinkedHashMap<String, Object>();
    configuration.put("gated", gated);
    configuration.put("eviction", eviction.<Object>map(Policy::configuration).orElse("none"));
    return configuration;
  }

  @Override
  public boolean ignores(String setting) {
    return !gated && eviction.isEmpty() && setting.equals(TuningStudy.KEEP);
  }
}

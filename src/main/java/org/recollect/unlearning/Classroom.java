package org.recollect.unlearning;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.lab.Bench;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Scale;
import org.recollect.lab.Settings;
import org.recollect.lab.Trial;
import org.recollect.model.LanguageModel;
import org.recollect.tensor.RandomStream;

/// What the trials of one seed share: the full model, an oracle for each request, and who has
/// forgotten already, because several attacks are made on each. Mutable; owns all of these.
final class Classroom implements Bench<Unlearner> {

  private final UnlearningStudy.Nouns nouns;
  private final int seed;
  private final Scale scale;
  private final LanguageModel full;
  private final Map<Integer, LanguageModel> oracles = new HashMap<>();
  private final Map<List<Object>, Unlearned> unlearned = new LinkedHashMap<>();

  Classroom(UnlearningStudy.Nouns nouns, int seed, Scale scale) {
    this.nouns = nouns;
    this.seed = seed;
    this.scale = scale;
    this.full = nouns.learner().taught(nouns.world(), nouns.world().learned(), seed);
  }

  @Override
  public Outcome outcome(Trial<Unlearner> trial, Meter meter) {
    var settings = trial.settings();
    int requests = settings.count(UnlearningStudy.REQUEST, nouns.requests().size());
    var attack =
        settings.has(UnlearningStudy.ATTACK)
            ? nouns.attack(settings.text(UnlearningStudy.ATTACK))
            : nouns.attacks().getFirst();
    var before = settings.only(setting -> !setting.equals(UnlearningStudy.ATTACK));
    var key = List.<Object>of(trial.arm().name(), before, requests);
    if (nouns.attacks().size() == 1) {
      try (var once = unlearn(trial, requests, meter)) {
        return judge(trial, requests, attack, once);
      }
    }
    var known = unlearned.get(key);
    if (known == null) {
      unlearned.put(key, unlearn(trial, requests, meter));
    } else {
      meter.tokens(known.spent().tokens()).flop(known.spent().flop());
    }
    return judge(trial, requests, attack, unlearned.get(key));
  }

  /// Who has forgotten is attacked and then asked.
  private Outcome judge(Trial<Unlearner> trial, int requests, Attack attack, Unlearned unlearned) {
    var whole = exam(requests);
    var exam = whole.about(attack.judged(whole.forget(), seed));
    var path = unlearned.last();
    var material = new Attack.Material(whole.forget(), whole.retain(), whole.aside());
    var weights = attack.weights(path.model(), material, seed);
    try {
      var asked = new Examination(path.guarding(weights), attack, seed);
      var oracle = oracle(requests - 1);
      var marks = new Marks(exam, asked, weights, full, oracle);
      return marks
          .outcome(trial.measures())
          .with(UnlearningMeasures.STEPS, unlearned.steps())
          .with(
              UnlearningMeasures.COST,
              100 * unlearned.spent().flop() / retrainingFlop(requests - 1));
    } finally {
      if (weights != path.model()) {
        weights.close();
      }
    }
  }

  /// The requests one after the other, each from where the one before has led.
  private Unlearned unlearn(Trial<Unlearner> trial, int requests, Meter meter) {
    var paths = new ArrayList<Forgetting>();
    try {
      int steps = 0;
      for (int index = 0; index < requests; index++) {
        var model = paths.isEmpty() ? full : paths.getLast().model();
        paths.add(trial.arm().begin(request(model, index, meter)));
        steps += lead(paths.getLast(), trial.settings(), index);
      }
      return new Unlearned(List.copyOf(paths), steps, meter.read());
    } catch (RuntimeException failure) {
      paths.reversed().forEach(Forgetting::close);
      throw failure;
    }
  }

  private Request request(LanguageModel model, int index, Meter meter) {
    var split = nouns.requests().get(index);
    return new Request(
        model,
        split.forget(),
        earlier(index),
        retained(split),
        seed,
        meter,
        () -> {
          meter.flop(retrainingFlop(index));
          return oracle(index);
        });
  }

  /// What the requests before this one were for.
  private List<QaItem> earlier(int index) {
    return nouns.requests().subList(0, index).stream()
        .flatMap(split -> split.forget().stream())
        .toList();
  }

  /// As many steps as the settings say; the number taken.
  private int lead(Forgetting path, Settings settings, int request) {
    var forget = nouns.requests().get(request).forget();
    return lead(settings, request)
        .along(path::advance, () -> probability(path.guarding(path.model()), forget));
  }

  private Lead lead(Settings settings, int request) {
    if (settings.has(UnlearningStudy.STEPS)) {
      return Lead.steps((int) settings.number(UnlearningStudy.STEPS));
    }
    double share =
        settings.has(UnlearningStudy.FORGOTTEN) ? settings.number(UnlearningStudy.FORGOTTEN) : 1;
    var forget = nouns.requests().get(request).forget();
    double known = probability(Respondent.of(full), forget);
    double unknown = probability(Respondent.of(oracle(request)), forget);
    return Lead.towards(share, known, unknown, nouns.most(scale));
  }

  private static double probability(Respondent respondent, List<QaItem> items) {
    var examination = Examination.of(respondent);
    examination.askTold(items);
    return items.stream().mapToDouble(examination::probability).average().orElseThrow();
  }

  private List<QaItem> retained(ForgetSplit split) {
    int count = (int) Math.round(nouns.retained() * split.retain().size());
    return RandomStream.of(seed, "retained").shuffle(split.retain()).subList(0, count);
  }

  /// The model that was told nothing of what this request and the earlier ones are for.
  LanguageModel oracle(int request) {
    return oracles.computeIfAbsent(
        request,
        _ -> nouns.learner().taught(nouns.world(), nouns.requests().get(request).kept(), seed));
  }

  /// What training the oracle takes.
  double retrainingFlop(int request) {
    return nouns.learner().lessons().flop(full, nouns.requests().get(request).kept());
  }

  /// What the trials are judged by after this many requests.
  Exam exam(int requests) {
    int questions = nouns.judged(scale);
    return Exam.of(
        nouns.requests().get(requests - 1), earlier(requests - 1), questions, questions, seed);
  }

  @Override
  public void close() {
    unlearned.values().forEach(Unlearned::close);
    oracles.values().forEach(LanguageModel::close);
    full.close();
  }
}

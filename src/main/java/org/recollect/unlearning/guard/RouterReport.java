package org.recollect.unlearning.guard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.Stream;
import org.knowm.xchart.XYChart;
import org.recollect.data.ForgetSplit;
import org.recollect.data.QaItem;
import org.recollect.lab.Curves;
import org.recollect.model.LanguageModel;
import org.recollect.unlearning.Respondent;
import org.recollect.unlearning.measure.LeakRate;
import tech.tablesaw.api.StringColumn;
import tech.tablesaw.api.Table;
import tech.tablesaw.columns.Column;

/// How well guards know again what they must, and what else they stop.
///
/// ```java
/// RouterReport.of(model, split, 1, Unlearn.guard(), Unlearn.guard().rephrasings(0)).table()
/// ```
///
/// Figures are shares of prompts, 0 to 1. Of what is to be forgotten they tell how much is routed,
/// best all: the questions themselves, and the last rephrasing of each, which a router that learned
/// fewer than there are has never seen; and of the latter also for how many the right answer is
/// looked up. Of everything else they tell how much is routed by mistake, best nothing: the
/// questions to be kept, which the router has learned from, and side sets and held-out questions,
/// which it has not.
///
/// @param guards reported on
public record RouterReport(List<Routed> guards) {
  private static final int LONGEST = 40;

  /// What one guard does.
  ///
  /// @param questions to be forgotten
  /// @param rephrased the same in other words
  /// @param retain scores of the router, 0 to 1, for what is to be kept
  /// @param sides scores for other subjects
  /// @param holdout scores for what nobody was told
  public record Routed(
      GuardedGeneration guard,
      List<Tried> questions,
      List<Tried> rephrased,
      List<Double> retain,
      List<Double> sides,
      List<Double> holdout) {

    /// The share of prompts about other things that are routed from a threshold on, 0 to 1.
    public double falsePositives(double threshold) {
      return share(joined(joined(retain, sides), holdout), score -> score >= threshold);
    }

    /// The share of prompts about what is to be forgotten whose answer states the fact, 0 to 1: the
    /// guard's answer from a threshold on, the model's below it.
    public double leak(double threshold) {
      return share(
          joined(questions, rephrased),
          tried -> tried.score >= threshold ? tried.leaksGuarded : tried.leaksBare);
    }
  }

  /// A prompt about what is to be forgotten.
  ///
  /// @param score of the router, 0 to 1
  /// @param lookedUp whether the nearest stored prompt is of the same item
  /// @param leaksGuarded whether the guard's answer states the fact if it is routed
  /// @param leaksBare whether the model's own answer does
  public record Tried(double score, boolean lookedUp, boolean leaksGuarded, boolean leaksBare) {}

  /// Has guards learn a request and tries them.
  ///
  /// @param model that knows the split
  public static RouterReport of(
      LanguageModel model, ForgetSplit split, long seed, GuardedGeneration... guards) {
    return new RouterReport(
        Arrays.stream(guards).map(guard -> routed(model, split, seed, guard)).toList());
  }

  private static Routed routed(
      LanguageModel model, ForgetSplit split, long seed, GuardedGeneration guard) {
    var request = GuardedRequest.of(guard, model, split.forget(), split.retain(), seed);
    var always = Detector.of(model).with(request.at(0));
    var behind = Respondent.of(model);
    var front = new Guard(always, new BeamSearch(guard.width()), behind);
    Function<Function<QaItem, String>, List<Tried>> asked =
        form ->
            split.forget().stream()
                .map(item -> {
                  var prompt = form.apply(item);
                  return new Tried(
                      scores(model, request, List.of(prompt)).getFirst(),
                      always
                          .find(model.tokenizer().encode(prompt))
                          .filter(match -> match.item().equals(item))
                          .isPresent(),
                      leaks(front, prompt, item),
                      leaks(behind, prompt, item));
                })
                .toList();
    var sides = split.sides().values().stream().flatMap(Collection::stream).toList();
    return new Routed(
        guard,
        asked.apply(QaItem::question),
        asked.apply(RouterReport::lastRephrasing),
        scores(model, request, questions(split.retain())),
        scores(model, request, questions(sides)),
        scores(model, request, questions(split.holdout())));
  }

  private static String lastRephrasing(QaItem item) {
    return item.rephrasings().isEmpty() ? item.question() : item.rephrasings().getLast();
  }

  private static boolean leaks(Respondent respondent, String prompt, QaItem item) {
    return LeakRate.leaks(respondent.respond(prompt, LONGEST), item.restated(), item.perturbed());
  }

  private static List<String> questions(List<QaItem> items) {
    return items.stream().map(QaItem::question).toList();
  }

  private static List<Double> scores(
      LanguageModel model, GuardedRequest request, List<String> prompts) {
    return PromptStates.of(model, prompts.stream().map(model.tokenizer()::encode).toList()).stream()
        .map(request::score)
        .toList();
  }

  /// The figures of each guard at its own threshold.
  public Table table() {
    var columns = new ArrayList<Column<?>>();
    columns.add(
        StringColumn.create("guard", guards.stream().map(each -> each.guard.name()).toList()));
    columns.add(column("forget ↑", each -> recall(each, each.questions)));
    columns.add(column("rephrased ↑", each -> recall(each, each.rephrased)));
    columns.add(column("looked up ↑", each -> share(each.rephrased, Tried::lookedUp)));
    columns.add(column("retain ↓", each -> mistaken(each, each.retain)));
    columns.add(column("side sets ↓", each -> mistaken(each, each.sides)));
    columns.add(column("held out ↓", each -> mistaken(each, each.holdout)));
    return Table.create("Share of prompts that are routed", columns);
  }

  private StringColumn column(String name, ToDoubleFunction<Routed> figure) {
    return StringColumn.create(
        name, guards.stream().map(each -> "%.3f".formatted(figure.applyAsDouble(each))).toList());
  }

  private static double recall(Routed each, List<Tried> tried) {
    return share(tried, prompt -> prompt.score >= each.guard.threshold());
  }

  private static double mistaken(Routed each, List<Double> scores) {
    return share(scores, score -> score >= each.guard.threshold());
  }

  /// What leaks against what is stopped by mistake, for all thresholds from above 1 down to 0.
  public XYChart chart() {
    var curves = Curves.over("false positives", "leak rate");
    for (Routed each : guards) {
      double[] thresholds = thresholds(each);
      curves =
          curves.line(
              each.guard.name(),
              DoubleStream.of(thresholds).map(each::falsePositives).toArray(),
              DoubleStream.of(thresholds).map(each::leak).toArray());
    }
    return curves.chart();
  }

  /// At which something changes, from the highest on.
  private static double[] thresholds(Routed each) {
    var scores =
        Stream.of(each.questions, each.rephrased)
            .flatMap(Collection::stream)
            .map(Tried::score)
            .toList();
    var others = joined(joined(each.retain, each.sides), each.holdout);
    return Stream.concat(Stream.of(2.0), joined(scores, others).stream())
        .distinct()
        .sorted((a, b) -> Double.compare(b, a))
        .mapToDouble(Double::doubleValue)
        .toArray();
  }

  private static <T> List<T> joined(List<T> some, List<T> more) {
    return Stream.concat(some.stream(), more.stream()).toList();
  }

  /// 0 of nothing.
  private static <T> double share(List<T> all, Predicate<T> counts) {
    return all.isEmpty() ? 0 : all.stream().filter(counts).count() / (double) all.size();
  }
}

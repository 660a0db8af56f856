package org.recollect.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.recollect.papers.Paper;
import org.recollect.tensor.CacheFolder;

/// What a [Study] compares, apart from its subject and material. Immutable.
///
/// @param axes the swept settings: name to values
/// @param measures empty for all that the study offers
/// @param seeds how many, at least one
/// @param papers whose claims are declared before the run
/// @param folder where finished trials are stored
/// @param afresh whether stored trials are run again
public record Design<A extends Arm>(
    List<A> arms,
    SequencedMap<String, List<Object>> axes,
    List<Measure> measures,
    int seeds,
    List<Paper> papers,
    Path folder,
    boolean afresh) {
  public Design {
    arms = List.copyOf(arms);
    axes = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(axes));
    measures = List.copyOf(measures);
    papers = List.copyOf(papers);
  }

  /// Nothing chosen yet: one seed, no arm, the default store.
  public static <A extends Arm> Design<A> empty() {
    return new Design<>(
        List.of(), new LinkedHashMap<>(), List.of(), 1, List.of(), CacheFolder.path(), false);
  }

  Design<A> arms(List<? extends A> more) {
    var all = new ArrayList<A>(arms);
    all.addAll(more);
    return new Design<>(all, axes, measures, seeds, papers, folder, afresh);
  }

  Design<A> axis(String name, List<Object> values) {
    var all = new LinkedHashMap<>(axes);
    all.put(name, List.copyOf(values));
    return new Design<>(arms, all, measures, seeds, papers, folder, afresh);
  }

  Design<A> measures(List<Measure> measures) {
    return new Design<>(arms, axes, measures, seeds, papers, folder, afresh);
  }

  Design<A> seeds(int seeds) {
    return new Design<>(arms, axes, measures, seeds, papers, folder, afresh);
  }

  Design<A> papers(List<Paper> more) {
    var all = new ArrayList<>(papers);
    all.addAll(more);
    return new Design<>(arms, axes, measures, seeds, all, folder, afresh);
  }

  Design<A> folder(Path folder) {
    return new Design<>(arms, axes, measures, seeds, papers, folder, afresh);
  }

  Design<A> anew() {
    return new Design<>(arms, axes, measures, seeds, papers, folder, true);
  }

  /// Every combination of the swept settings, the last axis fastest.
  List<Settings> combinations() {
    List<Settings> combinations = List.of(Settings.NONE);
    for (var axis : axes.entrySet()) {
      combinations =
          combinations.stream()
              .flatMap(settings ->
                  axis.getValue().stream().map(value -> settings.with(axis.getKey(), value)))
              .toList();
    }
    return combinations;
  }
}

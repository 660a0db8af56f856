package org.recollect.retrieval.domain;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.recollect.data.DomainText;
import org.recollect.lab.Bench;
import org.recollect.lab.BenchStudy;
import org.recollect.lab.Checkpoints;
import org.recollect.lab.Design;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Identity;
import org.recollect.lab.Measure;
import org.recollect.lab.Scale;
import org.recollect.lab.Settings;

/// A comparison of ways to adapt models of several sizes to the text of a domain.
///
/// ```java
/// DomainStudy.on(Sizes.java(400))
///     .reading(DomainText.general(), DomainText.jdk())
///     .texts(64, 24, 256)
///     .compare(Adapt.dapt(3), Adapt.knn(64), Adapt.memory(64, 10))
///     .vary("size", "microJava", "miniJava").vary("domain", "compiler", "Swing", "XML")
///     .measure(DOMAIN_PERPLEXITY, GENERAL_PERPLEXITY, LATENCY)
///     .seeds(3).run();
/// ```
///
/// The base as it is stands in every table. Shares of memories, rates and temperatures are chosen
/// on validation texts of the domain. Models that were tuned and memories are made once for a seed
/// and a domain, and kept in the cache folder.
///
/// Settings: `size`, the name of a model (the largest where it is not swept); `domain`, the name of
/// one (the first where it is not swept).
public final class DomainStudy extends BenchStudy<DomainStudy, DomainArm> {

  /// The name under which models are swept.
  public static final String SIZE = "size";

  /// The name under which domains are swept.
  public static final String DOMAIN = "domain";

  private final Nouns nouns;

  /// What the sentence is about.
  ///
  /// @param training texts to learn from
  /// @param heldOut texts to choose by, and as many to judge by, of each corpus
  /// @param length predictions in each
  record Nouns(
      Sizes sizes,
      Optional<DomainText> general,
      List<DomainText> domains,
      int training,
      int heldOut,
      int length,
      Checkpoints kept) {

    String size(Settings settings) {
      return settings.has(SIZE) ? settings.text(SIZE) : sizes.names().getLast();
    }

    DomainText domain(Settings settings) {
      if (domains.isEmpty()) {
        throw new IllegalStateException(
            "The study does not say what is read: add reading(DomainText.general(), domain).");
      }
      if (!settings.has(DOMAIN)) {
        return domains.getFirst();
      }
      String name = settings.text(DOMAIN);
      return domains.stream()
          .filter(domain -> domain.name().equals(name))
          .findFirst()
          .orElseThrow(() ->
              new IllegalArgumentException(
                  "There is no domain '%s' among %s: name one of these."
                      .formatted(name, domains.stream().map(DomainText::name).toList())));
    }

    Map<String, ?> configuration() {
      return Map.of(
          "general",
          general.orElseThrow().corpus().digest(),
          "domains",
          domains.stream().map(domain -> domain.corpus().digest()).toList(),
          "names",
          domains.stream().map(DomainText::name).toList(),
          "training",
          training,
          "heldOut",
          heldOut,
          "length",
          length);
    }
  }

  private DomainStudy(Design<DomainArm> design, Nouns nouns) {
    super(design);
    this.nouns = nouns;
  }

  /// A study on models of one tokenizer, with the base as its first arm: 64 texts of 256
  /// predictions are learned from, 24 are chosen by and 24 judged by.
  public static DomainStudy on(Sizes sizes) {
    var nouns = new Nouns(sizes, Optional.empty(), List.of(), 64, 24, 256, Checkpoints.cached());
    return new DomainStudy(Design.empty(), nouns).compare(new Unadapted());
  }

  /// What the models know already, and the domains that they are adapted to.
  ///
  /// @throws IllegalArgumentException when two domains have the same name
  public DomainStudy reading(DomainText general, DomainText... domains) {
    return reading(general, List.of(domains));
  }

  /// The same with the domains in a list, such as [DomainText#jdk()].
  public DomainStudy reading(DomainText general, List<DomainText> domains) {
    var names = domains.stream().map(DomainText::name).toList();
    if (Set.copyOf(names).size() < names.size()) {
      throw new IllegalArgumentException(
          "Domains are told apart by their names, but got %s: rename one.".formatted(names));
    }
    return with(
        new Nouns(
            nouns.sizes,
            Optional.of(general),
            List.copyOf(domains),
            nouns.training,
            nouns.heldOut,
            nouns.length,
            nouns.kept));
  }

  /// How much is read.
  ///
  /// @param training texts to learn from, at least 1
  /// @param heldOut texts of a domain to choose by, and as many to judge by, at least 1
  /// @param length predictions in each, at least 1
  public DomainStudy texts(int training, int heldOut, int length) {
    if (training < 1 || heldOut < 1 || length < 1) {
      throw new IllegalArgumentException(
          "A domain needs at least one text to learn from, one to judge by and one prediction in each; got %d, %d and %d."
              .formatted(training, heldOut, length));
    }
    return with(
        new Nouns(
            nouns.sizes, nouns.general, nouns.domains, training, heldOut, length, nouns.kept));
  }

  /// Keeps what is trained in another folder than the cache.
  DomainStudy keptIn(Checkpoints kept) {
    return with(
        new Nouns(
            nouns.sizes,
            nouns.general,
            nouns.domains,
            nouns.training,
            nouns.heldOut,
            nouns.length,
            kept));
  }

  private DomainStudy with(Nouns other) {
    return new DomainStudy(design(), other);
  }

  @Override
  protected DomainStudy with(Design<DomainArm> design) {
    return new DomainStudy(design, nouns);
  }

  @Override
  protected Identity subject() {
    return new Identity(
        String.join(", ", nouns.sizes.names()), Fingerprint.of(nouns.sizes.configuration()));
  }

  @Override
  protected Identity material() {
    nouns.domain(Settings.NONE);
    var names = nouns.domains.stream().map(DomainText::name).toList();
    return new Identity(String.join(", ", names), Fingerprint.of(nouns.configuration()));
  }

  @Override
  protected List<Measure> offers() {
    return DomainMeasures.ALL;
  }

  @Override
  protected Set<String> settings() {
    return Set.of(SIZE, DOMAIN);
  }

  @Override
  protected Bench<DomainArm> bench(int seed, Scale scale) {
    return new DomainBench(nouns, seed);
  }
}

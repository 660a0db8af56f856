package org.recollect.retrieval;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.recollect.data.Library;
import org.recollect.data.QuestionSet;
import org.recollect.data.World;
import org.recollect.lab.Bench;
import org.recollect.lab.BenchStudy;
import org.recollect.lab.Design;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Identity;
import org.recollect.lab.Measure;
import org.recollect.lab.Scale;
import org.recollect.lab.Settings;
import org.recollect.retrieval.search.Search;

/// A comparison of ways to answer questions from memory and from a library.
///
/// ```java
/// RetrievalStudy.over(FactWorld.of(160).hops(4))
///     .searching(Search.bm25()).fetching(5)
///     .compare(Retrieve.once(), Retrieve.times(3), Retrieve.adaptiveNote())
///     .measure(ANSWER_MATCH, SEARCHES, PROMPT_TOKENS)
///     .seeds(5).run();
/// ```
///
/// Each seed draws another world, trains its roles, and teaches the model that answers from memory.
///
/// Settings: `hops`, to ask the questions of this many alone, or `all`; `fetched`, passages of a
/// search; and the knobs of the world.
public final class RetrievalStudy extends BenchStudy<RetrievalStudy, RetrievalPolicy> {

  /// The name under which the length of questions is swept.
  public static final String HOPS = "hops";

  /// The value of [#HOPS] for questions of any length.
  public static final String ALL_HOPS = "all";

  /// The name under which the passages of a search are swept.
  public static final String FETCHED = "fetched";

  private final Nouns nouns;

  /// What the sentence is about.
  record Nouns(
      Optional<World> given,
      Optional<Library> library,
      Optional<ClosedBook> knowing,
      Search search,
      int fetched,
      Cast cast) {

    World world() {
      return given.orElseThrow(() ->
          new IllegalStateException("The study does not say what is asked: add ask(questions)."));
    }

    /// The world with its knobs as a trial sets them.
    World world(Settings settings) {
      var turned = world();
      for (String knob : turned.knobs()) {
        if (settings.has(knob)) {
          turned = turned.with(knob, settings.number(knob));
        }
      }
      return turned;
    }

    int fetched(Settings settings) {
      return settings.has(RetrievalStudy.FETCHED)
          ? settings.integer(RetrievalStudy.FETCHED)
          : fetched;
    }

    Nouns asking(World other) {
      return new Nouns(Optional.of(other), library, knowing, search, fetched, cast);
    }

    Nouns knowing(ClosedBook other) {
      return new Nouns(given, library, Optional.of(other), search, fetched, cast);
    }

    Nouns searching(Search other) {
      return new Nouns(given, library, knowing, other, fetched, cast);
    }

    Nouns fetching(int other) {
      return new Nouns(given, library, knowing, search, other, cast);
    }

    Nouns casting(Cast other) {
      return new Nouns(given, library, knowing, search, fetched, other);
    }
  }

  private RetrievalStudy(Design<RetrievalPolicy> design, Nouns nouns) {
    super(design);
    this.nouns = nouns;
  }

  private static RetrievalStudy over(Optional<World> world, Optional<Library> library) {
    return new RetrievalStudy(
        Design.empty(),
        new Nouns(world, library, Optional.empty(), Search.bm25(), 5, Cast.embedded()));
  }

  /// A study of a generated world, which asks its own questions.
  public static RetrievalStudy over(World world) {
    return over(Optional.of(world), Optional.empty());
  }

  /// A study of passages that are there already; say what is asked about them.
  public static RetrievalStudy over(Library library) {
    return over(Optional.empty(), Optional.of(library));
  }

  /// What is asked about a library.
  ///
  /// @throws IllegalStateException if the world asks its own questions
  public RetrievalStudy ask(QuestionSet questions) {
    var library =
        nouns.library.orElseThrow(() ->
            new IllegalStateException(
                "A generated world asks its own questions: leave ask(...) out, or start from its library."));
    return new RetrievalStudy(design(), nouns.asking(World.of(library, questions)));
  }

  /// What answers from memory; without it, policies that do so fail.
  public RetrievalStudy knowing(ClosedBook model) {
    return new RetrievalStudy(design(), nouns.knowing(model));
  }

  /// Who takes the decisions; without it, the embedded roles.
  public RetrievalStudy cast(Cast cast) {
    return new RetrievalStudy(design(), nouns.casting(cast));
  }

  /// How to search; without it, by BM25.
  public RetrievalStudy searching(Search search) {
    return new RetrievalStudy(design(), nouns.searching(search));
  }

  /// How many passages a search brings; without it, five.
  ///
  /// @throws IllegalArgumentException if there is none
  public RetrievalStudy fetching(int passages) {
    if (passages < 1) {
      throw new IllegalArgumentException(
          "A search brings at least one passage, not %d.".formatted(passages));
    }
    return new RetrievalStudy(design(), nouns.fetching(passages));
  }

  @Override
  protected RetrievalStudy with(Design<RetrievalPolicy> design) {
    return new RetrievalStudy(design, nouns);
  }

  @Override
  protected Identity subject() {
    var knowing =
        nouns.knowing.map(it -> "a model of %d channels and ".formatted(it.hidden())).orElse("");
    return new Identity(
        knowing + nouns.cast.name(),
        Fingerprint.of(
            nouns.knowing.<Object>map(each -> each).orElse("nothing known"),
            nouns.cast.name(),
            nouns.search.configuration(),
            nouns.search.name(),
            nouns.fetched));
  }

  @Override
  protected Identity material() {
    return new Identity(nouns.world().name(), nouns.world().digest());
  }

  /// What there is no model for is not offered.
  @Override
  protected List<Measure> offers() {
    var offers = new ArrayList<>(RetrievalMeasures.ALL);
    if (nouns.knowing.isEmpty() && !nouns.cast.asks()) {
      offers.removeAll(RetrievalMeasures.OF_MEMORY);
    }
    return offers;
  }

  /// How good the roles are, and how often a reply was of no use.
  @Override
  protected List<Measure> asides() {
    var asides = new ArrayList<Measure>();
    if (nouns.cast.embeds()) {
      asides.addAll(RetrievalMeasures.CARD);
    }
    if (nouns.cast.asks()) {
      asides.add(RetrievalMeasures.FALL_BACKS);
    }
    return asides;
  }

  static boolean asksAll(Settings settings) {
    return !settings.has(HOPS) || settings.match(Map.of(HOPS, ALL_HOPS));
  }

  @Override
  protected Set<String> settings() {
    var settings = new HashSet<>(Set.of(HOPS, FETCHED));
    nouns.given.ifPresent(world -> settings.addAll(world.knobs()));
    return settings;
  }

  @Override
  protected Bench<RetrievalPolicy> bench(int seed, Scale scale) {
    return new Sitting(nouns, seed);
  }
}

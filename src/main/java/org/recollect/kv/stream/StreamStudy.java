package org.recollect.kv.stream;

import static org.recollect.kv.stream.StreamMeasures.PAST;
import static org.recollect.kv.stream.StreamMeasures.PRESENT;
import static org.recollect.kv.stream.StreamMeasures.PRESENT_READ;
import static org.recollect.kv.stream.StreamMeasures.TOKENS_HELD;
import static org.recollect.kv.stream.StreamMeasures.TOKENS_READ;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.recollect.data.Film;
import org.recollect.data.Film.Question;
import org.recollect.data.FrameStream;
import org.recollect.lab.Design;
import org.recollect.lab.Fingerprint;
import org.recollect.lab.Identity;
import org.recollect.lab.Measure;
import org.recollect.lab.Meter;
import org.recollect.lab.Outcome;
import org.recollect.lab.Study;
import org.recollect.lab.Trial;
import org.recollect.model.PatchEncoder;
import org.recollect.tensor.RandomStream;

/// What memories of a stream still know when they are asked.
///
/// ```java
/// var study = StreamStudy.on("glyph encoder", encoder)
///     .watching(FrameStream.of(64))
///     .compare(StreamPolicy.lastFrames(), SaveMem.similarityOnly(), SaveMem.whole())
///     .vary("budget", 64, 128, 256)
///     .claims(Papers.byId("savemem"))
///     .seeds(3)
///     .run();
/// ```
///
/// Settings that may be swept: `budget`, the tokens that a memory may hold, 128 if it is not swept;
/// and `flicker`, see [FrameStream].
public final class StreamStudy extends Study<StreamStudy, StreamPolicy> {

  /// The name under which the tokens that a memory may hold are swept.
  public static final String BUDGET = "budget";

  /// The name under which meaningless change of the background is swept.
  public static final String FLICKER = "flicker";

  private static final int USUAL_BUDGET = 128;

  private final Nouns nouns;

  /// The films of the trials that run now; the arms of one comparison run one after another.
  private Screening screening;

  /// What the sentence is about.
  private record Nouns(
      String name, PatchEncoder encoder, Optional<FrameStream> stream, Optional<Integer> films) {}

  /// A film as the encoder sees it, with its questions.
  private record Seen(List<TokenGrid> frames, List<Question> questions) {}

  private record Screening(int seed, FrameStream stream, List<Seen> films) {}

  private StreamStudy(Design<StreamPolicy> design, Nouns nouns) {
    super(design);
    this.nouns = nouns;
  }

  /// A study on a joint encoder of pictures and words.
  public static StreamStudy on(String name, PatchEncoder encoder) {
    return new StreamStudy(
        Design.empty(), new Nouns(name, encoder, Optional.empty(), Optional.empty()));
  }

  /// What is watched, and asked about.
  public StreamStudy watching(FrameStream stream) {
    return new StreamStudy(
        design(), new Nouns(nouns.name, nouns.encoder, Optional.of(stream), nouns.films));
  }

  /// How many films each trial shows, in place of what the scale says.
  public StreamStudy films(int films) {
    if (films < 1) {
      throw new IllegalArgumentException("A trial shows at least one film, not " + films + ".");
    }
    return new StreamStudy(
        design(), new Nouns(nouns.name, nouns.encoder, nouns.stream, Optional.of(films)));
  }

  @Override
  protected StreamStudy with(Design<StreamPolicy> design) {
    return new StreamStudy(design, nouns);
  }

  @Override
  protected Identity subject() {
    return new Identity(nouns.name, nouns.encoder.weights().digest());
  }

  @Override
  protected Identity material() {
    var stream = stream();
    String name =
        "films of %d frames of %d x %d cells"
            .formatted(stream.frames(), stream.height(), stream.width());
    return new Identity(name, Fingerprint.of(stream, nouns.films.orElse(0)));
  }

  @Override
  protected List<Measure> offers() {
    return List.of(PRESENT, PAST, TOKENS_HELD, TOKENS_READ, PRESENT_READ);
  }

  @Override
  protected Set<String> settings() {
    return Set.of(BUDGET, FLICKER);
  }

  @Override
  protected Outcome run(Trial<StreamPolicy> trial, Meter meter) {
    var settings = trial.settings();
    var stream = settings.has(FLICKER) ? stream().flicker(settings.number(FLICKER)) : stream();
    if (screening == null || screening.seed != trial.seed() || !screening.stream.equals(stream)) {
      int films = nouns.films.orElse(trial.scale().pick(2, 40, 200));
      screening = new Screening(trial.seed(), stream, films(stream, films, trial.seed()));
    }
    int budget = settings.has(BUDGET) ? settings.integer(BUDGET) : USUAL_BUDGET;
    var lexicon = Lexicon.of(nouns.encoder);
    var viewings = new ArrayList<Viewing>();
    for (var film : screening.films) {
      var viewing = new Viewing(new ReadOut(lexicon), trial.arm().open(lexicon, budget));
      viewing.watch(film.frames, film.questions);
      meter.tokens((long) film.frames.size() * stream.cells());
      viewings.add(viewing);
    }
    return Viewing.outcome(viewings);
  }

  /// Films that have questions of both times.
  private List<Seen> films(FrameStream stream, int count, int seed) {
    var films = new ArrayList<Seen>();
    for (int i = 0; films.size() < count; i++) {
      Film film = stream.film(RandomStream.of(seed, "film", i));
      if (film.questions().stream().map(q -> q.kind().past()).distinct().count() == 2) {
        films.add(new Seen(TokenGrid.of(film, nouns.encoder), film.questions()));
      }
    }
    return List.copyOf(films);
  }

  private FrameStream stream() {
    return nouns.stream.orElseThrow(() ->
        new IllegalStateException(
            "The study does not say what is watched: add watching(FrameStream.of(64))."));
  }
}

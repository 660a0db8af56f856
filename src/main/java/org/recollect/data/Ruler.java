package org.recollect.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.recollect.data.RecallItem.Question;
import org.recollect.data.RecallItem.Segment;
import org.recollect.tensor.RandomStream;

/// Tasks after RULER (Hsieh et al., "RULER: What's the Real Context Size of Your Long-Context
/// Language Models?", 2024) that ask for more than what followed a word: facts with two keys,
/// values passed on from name to name, and the word that stands most often. RULER's single and
/// multiple needles are [Recall#needle] and [Recall#associative].
///
/// The words and the form of the lines are ours, for models of a few million parameters.
///
/// @param task what is asked
/// @param depth where what answers stands; empty to spread it at random
/// @param filler where the other lines come from; empty for none
public record Ruler(Task task, OptionalDouble depth, Optional<Corpus> filler)
    implements LongContextTask {

  private static final List<String> ATTRIBUTES = List.of("food", "home", "name", "month");
  private static final int ANIMALS = 2;
  private static final int CHAINS = 2;
  private static final int HOPS = 2;
  private static final int RARE = 12;
  private static final int TIMES = 6;

  /// What is asked.
  public enum Task {
    /// Eight facts, each of an animal and one of its attributes, `// fox home cedar`: question
    /// answering.
    FACTS("facts"),

    /// Two chains of names, `// fox jade`, `// owl = fox`, `// elm = owl`: which value has the last
    /// one? RULER's variable tracking.
    TRACKING("tracking"),

    /// One word stands six times among twelve that stand once: which is it? RULER's common words.
    COMMON_WORD("common word");

    private final String label;

    Task(String label) {
      this.label = label;
    }
  }

  /// Question answering over facts.
  public static Ruler facts() {
    return of(Task.FACTS);
  }

  /// Values passed on from name to name.
  public static Ruler tracking() {
    return of(Task.TRACKING);
  }

  /// The word that stands most often.
  public static Ruler commonWord() {
    return of(Task.COMMON_WORD);
  }

  private static Ruler of(Task task) {
    return new Ruler(task, OptionalDouble.empty(), Optional.empty());
  }

  /// The same task among lines of this corpus.
  public Ruler in(Corpus corpus) {
    return new Ruler(task, depth, Optional.of(corpus));
  }

  @Override
  public Ruler atDepth(double place) {
    if (task == Task.COMMON_WORD) {
      throw new IllegalArgumentException(
          "The words of '%s' stand everywhere: vary the depth of another task."
              .formatted(task.label));
    }
    if (!(place >= 0 && place <= 1)) {
      throw new IllegalArgumentException(
          "A depth is from 0 (start) to 1 (end), not " + place + ".");
    }
    return new Ruler(task, OptionalDouble.of(place), filler);
  }

  @Override
  public String name() {
    return task.label;
  }

  @Override
  public Map<String, ?> configuration() {
    return Map.of(
        "task", task,
        "depth", depth.orElse(-1),
        "filler", filler.map(Corpus::digest).orElse("none"));
  }

  /// A line to be hidden.
  private record Line(String line, double place) implements Haystack.Statement {}

  /// What is stated and asked.
  ///
  /// @param answers the statement that each question is answered by
  private record Exam(List<Line> stated, List<Question> asked, List<String> answers) {}

  @Override
  public RecallItem item(int tokens, ToIntFunction<String> counter, RandomStream random) {
    var exam =
        switch (task) {
          case FACTS -> facts(random);
          case TRACKING -> tracking(random);
          case COMMON_WORD -> commonWord(random);
        };
    int needed = 0;
    for (Line line : exam.stated) {
      needed += counter.applyAsInt(line.line);
    }
    for (Question question : exam.asked) {
      needed += counter.applyAsInt(question.query()) + counter.applyAsInt(question.answer());
    }
    if (needed > tokens) {
      throw new IllegalArgumentException(
          "An item of '%s' takes %d tokens; %d are too few.".formatted(name(), needed, tokens));
    }
    var context = new Haystack(filler, counter, random).hide(exam.stated, tokens - needed);
    var questions = new ArrayList<Question>();
    for (int i = 0; i < exam.asked.size(); i++) {
      var asked = exam.asked.get(i);
      double stands = Haystack.depth(exam.answers.get(i), context);
      questions.add(new Question(asked.query(), asked.answer(), stands));
    }
    return new RecallItem(
        context.stream().map(line -> new Segment(line.part(), line.text())).toList(), questions);
  }

  private Exam facts(RandomStream random) {
    var stated = new ArrayList<Line>();
    var asked = new ArrayList<Question>();
    var animals = pick(ANIMALS, Recall.KEYS, random);
    var values = pick(ANIMALS * ATTRIBUTES.size(), Recall.VALUES, random);
    for (String animal : animals) {
      for (String attribute : ATTRIBUTES) {
        String query = "\n// %s %s".formatted(animal, attribute);
        String answer = " " + values.get(stated.size());
        stated.add(new Line(query + answer, place(random)));
        asked.add(new Question(query, answer, 0));
      }
    }
    var order = random.shuffle(asked);
    return new Exam(stated, order, order.stream().map(q -> q.query() + q.answer()).toList());
  }

  private Exam tracking(RandomStream random) {
    var stated = new ArrayList<Line>();
    var asked = new ArrayList<Question>();
    var answers = new ArrayList<String>();
    var names = pick(CHAINS * (HOPS + 1), Recall.KEYS, random);
    var values = pick(CHAINS, Recall.VALUES, random);
    for (int chain = 0; chain < CHAINS; chain++) {
      var places = random.doubles(HOPS + 1).map(x -> depth.orElse(x)).sorted().boxed().toList();
      for (int hop = 0; hop <= HOPS; hop++) {
        String name = names.get(chain * (HOPS + 1) + hop);
        String line =
            hop == 0
                ? "\n// %s %s".formatted(name, values.get(chain))
                : "\n// %s = %s".formatted(name, names.get(chain * (HOPS + 1) + hop - 1));
        stated.add(new Line(line, places.get(hop)));
        if (hop == HOPS) {
          asked.add(new Question("\n// " + name, " " + values.get(chain), 0));
          answers.add(line);
        }
      }
    }
    return new Exam(stated, asked, answers);
  }

  private Exam commonWord(RandomStream random) {
    var words = pick(RARE + 1, Recall.VALUES, random);
    var stated = new ArrayList<Line>();
    for (int i = 0; i < TIMES + RARE; i++) {
      String word = words.get(Math.max(0, i - TIMES + 1));
      stated.add(new Line("\n// word " + word, random.nextDouble()));
    }
    var question = new Question("\n// word", " " + words.getFirst(), 0);
    return new Exam(stated, List.of(question), List.of("\n// word " + words.getFirst()));
  }

  private double place(RandomStream random) {
    return depth.orElse(random.nextDouble());
  }

  private static List<String> pick(int count, List<String> words, RandomStream random) {
    return IntStream.of(random.indices(count, words.size()))
        .mapToObj(words::get)
        .collect(Collectors.toList());
  }
}

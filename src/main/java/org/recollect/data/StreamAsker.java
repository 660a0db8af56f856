package org.recollect.data;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.recollect.data.StreamWriter.Statement;
import org.recollect.tensor.RandomStream;

/// Asks the questions of a [StreamWorld], each part in the order of its days.
record StreamAsker(
    String name, int days, FactBook facts, StreamWriter writer, RandomStream random) {

  QuestionSet questions() {
    var parts = FactAsker.parts(facts, random);
    return new QuestionSet(
        name,
        questions(parts.get(Split.TRAIN), Split.TRAIN),
        questions(parts.get(Split.VALIDATION), Split.VALIDATION),
        questions(parts.get(Split.TEST), Split.TEST));
  }

  private List<OpenQuestion> questions(List<FactEntity> about, Split part) {
    var questions = new ArrayList<OpenQuestion>();
    writer
        .statements()
        .forEach((fact, said) -> {
          if (about.contains(fact.subject())) {
            for (int i = 0; i < said.size(); i++) {
              questions.add(question(fact, said, i, part));
            }
          }
        });
    return questions.stream().sorted(Comparator.comparingInt(OpenQuestion::day)).toList();
  }

  /// Asks for what one statement says, while it holds.
  private OpenQuestion question(Fact fact, List<Statement> said, int which, Split part) {
    var relation = fact.relation();
    var own = random.split(part, relation, fact.subject().id(), which);
    var now = said.get(which);
    int until = which + 1 < said.size() ? said.get(which + 1).day() : days + 1;
    int day = now.day() + (int) (own.nextDouble() * (until - now.day()));
    var mention = fact.subject().mention();
    return new OpenQuestion(
        "%s of %s on day %d".formatted(relation.label(), mention, day),
        FactEnglish.sentence(own.pick(relation.english().questions().of(part)), mention, ""),
        List.of(now.value()),
        said.subList(0, which).stream().map(Statement::value).toList(),
        List.of(List.of(now.passage())),
        mention,
        relation.label(),
        Optional.of(
            new Popularity(facts.mentions(fact.subject()), OptionalDouble.of(fact.exposures()))),
        day);
  }
}

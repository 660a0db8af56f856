package org.recollect.retrieval;

import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.ChatRequestParameters;
import dev.langchain4j.model.chat.request.DefaultChatRequestParameters;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.recollect.data.Passage;
import org.recollect.retrieval.Decisions.Asking;
import org.recollect.retrieval.Decisions.Reading;
import org.recollect.retrieval.llm.PromptText;
import org.recollect.retrieval.llm.PromptText.Block;
import org.recollect.retrieval.llm.Reply;
import org.recollect.retrieval.role.Crew;

/// A chat model behind which the embedded roles decide: it reads each prompt as a language model
/// would, from its text alone, and replies in words. From memory it knows nothing. It shows that
/// the two forms of a decision are forms of the same, and stands in for a language model where
/// there is none.
final class Understudy implements ChatModel {
  static final String NAME = "understudy";

  private final Crew crew;

  Understudy(Crew crew) {
    this.crew = crew;
  }

  @Override
  public ChatRequestParameters defaultRequestParameters() {
    return DefaultChatRequestParameters.builder().modelName(NAME).build();
  }

  @Override
  public ChatResponse doChat(ChatRequest request) {
    var system = ((SystemMessage) request.messages().getFirst()).text();
    var user = ((UserMessage) request.messages().getLast()).singleText();
    var said = reply(system, new Script(PromptText.read(user)));
    return new Reply(
            said,
            FinishReason.STOP,
            OptionalInt.of(words(system) + words(user)),
            OptionalInt.of(words(said)),
            List.of())
        .toResponse(NAME);
  }

  private static int words(String text) {
    return text.strip().split("\\s+").length;
  }

  /// The data of a prompt.
  private record Script(List<Block> blocks) {
    String text(String name) {
      return blocks.stream()
          .filter(block -> block.name().equals(name))
          .map(Block::text)
          .collect(Collectors.joining());
    }

    String question() {
      return text("question");
    }

    List<Passage> passages() {
      return blocks.stream()
          .filter(block -> block.name().startsWith("passage "))
          .map(block -> passage(block.name(), block.text()))
          .toList();
    }

    List<Passage> note(String name) {
      return Stream.of(text(name))
          .filter(text -> !text.isBlank())
          .map(text -> new Passage(name, "", text))
          .toList();
    }

    /// What [Decisions#shown] made a text of.
    private static Passage passage(String id, String shown) {
      var lines = new ArrayList<>(shown.lines().toList());
      var title = taken(lines, "Title: ");
      var day = taken(lines, "Day: ");
      return new Passage(
          id, title, String.join("\n", lines), day.isEmpty() ? 0 : Integer.parseInt(day));
    }

    private static String taken(List<String> lines, String label) {
      return lines.getFirst().startsWith(label)
          ? lines.removeFirst().substring(label.length())
          : "";
    }
  }

  private String reply(String system, Script script) {
    var question = script.question();
    var passages = script.passages();
    var doing = system.substring(0, system.indexOf('.'));
    if (doing.startsWith("You answer questions from the passages")) {
      return answer(question, passages);
    } else if (doing.startsWith("You search for what is still missing")) {
      var asked = script.text("searched for before").lines().toList();
      return Decisions.NEW_QUERY.embedded().apply(crew, new Asking(question, passages, asked));
    } else if (doing.startsWith("You take notes")) {
      return note(question, passages);
    } else if (doing.startsWith("You complete a note")) {
      return note(
          question, Stream.concat(script.note("note").stream(), passages.stream()).toList());
    } else if (doing.startsWith("You judge which of two notes")) {
      return coverage(question, script.note("new note"))
              > coverage(question, script.note("best note so far"))
          ? "YES"
          : "NO";
    }
    return "I do not know.";
  }

  private String answer(String question, List<Passage> passages) {
    var answer = Decisions.ANSWER.embedded().apply(crew, new Reading(question, passages));
    var ids = passages.stream().map(Passage::id).toList();
    return answer.text().isEmpty()
        ? "ANSWER: NONE\nPASSAGES: NONE"
        : "ANSWER: %s\nPASSAGES: %s"
            .formatted(
                answer.text(),
                answer.evidence().stream()
                    .map(id -> String.valueOf(ids.indexOf(id) + 1))
                    .distinct()
                    .collect(Collectors.joining(", ")));
  }

  private String note(String question, List<Passage> passages) {
    var kept = crew.summarise(question, passages).stream().map(Passage::text).toList();
    return kept.isEmpty() ? "Nothing." : String.join(" ", kept);
  }

  private double coverage(String question, List<Passage> note) {
    return crew.coverage(crew.walk(question, note));
  }
}

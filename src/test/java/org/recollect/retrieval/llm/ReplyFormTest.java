package org.recollect.retrieval.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplyFormTest {
  private static Reply reply(String text) {
    return new Reply(text, FinishReason.STOP, OptionalInt.empty(), OptionalInt.empty(), List.of());
  }

  @ParameterizedTest
  @CsvSource({"YES,true", "no,false", "'Yes, it is.',true", "**NO**,false", "'\n\n yes\nNO',true"})
  void theFirstWordDecides(String text, boolean yes) {
    assertEquals(yes, ReplyForm.yesOrNo(reply(text)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "maybe", "not at all", "yesterday", "The answer is YES"})
  void whatIsNeitherIsMalformed(String text) {
    assertThrows(MalformedReply.class, () -> ReplyForm.yesOrNo(reply(text)));
  }

  @Test
  void aFieldStandsBehindItsLabel() {
    var reply = reply("Let me see.\n**Answer:** Ada Vane\npassages: 2, 1 and 2");
    assertEquals("Ada Vane", ReplyForm.field("ANSWER", reply));
    assertEquals(List.of(2, 1), ReplyForm.numbers("PASSAGES", 2, reply));
    assertThrows(MalformedReply.class, () -> ReplyForm.numbers("PASSAGES", 1, reply));
    assertThrows(MalformedReply.class, () -> ReplyForm.field("SOURCE", reply));
    assertThrows(MalformedReply.class, () -> ReplyForm.field("ANSWER", reply("ANSWER:\n")));
  }

  @Test
  void noneIsNothing() {
    var reply = reply("ANSWER: none\nPASSAGES: NONE");
    assertEquals("", ReplyForm.field("ANSWER", reply));
    assertEquals(List.of(), ReplyForm.numbers("PASSAGES", 5, reply));
  }

  @Test
  void aLineIsTheFirstWithText() {
    assertEquals("mayor of Foxley", ReplyForm.line(reply("\n  mayor of Foxley \nwhy")));
    assertThrows(MalformedReply.class, () -> ReplyForm.line(reply(" \n ")));
  }
}

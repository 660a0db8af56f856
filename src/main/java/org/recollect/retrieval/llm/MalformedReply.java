package org.recollect.retrieval.llm;

/// A reply is not in the form that was asked for: thrown by whoever parses it, and caught by
/// [Asking], which asks again.
public final class MalformedReply extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /// @param expected what was asked for, as in `YES or NO`
  /// @param reply what came in its place; a long one is cut
  public MalformedReply(String expected, String reply) {
    super(
        "The reply should have been %s, but is '%s'"
            .formatted(
                expected,
                reply.codePointCount(0, reply.length()) <= 60
                    ? reply
                    : reply.substring(0, reply.offsetByCodePoints(0, 60)) + " ..."));
  }
}

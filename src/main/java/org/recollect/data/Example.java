package org.recollect.data;

/// One thing that is learned, or that learning is judged by.
public sealed interface Example {

  /// A question and its answer; the answer alone is learned, and judged as a whole.
  ///
  /// @param prompt what the model reads
  /// @param answer what it shall go on with, to the end
  /// @param content the part of the answer that matters, without the frame that it is given in
  record Question(String prompt, String answer, String content) implements Example {

    public Question {
      if (prompt.isBlank() || answer.isBlank() || content.isBlank()) {
        throw new IllegalArgumentException(
            "A question has a prompt, an answer and its content, none of them blank; got '%s', '%s' and '%s'."
                .formatted(prompt, answer, content));
      }
      if (!answer.contains(content)) {
        throw new IllegalArgumentException(
            "The content '%s' is no part of the answer '%s'.".formatted(content, answer));
      }
    }

    /// An answer of which all matters.
    public Question(String prompt, String answer) {
      this(prompt, answer, answer);
    }
  }

  /// A piece of running text, all of it learned and judged by its likelihood.
  record Excerpt(String text) implements Example {

    public Excerpt {
      if (text.isEmpty()) {
        throw new IllegalArgumentException("An excerpt has at least one character.");
      }
    }
  }

  /// A picture of a class.
  record Picture(LabelledPictures.Item item) implements Example {}
}

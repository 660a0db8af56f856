package org.recollect.continual;

import java.util.List;
import org.recollect.data.Example.Question;
import org.recollect.data.Lesson;

/// How answers look that a model writes out: right from the first token to the last, or right in
/// what matters, whatever stands around it (Chen et al., "SEFE: Superficial and Essential
/// Forgetting Eliminator", 2025, arXiv:2505.02486, section 3).
///
/// @param whole share of answers that are right as a whole, 0 to 1
/// @param content share of answers in which the right content stands, 0 to 1; one that says more
///   than the content is among them
record Written(double whole, double content) {

  /// @param questions lessons of questions
  /// @throws IllegalArgumentException if something else is among them
  static Written by(Trainee trainee, List<Lesson> questions) {
    int whole = 0;
    int content = 0;
    for (Lesson lesson : questions) {
      if (!(trainee instanceof LanguageTrainee speaker)
          || !(lesson.example() instanceof Question question)) {
        throw new IllegalArgumentException(
            "Superficial forgetting is measured on written answers: give a stream of questions, or leave the measure out.");
      }
      String answer = speaker.answer(question);
      whole += answer.equals(question.answer()) ? 1 : 0;
      content += answer.contains(question.content()) ? 1 : 0;
    }
    return new Written((double) whole / questions.size(), (double) content / questions.size());
  }
}

package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.recollect.data.Corpora;
import org.recollect.data.Recall;
import org.recollect.model.BytePairTrainer;
import org.recollect.model.LanguageModel;
import org.recollect.model.ModelConfig;
import org.recollect.model.Models;
import org.recollect.tensor.Memory;
import org.recollect.tensor.RandomStream;
import org.recollect.tensor.Torch;

class EvaluationTest {

  private static final int VOCABULARY = 520;

  private static LanguageModel model() {
    var practice = Recall.practice(4000, RandomStream.of(1, "practice"));
    var shape = new ModelConfig(VOCABULARY, 8, 8, 1, 2, 1, 4, 10_000, 1e-5, 256, true);
    return Models.random(shape, BytePairTrainer.train(List.of(practice), VOCABULARY), 1);
  }

  @Test
  void knowingNothingCostsTheLogarithmOfTheVocabularyForEachToken() {
    var corpus = Corpora.text("int size = 0;\nreturn size;", "", "äöü", "x".repeat(300));
    try (var model = model();
        var mute = model.adapt("lm_head", (input, output) -> output.zerosLike())) {
      int tokens =
          corpus.documents().stream().mapToInt(d -> model.tokenizer().count(d.text())).sum();
      double bits = tokens * Math.log(VOCABULARY) / Math.log(2) / corpus.bytes();
      for (int length : new int[] {1, 7, 256}) {
        assertEquals(bits, Evaluation.bitsPerByte(mute, corpus, length), 1e-4, "length " + length);
      }
    }
  }

  @Test
  void recallIsTheShareOfAnswersGiven() {
    var items = Recall.associative(4).items(20, 200, _ -> 4, RandomStream.of(1, "items"));
    var answers =
        items.stream().flatMap(item -> item.questions().stream()).map(q -> q.answer()).toList();
    try (var model = model();
        var manager = Torch.manager()) {
      String constant = answers.getFirst();
      int[] token = model.tokenizer().encode(constant);
      assertEquals(1, token.length);
      float[] logits = new float[VOCABULARY];
      logits[token[0]] = 1;
      var row = Memory.ofFloats(manager, logits);
      var parrot = model.adapt("lm_head", (input, output) -> output.zerosLike().add(row));
      double share = (double) answers.stream().filter(constant::equals).count() / answers.size();
      assertTrue(share > 0 && share < 0.5);
      assertEquals(share, Evaluation.recall(parrot, items), 1e-9);
    }
  }

  @Test
  void lossIsTheWeightedMeanOfNegativeLogProbabilities() {
    var batch = Lessons.batch(5, 3, 7);
    try (var model = Models.random(Lessons.SHAPE, 3);
        var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var logits = Memory.toFloats(model.forward(Memory.ofLongs(manager, batch.inputs(), 3, 7)));
      int vocab = Lessons.SHAPE.vocabSize();
      double sum = 0;
      for (int i = 0; i < 21; i++) {
        float[] row = Arrays.copyOfRange(logits, i * vocab, (i + 1) * vocab);
        double total = 0;
        for (float logit : row) {
          total += Math.exp(logit);
        }
        sum += batch.weights()[i] * (Math.log(total) - row[(int) batch.targets()[i]]);
      }
      assertEquals(sum / batch.weight(), NextToken.loss(model, batch).getFloat(), 1e-5);
    }
  }
}

package org.recollect.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.recollect.data.Corpora;
import org.recollect.data.Recall;
import org.recollect.model.LanguageModel;
import org.recollect.model.Models;
import org.recollect.tensor.RandomStream;

class ShippedSubjectsTest {

  @ParameterizedTest
  @MethodSource("org.recollect.model.Models#shipped")
  void manifestIsThatOfTheWeightsAndOfTheRecipe(String name) {
    try (var model = Models.shipped(name)) {
      var manifest = Models.manifest(name);
      assertEquals(manifest.weightsDigest(), model.weights().digest());
      assertEquals(manifest.parameters(), model.config().parameters());
      assertEquals(ShippedSubjects.shape(name), model.config());
      var recipe = ShippedSubjects.recipe(name, Corpora.jdk().train(), model.tokenizer(), 1);
      assertEquals(manifest.steps(), recipe.steps());
      assertEquals(manifest.tokens(), recipe.tokens());
      // Which precision is the fastest depends on the processor.
      assertEquals(inFloat32(manifest.recipe()), inFloat32(recipe.toString()));
    }
  }

  private static String inFloat32(String recipe) {
    return recipe.replace("BFLOAT16", "FLOAT32");
  }

  @Test
  void theLargestRecallsAndReadsAsTheStudiesNeedIt() {
    try (var model = Models.miniJava()) {
      assertTrue(recall(model, Recall.needle()) >= 0.95);
      assertTrue(recall(model, Recall.associative(8)) >= 0.9);
      var sample = Corpora.jdk().validation().sample(100_000);
      double bits = Evaluation.bitsPerByte(model, sample, model.config().contextLength());
      assertTrue(bits <= 1.2, "bits per byte: " + bits);
    }
  }

  private static double recall(LanguageModel model, Recall task) {
    var items =
        task.in(Corpora.jdk().test())
            .items(
                20,
                model.config().contextLength(),
                model.tokenizer()::count,
                RandomStream.of(3, "recall"));
    return Evaluation.recall(model, items);
  }

  @Test
  void unknownNamesAndSharesAreRefused(@TempDir Path folder) {
    assertThrows(IllegalArgumentException.class, () -> ShippedSubjects.shape("megaJava"));
    assertThrows(
        IllegalArgumentException.class,
        () -> ShippedSubjects.train("nanoJava", folder, 1.5, _ -> {}));
  }
}

package org.recollect.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import ai.djl.ndarray.NDArray;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.recollect.model.Placement.Past;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Torch;

/// A text read in pieces, packed with others or thinned out is the text read at once.
class PlacementTest {

  /// Tokens that every vocabulary of these models has.
  private static final int[] TEXT = {3, 1, 4, 1, 0, 4, 2, 2, 1, 3, 0};

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 10})
  void aTextReadInTwoPiecesIsTheTextReadAtOnce(int first) {
    try (var model = Subjects.any(5);
        var _ = Torch.newScope()) {
      float[] whole = Memory.toFloats(model.hidden(ids(model, TEXT)));
      var past = new ArrayList<Past>();
      model.hidden(ids(model, Arrays.copyOf(TEXT, first)), collecting(past));
      var rest = Arrays.copyOfRange(TEXT, first, TEXT.length);
      var placement = Placement.after(first, rest.length, past);
      float[] second = Memory.toFloats(model.hidden(ids(model, rest), placement));
      int from = first * model.config().hiddenSize();
      assertArrayEquals(Arrays.copyOfRange(whole, from, whole.length), second, 1e-5f);
    }
  }

  /// A mask that speaks of the past as well says the same as the one that is made without it.
  @Test
  void aMaskMaySpeakOfThePastAsWell() {
    try (var model = Subjects.any(8);
        var _ = Torch.newScope()) {
      var past = new ArrayList<Past>();
      model.hidden(ids(model, Arrays.copyOf(TEXT, 6)), collecting(past));
      var rest = ids(model, Arrays.copyOfRange(TEXT, 6, TEXT.length));
      var causal = Placement.after(6, 5, past);
      float[] mask = new float[5 * TEXT.length];
      for (int query = 0; query < 5; query++) {
        Arrays.fill(
            mask,
            query * TEXT.length + 6 + query + 1,
            (query + 1) * TEXT.length,
            Float.NEGATIVE_INFINITY);
      }
      var manager = model.weights().get("model.norm.weight").getManager();
      var whole =
          new Placement(causal.positions(), Memory.ofFloats(manager, mask, 5, TEXT.length), past);
      assertArrayEquals(
          Memory.toFloats(model.hidden(rest, causal)),
          Memory.toFloats(model.hidden(rest, whole)),
          1e-5f);
    }
  }

  @Test
  void textsThatShareAPassDoNotSeeEachOther() {
    try (var model = Subjects.any(6);
        var _ = Torch.newScope()) {
      int[] one = Arrays.copyOf(TEXT, 4);
      int[] other = Arrays.copyOfRange(TEXT, 4, TEXT.length);
      float[] mask = new float[TEXT.length * TEXT.length];
      for (int query = 0; query < TEXT.length; query++) {
        for (int token = 0; token < TEXT.length; token++) {
          boolean seen = token <= query && token < 4 == query < 4;
          mask[query * TEXT.length + token] = seen ? 0 : Float.NEGATIVE_INFINITY;
        }
      }
      int[] positions = IntStream.range(0, TEXT.length).map(i -> i < 4 ? i : i - 4).toArray();
      var manager = model.weights().get("model.norm.weight").getManager();
      var packed = Memory.ofFloats(manager, mask, TEXT.length, TEXT.length);
      float[] both =
          Memory.toFloats(
              model.hidden(ids(model, TEXT), new Placement(positions, packed, List.of())));
      int cut = 4 * model.config().hiddenSize();
      assertArrayEquals(
          Memory.toFloats(model.hidden(ids(model, one))), Arrays.copyOf(both, cut), 1e-5f);
      assertArrayEquals(
          Memory.toFloats(model.hidden(ids(model, other))),
          Arrays.copyOfRange(both, cut, both.length),
          1e-5f);
    }
  }

  @Test
  void aMaskedPastIsAPastWithoutThoseTokens() {
    try (var model = Subjects.any(7);
        var _ = Torch.newScope()) {
      var past = new ArrayList<Past>();
      model.hidden(ids(model, Arrays.copyOf(TEXT, 6)), collecting(past));
      var manager = model.weights().get("model.norm.weight").getManager();
      float none = Float.NEGATIVE_INFINITY;
      float[] row = {0, none, 0, 0, none, 0};
      float[] rows = new float[model.config().heads() * row.length];
      for (int i = 0; i < rows.length; i++) {
        rows[i] = row[i % row.length];
      }
      var mask = Memory.ofFloats(manager, rows, 1, model.config().heads(), 1, row.length);
      var masked = past.stream().map(p -> new Past(p.keys(), p.values(), mask)).toList();
      int[] kept = {0, 2, 3, 5};
      var index = Memory.ofInts(manager, kept, kept.length);
      var thinned =
          past.stream()
              .map(p -> new Past(pick(p.keys(), index), pick(p.values(), index), null))
              .toList();
      var rest = ids(model, Arrays.copyOfRange(TEXT, 6, TEXT.length));
      assertArrayEquals(
          Memory.toFloats(model.hidden(rest, Placement.after(6, 5, thinned))),
          Memory.toFloats(model.hidden(rest, Placement.after(6, 5, masked))),
          1e-5f);
    }
  }

  @Test
  void tokensThinnedOutKeepTheirPositions() {
    var kept = Placement.after(3, 4, List.of()).pick(new int[] {0, 3});
    assertArrayEquals(new int[] {3, 6}, kept.positions());
    assertEquals(
        "A pass has at least one token: give its position.",
        assertThrows(IllegalArgumentException.class, () -> Placement.ofText(0)).getMessage());
  }

  private static NDArray pick(NDArray x, NDArray index) {
    return x.get(":, :, {}", index);
  }

  private static Tap collecting(List<Past> past) {
    return new Tap() {
      @Override
      public void attention(
          int layer, NDArray q, NDArray keys, NDArray values, NDArray rq, NDArray rotatedKeys) {
        past.add(new Past(rotatedKeys, values, null));
      }
    };
  }

  private static NDArray ids(LanguageModel model, int[] tokens) {
    var manager = model.weights().get("model.norm.weight").getManager();
    return Memory.ofInts(manager, tokens, 1, tokens.length);
  }
}

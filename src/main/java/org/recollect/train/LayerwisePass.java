package org.recollect.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDScope;
import ai.djl.training.GradientCollector;
import java.util.function.UnaryOperator;
import org.recollect.model.LanguageModel;
import org.recollect.model.Placement;
import org.recollect.tensor.Torch;

/// The forward and backward pass of one text of which only the residual stream before each layer is
/// kept: each layer is run again just before its backward pass.
final class LayerwisePass {

  private final LanguageModel model;
  private final GlobalBatch batch;
  private final Chunk text;
  private final GradientCollector tape;

  LayerwisePass(LanguageModel model, GlobalBatch batch, Chunk text, GradientCollector tape) {
    this.model = model;
    this.batch = batch;
    this.text = text;
    this.tape = tape;
  }

  /// Adds the gradient of the text's share of the loss to those of the weights.
  ///
  /// @return that share
  double backward() {
    try (var _ = Torch.newScope()) {
      var manager = model.weights().get("model.norm.weight").getManager();
      var tokens = batch.inputs(manager, text);
      var placement = text.placement(manager);
      var streams = streams(tokens, placement);
      double[] loss = {0};
      var gradient =
          through(
              streams[streams.length - 1],
              null,
              x -> {
                var share = batch.loss(model, model.finalNorm(x), text);
                loss[0] = share.getFloat();
                return share;
              });
      for (int layer = streams.length - 2; layer >= 0; layer--) {
        int at = layer;
        var further = through(streams[layer], gradient, x -> model.layer(at, x, placement));
        gradient.close();
        gradient = further;
      }
      tape.backward(model.embed(tokens).mul(gradient).sum());
      gradient.close();
      return loss[0];
    }
  }

  /// What enters each layer, and the final norm, `[layers + 1]` of `[1][tokens][hiddenSize]`.
  private NDArray[] streams(NDArray tokens, Placement placement) {
    var streams = new NDArray[model.config().layers() + 1];
    try (var _ = Torch.withoutGradients()) {
      streams[0] = model.embed(tokens);
      for (int layer = 0; layer + 1 < streams.length; layer++) {
        try (var _ = Torch.newScope()) {
          streams[layer + 1] = model.layer(layer, streams[layer], placement);
          NDScope.unregister(streams[layer + 1]);
        }
      }
    }
    return streams;
  }

  /// Runs a part of the model again and backward.
  ///
  /// @param stream what enters it; freed, as it is not needed again
  /// @param gradient of the loss in what leaves it; null where the loss itself does
  /// @return the gradient in what enters it
  private NDArray through(NDArray stream, NDArray gradient, UnaryOperator<NDArray> part) {
    try (var _ = Torch.newScope()) {
      stream.setRequiresGradient(true);
      var left = part.apply(stream);
      tape.backward(gradient == null ? left : left.mul(gradient).sum());
      var entered = stream.getGradient();
      NDScope.unregister(entered);
      stream.close();
      return entered;
    }
  }
}

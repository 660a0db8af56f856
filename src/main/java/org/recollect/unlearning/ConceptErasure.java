package org.recollect.unlearning;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.recollect.data.QaItem;
import org.recollect.model.LanguageModel;
import org.recollect.model.Placement;
import org.recollect.model.Tokenizer;
import org.recollect.tensor.LinearAlgebra;
import org.recollect.tensor.Memory;
import org.recollect.tensor.Ops;
import org.recollect.tensor.Torch;

/// Linear concept erasure by LEACE (Belrose et al., "LEACE: Perfect linear concept erasure in
/// closed form", 2023, arXiv:2306.03819, theorem 4.3), with *whom an answer is about* as the
/// concept: the residual stream loses what a linear map could tell those to be forgotten by,
///
/// `x <- x - W+ P W (x - mu)`, `W = C^(-1/2)`, `P` the projection onto the columns of `W S`,
///
/// with `C` `[hidden][hidden]` the covariance of the stream, `mu` its mean, and `S`
/// `[hidden][persons + 1]` its covariance with who is talked about: each of those to be forgotten,
/// or somebody else. The stream is taken at the tokens of answers (inferred), and edited at every
/// token, for whomever is asked about.
///
/// Each step edits one layer more, from behind the last one downwards, so that a study can end
/// where enough is forgotten. The model itself stays as it is.
public record ConceptErasure() implements Unlearner {

  /// Directions in which the stream has less than this share of its largest variance are left as
  /// they are.
  private static final double LEAST_VARIANCE = 1e-6;

  @Override
  public String name() {
    return "concept erasure";
  }

  @Override
  public Forgetting begin(Request request) {
    request.retainFor(name());
    return new Erasing(request);
  }

  /// `x -> x - (x - mean) M'`.
  ///
  /// @param mean `[hidden]`
  /// @param matrix M, row after row `[hidden][hidden]`
  record Edit(float[] mean, float[] matrix) {
    NDArray apply(NDArray x) {
      var manager = x.getManager();
      int hidden = mean.length;
      var centred = x.sub(Memory.ofFloats(manager, mean, hidden));
      return x.sub(Ops.linear(centred, Memory.ofFloats(manager, matrix, hidden, hidden)));
    }
  }

  /// Layer after layer, from the top.
  private static final class Erasing implements Forgetting {
    private final Request request;
    private final Map<Integer, Edit> edits = new LinkedHashMap<>();

    Erasing(Request request) {
      this.request = request;
    }

    @Override
    public boolean advance() {
      int layer = request.model().config().layers() - 1 - edits.size();
      if (layer < 0) {
        return false;
      }
      edits.put(layer, edit(layer));
      return true;
    }

    @Override
    public LanguageModel model() {
      return request.model();
    }

    @Override
    public Respondent guarding(LanguageModel weights) {
      return new Edited(weights, Map.copyOf(edits));
    }

    @Override
    public void close() {}

    /// Fitted on the model as it is, without the edits above.
    private Edit edit(int layer) {
      var forget = Stream.concat(request.forgotten().stream(), request.forget().stream()).toList();
      var persons = forget.stream().map(QaItem::about).distinct().toList();
      var items = Stream.concat(forget.stream(), request.retain().stream()).toList();
      var rows = new ArrayList<double[]>();
      var labels = new ArrayList<Integer>();
      for (QaItem item : items) {
        int person = persons.indexOf(item.about());
        for (double[] state : states(item, layer)) {
          rows.add(state);
          labels.add(person < 0 ? persons.size() : person);
        }
      }
      return leace(rows, labels, persons.size() + 1);
    }

    /// The stream behind a layer at the tokens that predict the answer's `[tokens][hidden]`.
    private List<double[]> states(QaItem item, int layer) {
      var model = request.model();
      var text = QaText.of(model.tokenizer(), item.question(), item.answer());
      int[] tokens = text.withoutLast().tokens();
      request.meter().flop(2.0 * model.weights().parameters() * tokens.length);
      try (var _ = Torch.newScope();
          var manager = Torch.manager()) {
        var x = model.embed(Memory.ofInts(manager, tokens, 1, tokens.length));
        var placement = Placement.ofText(tokens.length);
        for (int i = 0; i <= layer; i++) {
          x = model.layer(i, x, placement);
        }
        float[] all = Memory.toFloats(x);
        int hidden = all.length / tokens.length;
        var states = new ArrayList<double[]>();
        for (int t = text.question().length - 1; t < tokens.length; t++) {
          double[] state = new double[hidden];
          for (int i = 0; i < hidden; i++) {
            state[i] = all[t * hidden + i];
          }
          states.add(state);
        }
        return states;
      }
    }
  }

  /// The edit that takes all linear information on the labels away.
  ///
  /// @param rows `[samples][hidden]`
  /// @param labels from 0 to below `classes` `[samples]`
  static Edit leace(List<double[]> rows, List<Integer> labels, int classes) {
    int n = rows.size();
    int hidden = rows.getFirst().length;
    double[] mean = new double[hidden];
    double[] share = new double[classes];
    for (int r = 0; r < n; r++) {
      share[labels.get(r)] += 1.0 / n;
      for (int i = 0; i < hidden; i++) {
        mean[i] += rows.get(r)[i] / n;
      }
    }
    double[][] covariance = new double[hidden][hidden];
    double[][] cross = new double[hidden][classes];
    for (int r = 0; r < n; r++) {
      double[] row = rows.get(r);
      for (int i = 0; i < hidden; i++) {
        double centred = (row[i] - mean[i]) / n;
        for (int j = 0; j < hidden; j++) {
          covariance[i][j] += centred * (row[j] - mean[j]);
        }
        for (int c = 0; c < classes; c++) {
          cross[i][c] += centred * ((labels.get(r) == c ? 1 : 0) - share[c]);
        }
      }
    }
    try (var manager = Torch.manager();
        var _ = Torch.newScope()) {
      var eigen = LinearAlgebra.eigh(Memory.ofRows(manager, covariance, hidden));
      var root = roots(manager, eigen, 0.5);
      var whitening = roots(manager, eigen, -0.5);
      var svd = LinearAlgebra.svd(whitening.dot(Memory.ofRows(manager, cross, classes)));
      var projection = span(svd);
      var matrix = root.dot(projection).dot(whitening);
      return new Edit(floats(mean), floats(Memory.toDoubles(matrix)));
    }
  }

  /// `C^power` where the stream varies, 0 elsewhere.
  private static NDArray roots(NDManager manager, LinearAlgebra.Eigen eigen, double power) {
    double[] values = Memory.toDoubles(eigen.values());
    double least = LEAST_VARIANCE * values[values.length - 1];
    for (int i = 0; i < values.length; i++) {
      values[i] = values[i] > least ? Math.pow(values[i], power) : 0;
    }
    var scaled = eigen.vectors().mul(Memory.ofDoubles(manager, values, 1, values.length));
    return scaled.dot(eigen.vectors().transpose());
  }

  /// The projection onto the columns of what was decomposed.
  private static NDArray span(LinearAlgebra.Svd svd) {
    double[] values = Memory.toDoubles(svd.s());
    int rank = 0;
    while (rank < values.length && values[rank] > LEAST_VARIANCE * values[0]) {
      rank++;
    }
    var columns = svd.u().get(":, :" + rank);
    return columns.dot(columns.transpose());
  }

  private static float[] floats(double[] values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }

  /// A model whose stream is edited behind some layers.
  private record Edited(LanguageModel model, Map<Integer, Edit> edits) implements Respondent {

    @Override
    public Tokenizer tokenizer() {
      return model.tokenizer();
    }

    @Override
    public List<float[]> logits(List<Exchange> exchanges) {
      return exchanges.stream().map(this::logits).toList();
    }

    private float[] logits(Exchange exchange) {
      int[] tokens = exchange.tokens();
      try (var _ = Torch.newScope();
          var manager = Torch.manager()) {
        var x = model.embed(Memory.ofInts(manager, tokens, 1, tokens.length));
        var placement = Placement.ofText(tokens.length);
        for (int layer = 0; layer < model.config().layers(); layer++) {
          x = model.layer(layer, x, placement);
          if (edits.containsKey(layer)) {
            x = edits.get(layer).apply(x);
          }
        }
        var behind = x.get(":, %d:".formatted(exchange.question().length - 1));
        return Memory.toFloats(model.head(model.finalNorm(behind)));
      }
    }
  }
}

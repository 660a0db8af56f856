package org.recollect.kernel;

/// The integer product as its first formula reads: scalar, code times code.
final class ReferenceIntegerProduct implements IntegerProduct {

  @Override
  public void multiply(float[] x, int activationBits, BitPlaneMatrix weights, float[] y) {
    int at = 0;
    for (var activations : weights.rounded(x, activationBits, y)) {
      for (int row = 0; row < weights.rows(); row++) {
        double sum = 0;
        for (int group = 0; group < weights.groups().count(); group++) {
          double scale = activations.scale(group) * weights.scale(row, group);
          sum += scale * dot(activations, weights, row, group);
        }
        y[at++] = (float) sum;
      }
    }
  }

  private static long dot(SymmetricCodes activations, BitPlaneMatrix weights, int row, int group) {
    long dot = 0;
    for (int column = 0; column < weights.groups().length(group); column++) {
      dot += (long) activations.code(group, column) * weights.code(row, group, column);
    }
    return dot;
  }
}

package org.recollect.unlearning.analytic;

/// A classifier that serves requests to forget, one after the other. Mutable; closes what it owns.
public interface HeadErasing extends AutoCloseable {

  /// Serves a request.
  ///
  /// @param left the places of what is to be kept; a method that needs none ignores them
  /// @return floating-point operations that it took; see [HeadCost]
  /// @throws IllegalArgumentException if the request is refused
  double serve(Deletion request, int... left);

  /// The weights as they stand `[features][classes]`; 0 in the column of a class that is gone.
  double[][] weights();

  @Override
  default void close() {}
}

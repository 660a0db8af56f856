package org.recollect.lab;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Things joined step by step to ever larger clusters, the two nearest first, where two clusters
/// are as far apart as their members are on average (Sokal and Michener, "A statistical method for
/// evaluating systematic relationships", 1958; known as UPGMA).
///
/// ```java
/// List<Integer> order = AverageLinkage.of(distances).order();   // like beside like
/// ```
///
/// @param merges in the order in which clusters were joined, one fewer than there are things
/// @param order of all things, such that each cluster's stand side by side
public record AverageLinkage(List<Merge> merges, List<Integer> order) {

  /// Two clusters that were joined.
  ///
  /// @param left members in their order, from 0; of the two clusters it has the lowest member
  /// @param right members in their order
  /// @param distance between them: the mean over all pairs of a member of each
  public record Merge(List<Integer> left, List<Integer> right, double distance) {}

  /// Clusters things by their distances. Of pairs that are equally near, the one whose lowest
  /// members come first is joined first.
  ///
  /// @param distances `[things][things]`, symmetric, at least 0
  /// @throws IllegalArgumentException if there is nothing, or the distances are none
  public static AverageLinkage of(double[][] distances) {
    check(distances);
    List<List<Integer>> clusters =
        new ArrayList<>(IntStream.range(0, distances.length).mapToObj(List::of).toList());
    var merges = new ArrayList<Merge>();
    while (clusters.size() > 1) {
      Merge nearest = null;
      for (int a = 0; a < clusters.size(); a++) {
        for (int b = a + 1; b < clusters.size(); b++) {
          double distance = mean(distances, clusters.get(a), clusters.get(b));
          if (nearest == null || distance < nearest.distance) {
            nearest = new Merge(clusters.get(a), clusters.get(b), distance);
          }
        }
      }
      merges.add(nearest);
      var joined = Stream.concat(nearest.left.stream(), nearest.right.stream()).toList();
      clusters.set(clusters.indexOf(nearest.left), joined);
      clusters.remove(nearest.right);
    }
    return new AverageLinkage(List.copyOf(merges), clusters.getFirst());
  }

  /// The Euclidean distances between the rows of a matrix `[rows][columns]`.
  public static double[][] distances(double[][] matrix) {
    double[][] distances = new double[matrix.length][matrix.length];
    for (int a = 0; a < matrix.length; a++) {
      for (int b = 0; b < matrix.length; b++) {
        double squares = 0;
        for (int column = 0; column < matrix[a].length; column++) {
          double difference = matrix[a][column] - matrix[b][column];
          squares += difference * difference;
        }
        distances[a][b] = Math.sqrt(squares);
      }
    }
    return distances;
  }

  private static double mean(double[][] distances, List<Integer> some, List<Integer> others) {
    double sum = 0;
    for (int a : some) {
      for (int b : others) {
        sum += distances[a][b];
      }
    }
    return sum / (some.size() * others.size());
  }

  private static void check(double[][] distances) {
    int things = distances.length;
    boolean fine = things > 0;
    for (int a = 0; fine && a < things; a++) {
      fine = distances[a].length == things;
      for (int b = 0; fine && b < a; b++) {
        fine = distances[a][b] >= 0 && distances[a][b] == distances[b][a];
      }
    }
    if (!fine) {
      throw new IllegalArgumentException(
          "Clusters are made from a square of distances, the same from a to b as from b to a and none below 0; mend the matrix of %d rows."
              .formatted(things));
    }
  }
}

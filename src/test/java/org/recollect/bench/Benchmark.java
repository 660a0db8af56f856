package org.recollect.bench;

import org.recollect.lab.Pace;

/// A part of `environment/bench` that can be run alone.
interface Benchmark {

  /// As on the command line.
  String name();

  /// Measures, and tells the report.
  void run(Pace pace, Report report);
}

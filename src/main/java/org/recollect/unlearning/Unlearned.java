package org.recollect.unlearning;

import java.util.List;
import org.recollect.lab.Ledger;

/// What has been through all its requests; owns the paths there.
///
/// @param paths one for each request, in their order
/// @param steps taken on all of them
/// @param spent on them
record Unlearned(List<Forgetting> paths, int steps, Ledger spent) implements AutoCloseable {

  /// Where the last request has led.
  Forgetting last() {
    return paths.getLast();
  }

  @Override
  public void close() {
    paths.reversed().forEach(Forgetting::close);
  }
}

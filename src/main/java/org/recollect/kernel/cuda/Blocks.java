package org.recollect.kernel.cuda;

/// The blocks of a launch and the threads of each.
///
/// @param x blocks along x, at least 1
/// @param y blocks along y, 1 to 65 535
/// @param z blocks along z, 1 to 65 535
/// @param threads of a block, 1 to 1024
/// @param sharedBytes of a block's dynamic shared memory, at most 48 KiB
record Blocks(int x, int y, int z, int threads, int sharedBytes) {

  static Blocks of(int x, int threads) {
    return new Blocks(x, 1, 1, threads, 0);
  }

  Blocks rows(int rows) {
    return new Blocks(x, rows, z, threads, sharedBytes);
  }

  Blocks layers(int layers) {
    return new Blocks(x, y, layers, threads, sharedBytes);
  }

  Blocks sharing(int bytes) {
    return new Blocks(x, y, z, threads, bytes);
  }
}

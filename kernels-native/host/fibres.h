// The threads of a block as fibres of one thread of the operating system: each runs until it waits
// for others, then the next one runs. A kernel that only works in one order of its threads is
// wrong, so that every other block starts its threads from the last to the first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>

namespace host {

struct Index {
  unsigned x, y, z;
};

// Where the running fibre is.
struct Here {
  Index thread, block, threads, blocks;
  void* shared;
};

Here& here();

// Waits for all threads of the block.
void wait_for_block();

// Waits for the other threads of the warp; gives what `lane` of it handed over here.
uint64_t exchange(uint64_t value, int lane);

// Runs a kernel over all blocks. False when threads wait for others that never come.
bool launch(Index blocks, Index threads, size_t shared_bytes, const std::function<void()>& kernel);

}  // namespace host

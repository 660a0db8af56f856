#include "fibres.h"

#include <setjmp.h>
#include <ucontext.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <memory>
#include <vector>

namespace host {
namespace {

constexpr int WARP = 32;
constexpr size_t STACK = 128 * 1024;
// Stacks start at different places of the cache: otherwise they would push one another out of it.
constexpr size_t SHIFT = 1088, SHIFTS = 32;
constexpr unsigned char POISON = 0xff;  // NaN in every format that the kernels read.

struct Fibre {
  Here here;
  ucontext_t start;
  jmp_buf resume;
  bool started = false;
  int turn = 0;
  std::unique_ptr<char[]> stack{new char[STACK]};
};

// Fibres that wait until all living ones of a group have come.
struct Meeting {
  int living = 0;
  std::vector<int> waiting;
};

struct Warp {
  Meeting meeting;
  uint64_t handed[2][WARP];
};

struct Block {
  std::vector<Fibre> fibres;
  std::vector<Warp> warps;
  Meeting all;
  std::deque<int> ready;
  int running = 0;
  jmp_buf scheduler;
  ucontext_t unused;
  const std::function<void()>* kernel = nullptr;
};

thread_local Block block;

void open(Meeting& meeting) {
  if (meeting.living > 0 && static_cast<int>(meeting.waiting.size()) == meeting.living) {
    block.ready.insert(block.ready.end(), meeting.waiting.begin(), meeting.waiting.end());
    meeting.waiting.clear();
  }
}

void wait(Meeting& meeting) {
  meeting.waiting.push_back(block.running);
  open(meeting);
  if (_setjmp(block.fibres[block.running].resume) == 0) {
    _longjmp(block.scheduler, 1);
  }
}

// The body of every fibre, block after block. It never returns: its stack has no caller.
void live() {
  while (true) {
    (*block.kernel)();
    Meeting& warp = block.warps[block.running / WARP].meeting;
    warp.living--;
    open(warp);
    block.all.living--;
    open(block.all);
    if (_setjmp(block.fibres[block.running].resume) == 0) {
      _longjmp(block.scheduler, 1);
    }
  }
}

void resume(Fibre& fibre) {
  if (fibre.started) {
    _longjmp(fibre.resume, 1);
  }
  fibre.started = true;
  getcontext(&fibre.start);
  fibre.start.uc_stack.ss_sp = fibre.stack.get();
  fibre.start.uc_stack.ss_size = STACK - block.running % SHIFTS * SHIFT;
  fibre.start.uc_link = nullptr;
  makecontext(&fibre.start, live, 0);
  setcontext(&fibre.start);
}

bool run_block(int threads, bool backwards) {
  block.warps.resize((threads + WARP - 1) / WARP);
  block.ready.clear();
  for (Warp& warp : block.warps) {
    warp.meeting = Meeting();
  }
  block.all = Meeting();
  block.all.living = threads;
  for (int t = 0; t < threads; t++) {
    block.warps[t / WARP].meeting.living++;
    block.fibres[t].turn = 0;
    block.ready.push_back(backwards ? threads - 1 - t : t);
  }
  _setjmp(block.scheduler);
  if (!block.ready.empty()) {
    block.running = block.ready.front();
    block.ready.pop_front();
    resume(block.fibres[block.running]);
  }
  return block.all.living == 0;
}

}  // namespace

Here& here() { return block.fibres[block.running].here; }

void wait_for_block() { wait(block.all); }

uint64_t exchange(uint64_t value, int lane) {
  Fibre& fibre = block.fibres[block.running];
  Warp& warp = block.warps[block.running / WARP];
  // Two sets of places, used in turn: who is early writes to the other one.
  int turn = fibre.turn ^= 1;
  warp.handed[turn][block.running % WARP] = value;
  wait(warp.meeting);
  return warp.handed[turn][lane];
}

bool launch(Index blocks, Index threads, size_t shared_bytes, const std::function<void()>& kernel) {
  int count = threads.x * threads.y * threads.z;
  if (static_cast<int>(block.fibres.size()) < count) {
    block.fibres.resize(count);
  }
  block.kernel = &kernel;
  std::vector<uint64_t> shared(shared_bytes / 8 + 2);
  unsigned done = 0;
  for (unsigned z = 0; z < blocks.z; z++) {
    for (unsigned y = 0; y < blocks.y; y++) {
      for (unsigned x = 0; x < blocks.x; x++, done++) {
        std::memset(shared.data(), POISON, shared.size() * 8);
        for (int t = 0; t < count; t++) {
          unsigned i = t;
          Index thread{i % threads.x, i / threads.x % threads.y, i / threads.x / threads.y};
          // 16 bytes aligned, as dynamic shared memory is.
          auto aligned = (reinterpret_cast<uintptr_t>(shared.data()) + 15) & ~uintptr_t{15};
          block.fibres[t].here = {thread, {x, y, z}, threads, blocks, reinterpret_cast<void*>(aligned)};
        }
        if (!run_block(count, done % 2 == 1)) {
          for (Fibre& fibre : block.fibres) fibre.started = false;
          return false;
        }
      }
    }
  }
  return true;
}

}  // namespace host

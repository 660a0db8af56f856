// The orthonormal Walsh-Hadamard transform of blocks of any power of two, in natural order. Every
// sum has the operands that it has in scalar code, so that the result is the same to the last bit.

#include "cuda.h"

namespace hadamard {

constexpr int THREADS_A_BLOCK = 256;

// What a block of threads transforms in its shared memory: whole vectors, or parts of longer ones.
constexpr int PART = 4096;

struct Transform {
  float* x;       // [count]
  int64_t count;  // of numbers in all, a multiple of `width`
  int32_t width;  // of a vector or a part of one, a power of two, at most PART
  float scale;    // of the result
};

// Shared memory: [PART].
KERNEL THREADS(THREADS_A_BLOCK) hadamard_parts(Transform all) {
  DYNAMIC_SHARED(float, x);
  const int64_t first = static_cast<int64_t>(blockIdx.x) * PART;
  const int count = static_cast<int>(min(static_cast<int64_t>(PART), all.count - first));
  for (int i = threadIdx.x; i < count; i += THREADS_A_BLOCK) x[i] = all.x[first + i];
  __syncthreads();
  for (int half = 1; half < all.width; half *= 2) {
    for (int pair = threadIdx.x; pair < count / 2; pair += THREADS_A_BLOCK) {
      int a = pair / half * 2 * half + pair % half;
      float sum = x[a] + x[a + half];
      x[a + half] = x[a] - x[a + half];
      x[a] = sum;
    }
    __syncthreads();
  }
  for (int i = threadIdx.x; i < count; i += THREADS_A_BLOCK) all.x[first + i] = x[i] * all.scale;
}

struct Stage {
  float* x;
  int64_t pairs;
  int64_t half;  // distance of the two numbers of a pair
  float scale;
};

// One stage of vectors that no block can hold.
KERNEL THREADS(THREADS_A_BLOCK) hadamard_stage(Stage all) {
  int64_t pair = static_cast<int64_t>(blockIdx.x) * THREADS_A_BLOCK + threadIdx.x;
  if (pair >= all.pairs) return;
  float* a = all.x + pair / all.half * 2 * all.half + pair % all.half;
  float sum = *a + a[all.half], difference = *a - a[all.half];
  *a = sum * all.scale;
  a[all.half] = difference * all.scale;
}

EXPORT(hadamard_parts)
EXPORT(hadamard_stage)

}  // namespace hadamard

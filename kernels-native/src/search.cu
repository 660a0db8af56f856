// Search among the rows of a table: dot products of up to four queries a pass, the best rows of
// every part of them, and then the best of these.

#include "cuda.h"

namespace search {

constexpr int WARPS = 4;
constexpr int QUERIES = 4;
constexpr int FLOATS = 4;   // of a row that a lane takes at once
constexpr int BYTES = 16;

struct Dots {
  const uint8_t* rows;     // the first row to score
  const float* scales;     // of these rows' codes; null for rows of f32
  const float* lengths;    // of these rows; null for dot products
  const float* queries;    // [queries][padded], zeros behind the dimensions
  const double* query_lengths;
  float* scores;           // [queries][count]
  int64_t stride;          // bytes of a row, a multiple of 64
  int32_t count;           // of rows
  int32_t padded;          // numbers of a row with the zeros behind them
  int32_t queries_in_all;
};

__device__ __forceinline__ void add(float4 row, const float* query, float& sum) {
  float4 q = __ldg(reinterpret_cast<const float4*>(query));
  sum = fmaf(row.x, q.x, sum);
  sum = fmaf(row.y, q.y, sum);
  sum = fmaf(row.z, q.z, sum);
  sum = fmaf(row.w, q.w, sum);
}

__device__ __forceinline__ float signed_byte(uint32_t word, int i) {
  return static_cast<float>(static_cast<int8_t>(word >> (8 * i)));
}

__device__ __forceinline__ float4 four_codes(uint32_t word) {
  return {signed_byte(word, 0), signed_byte(word, 1), signed_byte(word, 2), signed_byte(word, 3)};
}

// A warp a row, and up to four queries.
KERNEL THREADS(WARPS* WARP) dot_products(Dots all) {
  int row = blockIdx.x * WARPS + threadIdx.x / WARP;
  int lane = threadIdx.x % WARP;
  int first = blockIdx.y * QUERIES;
  if (row >= all.count) return;
  const uint8_t* numbers = all.rows + row * all.stride;
  const float* query[QUERIES];
  float sums[QUERIES] = {};
#pragma unroll
  for (int q = 0; q < QUERIES; q++) {
    query[q] = all.queries + static_cast<int64_t>(min(first + q, all.queries_in_all - 1)) * all.padded;
  }
  if (all.scales == nullptr) {
    for (int i = lane * FLOATS; i < all.padded; i += WARP * FLOATS) {
      float4 four = __ldg(reinterpret_cast<const float4*>(numbers) + i / FLOATS);
#pragma unroll
      for (int q = 0; q < QUERIES; q++) add(four, query[q] + i, sums[q]);
    }
  } else {
    for (int i = lane * BYTES; i < all.padded; i += WARP * BYTES) {
      uint4 codes = __ldg(reinterpret_cast<const uint4*>(numbers) + i / BYTES);
#pragma unroll
      for (int q = 0; q < QUERIES; q++) {
        add(four_codes(codes.x), query[q] + i, sums[q]);
        add(four_codes(codes.y), query[q] + i + 4, sums[q]);
        add(four_codes(codes.z), query[q] + i + 8, sums[q]);
        add(four_codes(codes.w), query[q] + i + 12, sums[q]);
      }
    }
  }
#pragma unroll
  for (int q = 0; q < QUERIES; q++) {
#pragma unroll
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
      sums[q] += __shfl_xor_sync(ALL_LANES, sums[q], distance);
    }
    if (lane == 0 && first + q < all.queries_in_all) {
      float score = all.scales == nullptr ? sums[q] : sums[q] * all.scales[row];
      if (all.lengths != nullptr) {
        double lengths = all.query_lengths[first + q] * all.lengths[row];
        score = lengths == 0 ? 0 : static_cast<float>(score / lengths);
      }
      all.scores[static_cast<int64_t>(first + q) * all.count + row] = score;
    }
  }
}

constexpr int SORTED = 2048;  // candidates that a block sorts
constexpr int SORTERS = 256;

// A score and its row as one number: the better, the larger; of equal scores the first row.
__device__ __forceinline__ uint64_t candidate(float score, uint32_t row) {
  uint32_t bits = __float_as_uint(score + 0.0f);  // -0 is 0
  bits = bits >> 31 ? ~bits : bits | 0x80000000u;
  return static_cast<uint64_t>(bits) << 32 | (0xffffffffu - row);
}

__device__ __forceinline__ float score_of(uint64_t candidate) {
  uint32_t bits = static_cast<uint32_t>(candidate >> 32);
  return __uint_as_float(bits >> 31 ? bits & 0x7fffffffu : ~bits);
}

// Sorts SORTED candidates, the best first.
__device__ void sort(uint64_t* x) {
  for (int run = 2; run <= SORTED; run *= 2) {
    for (int distance = run / 2; distance > 0; distance /= 2) {
      __syncthreads();
      for (int pair = threadIdx.x; pair < SORTED / 2; pair += SORTERS) {
        int a = pair / distance * 2 * distance + pair % distance;
        int b = a + distance;
        bool descending = (a & run) == 0;
        uint64_t first = x[a], second = x[b];
        if (descending == (first < second)) x[a] = second, x[b] = first;
      }
    }
  }
  __syncthreads();
}

struct Best {
  const float* scores;         // [queries][count], or null: candidates instead
  const uint64_t* candidates;  // [queries][count]
  uint64_t* best;              // [queries][parts][kept], the best first, 0 where there are fewer
  int32_t count;
  int32_t kept;
  int32_t parts;
  int32_t first_row;           // of the scores
};

// Block x of query y keeps the best of its SORTED scores or candidates. Shared memory: [SORTED].
KERNEL THREADS(SORTERS) keep_best(Best all) {
  DYNAMIC_SHARED(uint64_t, shared);
  int64_t from = static_cast<int64_t>(blockIdx.y) * all.count;
  for (int i = threadIdx.x; i < SORTED; i += SORTERS) {
    int at = blockIdx.x * SORTED + i;
    shared[i] = at >= all.count          ? 0
                : all.scores != nullptr ? candidate(all.scores[from + at], all.first_row + at)
                                        : all.candidates[from + at];
  }
  sort(shared);
  uint64_t* best = all.best + (static_cast<int64_t>(blockIdx.y) * all.parts + blockIdx.x) * all.kept;
  for (int i = threadIdx.x; i < all.kept; i += SORTERS) best[i] = shared[i];
}

struct Unpack {
  const uint64_t* candidates;
  float* scores;
  int32_t* rows;
  int32_t count;
};

KERNEL unpack(Unpack all) {
  int i = blockIdx.x * blockDim.x + threadIdx.x;
  if (i >= all.count) return;
  all.scores[i] = score_of(all.candidates[i]);
  all.rows[i] = static_cast<int32_t>(0xffffffffu - static_cast<uint32_t>(all.candidates[i]));
}

EXPORT(dot_products)
EXPORT(keep_best)
EXPORT(unpack)

}  // namespace search

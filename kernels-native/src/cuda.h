// What every kernel here is written in: CUDA C++, or the same words on the host (host/cuda_on_host.h).
//
// A kernel takes one structure by value and is named to its callers by EXPORT.
#pragma once

#include <stdint.h>

#ifdef __CUDACC__

#define KERNEL extern "C" __global__ void
#define THREADS(count) __launch_bounds__(count)
#define EXPORT(kernel)
#define DYNAMIC_SHARED(type, name) type* name = reinterpret_cast<type*>(recollect_shared)

extern __shared__ __align__(16) unsigned char recollect_shared[];

__device__ inline float float_of_half(uint16_t bits) {
  float x;
  asm("cvt.f32.f16 %0, %1;" : "=f"(x) : "h"(bits));
  return x;
}

// The nearest half, ties to even.
__device__ inline uint16_t half_of_float(float x) {
  uint16_t bits;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
  return bits;
}

#else
#include "../host/cuda_on_host.h"
#endif

constexpr int WARP = 32;
constexpr unsigned ALL_LANES = 0xffffffffu;
constexpr float LOWEST = -INFINITY;

__device__ inline float float_of_brain(uint16_t bits) {
  return __uint_as_float(static_cast<uint32_t>(bits) << 16);
}

__host__ __device__ constexpr int ceil_div(int a, int b) { return (a + b - 1) / b; }

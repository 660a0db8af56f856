// The words of CUDA C++ that the kernels use, for a host compiler.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

#include "driver.h"
#include "fibres.h"

#define KERNEL static void
#define THREADS(count)
#define EXPORT(kernel) static host::Export export_##kernel(#kernel, kernel);
#define DYNAMIC_SHARED(type, name) type* name = static_cast<type*>(host::here().shared)

#define __device__
#define __host__
#define __forceinline__ inline
#define __noinline__
#define __shared__ static thread_local

#define threadIdx (host::here().thread)
#define blockIdx (host::here().block)
#define blockDim (host::here().threads)
#define gridDim (host::here().blocks)

inline void __syncthreads() { host::wait_for_block(); }

inline void __syncwarp() { host::exchange(0, 0); }

template <typename T>
T __shfl_xor_sync(unsigned, T value, int distance) {
  uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof(T));
  bits = host::exchange(bits, static_cast<int>(threadIdx.x % 32) ^ distance);
  std::memcpy(&value, &bits, sizeof(T));
  return value;
}

template <typename T>
T __ldg(const T* at) {
  return *at;
}

inline float __uint_as_float(uint32_t bits) {
  float x;
  std::memcpy(&x, &bits, sizeof x);
  return x;
}

inline uint32_t __float_as_uint(float x) {
  uint32_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  return bits;
}

struct alignas(8) uint2 {
  uint32_t x, y;
};

struct alignas(16) float4 {
  float x, y, z, w;
};

struct alignas(16) uint4 {
  uint32_t x, y, z, w;
};

template <typename T>
T min(T a, T b) {
  return b < a ? b : a;
}

template <typename T>
T max(T a, T b) {
  return a < b ? b : a;
}

inline float float_of_half(uint16_t bits) {
  int exponent = bits >> 10 & 31;
  int fraction = bits & 1023;
  float size = exponent == 31  ? (fraction == 0 ? INFINITY : NAN)
               : exponent == 0 ? std::ldexp(static_cast<float>(fraction), -24)
                               : std::ldexp(static_cast<float>(1024 + fraction), exponent - 25);
  return bits >> 15 ? -size : size;
}

// The nearest half, ties to even.
inline uint16_t half_of_float(float x) {
  uint16_t sign = std::signbit(x) ? 0x8000 : 0;
  float size = std::fabs(x);
  if (!(size < 65520)) {
    return sign | (size != size ? 0x7e00 : 0x7c00);
  }
  int exponent = -24;  // of zero, which has none
  if (size > 0) std::frexp(size, &exponent);
  int shift = exponent < -13 ? -24 : exponent - 11;
  // Rounded to a whole number of the last place; what carries raises the exponent by itself.
  int places = static_cast<int>(std::nearbyint(std::ldexp(size, -shift)));
  return sign | (shift == -24 ? places : (shift + 24) * 1024 + places);
}

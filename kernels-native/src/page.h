// Pages of keys and values: how the numbers of a panel lie in memory, and the one product that
// attention needs from them.
//
// A panel is a matrix of rows x lanes: for keys a row is a channel and a lane a token, for values a
// row is a token and a lane a channel. Logits and outputs are then the same product, of a few
// coefficients for each row (queries, or weights) with the matrix, and lanes of it lie side by side.
#pragma once

#include "cuda.h"

enum Kind : int32_t { F32, F16, BF16, GRID, BOOK };

// One format in one shape. A panel starts with its numbers or codes; the grids follow the codes.
struct Layout {
  const float* points;  // of a book: [books][2^bits][dims]
  int64_t panel_bytes;
  Kind kind;
  int32_t bits;
  int32_t channels;   // of a panel
  int32_t rows;       // of numbers, or of codes
  int32_t lanes;      // a multiple of 16
  int32_t cell_rows;  // rows of numbers, or of codes, that share a grid
  int32_t cell_lanes;
  int32_t across;     // grids side by side
  int32_t scales;     // bytes from the start of the panel
  int32_t offsets;    // likewise; 0 where the grid is symmetric
  float zero;         // the code of 0 on a symmetric grid
  int32_t dims;       // channels that a code stands for
  int32_t books;
};

// As Layouts.java writes it.
static_assert(sizeof(Layout) == 72, "");

constexpr int OCTET = 8;  // rows whose codes fill whole bytes, whatever their width
constexpr int QUAD = 4;   // lanes that a thread takes together

// The coefficients of a row, or of a channel, in shared memory.
template <int G>
struct Coefficients {
  float of[G];

  __device__ __forceinline__ explicit Coefficients(const float* from) {
    if (G % 4 == 0) {
#pragma unroll
      for (int g = 0; g < G; g += 4) {
        float4 four = *reinterpret_cast<const float4*>(from + g);
        of[g] = four.x, of[g + 1] = four.y, of[g + 2] = four.z, of[g + 3] = four.w;
      }
    } else {
#pragma unroll
      for (int g = 0; g < G; g++) of[g] = from[g];
    }
  }
};

// sums[g][i] += coefficients[g] * x[i].
template <int G>
__device__ __forceinline__ void add_row(const float* coefficients, const float (&x)[QUAD],
                                        float (&sums)[G][QUAD]) {
  const Coefficients<G> own(coefficients);
#pragma unroll
  for (int g = 0; g < G; g++) {
#pragma unroll
    for (int i = 0; i < QUAD; i++) sums[g][i] = fmaf(own.of[g], x[i], sums[g][i]);
  }
}

// The grids of four neighbouring lanes. Two arrangements cover the formats of the field: one grid
// for the quad in each row (values coded a token at a time, keys a channel at a time), or a grid for
// each lane, or for the quad, that holds for octets (keys coded a token at a time). Others are met
// row by row.
struct Grids {
  const uint16_t* scales;
  const uint16_t* offsets;  // null where the grid is symmetric
  float zero;
  int cell_rows, cell_lanes, across, lane;

  __device__ Grids(const Layout& layout, const uint8_t* panel, int lane)
      : scales(reinterpret_cast<const uint16_t*>(panel + layout.scales)),
        offsets(layout.offsets == 0 ? nullptr : reinterpret_cast<const uint16_t*>(panel + layout.offsets)),
        zero(layout.zero),
        cell_rows(layout.cell_rows),
        cell_lanes(layout.cell_lanes),
        across(layout.across),
        lane(lane) {}

  __device__ bool one_a_row() const { return cell_rows == 1 && cell_lanes % QUAD == 0; }

  __device__ bool for_octets() const {
    return cell_rows % OCTET == 0 && (cell_lanes == 1 || cell_lanes % QUAD == 0);
  }

  // Lanes beyond the last used one have no grid of their own and are never looked at.
  __device__ int column(int lane) const { return min(lane / cell_lanes, across - 1); }

  __device__ __forceinline__ void read(int64_t at, float& scale, float& offset) const {
    scale = float_of_half(__ldg(scales + at));
    offset = offsets == nullptr ? -scale * zero : float_of_half(__ldg(offsets + at));
  }

  __device__ __forceinline__ void read(int row, float (&scale)[QUAD], float (&offset)[QUAD]) const {
    int64_t first = static_cast<int64_t>(row / cell_rows) * across;
    if (cell_lanes == 1) {
      read_four(scales + first + lane, scale);
      if (offsets != nullptr) return read_four(offsets + first + lane, offset);
#pragma unroll
      for (int i = 0; i < QUAD; i++) offset[i] = -scale[i] * zero;
    } else {
      for (int i = 0; i < QUAD; i++) read(first + column(lane + i), scale[i], offset[i]);
    }
  }

 private:
  __device__ __forceinline__ static void read_four(const uint16_t* at, float (&x)[QUAD]) {
    uint2 four = __ldg(reinterpret_cast<const uint2*>(at));
    x[0] = float_of_half(four.x & 0xffff);
    x[1] = float_of_half(four.x >> 16);
    x[2] = float_of_half(four.y & 0xffff);
    x[3] = float_of_half(four.y >> 16);
  }
};

// The codes of a row in a quad, of any width.
__device__ inline void codes_of(const Layout& layout, const uint8_t* panel, int row, int lane,
                                uint32_t (&codes)[QUAD]) {
  const uint8_t* plane = panel + lane;
  int low = 0;
  for (int i = 0; i < QUAD; i++) codes[i] = 0;
#pragma unroll 1
  for (int width = 8; width > 0; width /= 2) {
    if ((layout.bits & width) == 0) continue;
    int in_byte = 8 / width;
    uint32_t word =
        __ldg(reinterpret_cast<const uint32_t*>(plane + static_cast<int64_t>(row / in_byte) * layout.lanes));
    word >>= row % in_byte * width;
    for (int i = 0; i < QUAD; i++) codes[i] |= (word >> (8 * i) & ((1u << width) - 1)) << low;
    plane += static_cast<int64_t>(ceil_div(layout.rows, in_byte)) * layout.lanes;
    low += width;
  }
}

// The rows that a thread takes: octets `slice`, `slice + slices` ... of rows `from .. to`.
struct Share {
  int from, to, slice, slices;

  __device__ int first_octet() const { return from / OCTET + slice; }
  __device__ bool has(int octet) const { return octet * OCTET < to; }
  __device__ bool has_all(int octet) const { return octet * OCTET >= from && (octet + 1) * OCTET <= to; }
  __device__ int first_row(int octet) const { return max(from, octet * OCTET); }
  __device__ int end_row(int octet) const { return min(to, (octet + 1) * OCTET); }
};

// What all that follows computes: sums[g][i] += the sum over the share's rows of
// coefficients[row - from][g] * x(row, lane + i).

template <int G>
__device__ __noinline__ void add_rows_of_codes(const Layout& layout, const uint8_t* panel, Share share, int octet,
                                               int lane, const float* coefficients, float (&sums)[G][QUAD]) {
  Grids grids(layout, panel, lane);
#pragma unroll 1
  for (int row = share.first_row(octet); row < share.end_row(octet); row++) {
    uint32_t codes[QUAD];
    codes_of(layout, panel, row, lane, codes);
    float scale[QUAD], offset[QUAD], x[QUAD];
    grids.read(row, scale, offset);
#pragma unroll
    for (int i = 0; i < QUAD; i++) x[i] = fmaf(scale[i], static_cast<float>(codes[i]), offset[i]);
    add_row<G>(coefficients + (row - share.from) * G, x, sums);
  }
}

// Codes of a width that is known when this is compiled: those of an octet and a quad are BITS words.
template <int BITS>
struct Words {
  uint32_t word[BITS];

  __device__ __forceinline__ Words(const Layout& layout, const uint8_t* panel, int octet, int lane) {
    const uint8_t* plane = panel + lane;
    int at = 0;
#pragma unroll
    for (int width = 8; width > 0; width /= 2) {
      if ((BITS & width) == 0) continue;
#pragma unroll
      for (int k = 0; k < width; k++) {
        int64_t row = octet * width + k;
        word[at + k] = __ldg(reinterpret_cast<const uint32_t*>(plane + row * layout.lanes));
      }
      plane += static_cast<int64_t>(ceil_div(layout.rows * width, 8)) * layout.lanes;
      at += width;
    }
  }

  // The code of a row of the octet and a lane of the quad.
  __device__ __forceinline__ float code(int row, int lane) const {
    if ((BITS & (BITS - 1)) == 0) {
      // The bits stay where they are: in a float of exponent 23 - at, bit `at` counts one.
      uint32_t bits = word[row * BITS / 8] >> (lane / 2 * 16);
      int at = lane % 2 * 8 + row * BITS % 8;
      uint32_t mask = ((1u << BITS) - 1) << at;
      return __uint_as_float((bits & mask) | (static_cast<uint32_t>(127 + 23 - at) << 23)) -
             static_cast<float>(1 << (23 - at));
    }
    uint32_t code = 0;
    int from = 0, low = 0;
#pragma unroll
    for (int width = 8; width > 0; width /= 2) {
      if ((BITS & width) == 0) continue;
      uint32_t bits = word[from + row * width / 8] >> (lane * 8 + row * width % 8);
      code |= (bits & ((1u << width) - 1)) << low;
      from += width;
      low += width;
    }
    return static_cast<float>(code);
  }
};

template <int G, int BITS>
__device__ __noinline__ void add_codes(const Layout& layout, const uint8_t* panel, Share share, int lane,
                                       const float* coefficients, float (&result)[G][QUAD]) {
  float sums[G][QUAD] = {};
  const Grids grids(layout, panel, lane);
  const bool one_a_row = grids.one_a_row(), for_octets = grids.for_octets();
  const int column = grids.column(lane);
  for (int octet = share.first_octet(); share.has(octet); octet += share.slices) {
    if (!share.has_all(octet) || !(one_a_row || for_octets)) {
      add_rows_of_codes<G>(layout, panel, share, octet, lane, coefficients, result);
      continue;
    }
    const Words<BITS> words(layout, panel, octet, lane);
    const float* own = coefficients + (octet * OCTET - share.from) * G;
    float x[QUAD];
    if (one_a_row) {
      int64_t cell = static_cast<int64_t>(octet * OCTET) * grids.across + column;
#pragma unroll
      for (int r = 0; r < OCTET; r++, cell += grids.across) {
        float scale, offset;
        grids.read(cell, scale, offset);
#pragma unroll
        for (int i = 0; i < QUAD; i++) x[i] = fmaf(scale, words.code(r, i), offset);
        add_row<G>(own + r * G, x, sums);
      }
    } else {
      float scale[QUAD], offset[QUAD];
      grids.read(octet * OCTET, scale, offset);
#pragma unroll
      for (int r = 0; r < OCTET; r++) {
#pragma unroll
        for (int i = 0; i < QUAD; i++) x[i] = fmaf(scale[i], words.code(r, i), offset[i]);
        add_row<G>(own + r * G, x, sums);
      }
    }
  }
#pragma unroll
  for (int g = 0; g < G; g++) {
#pragma unroll
    for (int i = 0; i < QUAD; i++) result[g][i] += sums[g][i];
  }
}

template <int G>
__device__ __noinline__ void add_any_codes(const Layout& layout, const uint8_t* panel, Share share, int lane,
                                           const float* coefficients, float (&sums)[G][QUAD]) {
  for (int octet = share.first_octet(); share.has(octet); octet += share.slices) {
    add_rows_of_codes<G>(layout, panel, share, octet, lane, coefficients, sums);
  }
}

// From here to `add_points` the share counts rows of codes, and a row has the coefficients of `dims`
// channels.

template <int G>
__device__ __forceinline__ void add_row_of_points(const Layout& layout, int number, const uint32_t (&codes)[QUAD],
                                                  const float (&radius)[QUAD], const float* coefficients,
                                                  float (&sums)[G][QUAD]) {
  const float* book = layout.points + (static_cast<int64_t>(number) << layout.bits) * layout.dims;
#pragma unroll 1
  for (int d = 0; d < layout.dims; d++) {
    float x[QUAD];
#pragma unroll
    for (int i = 0; i < QUAD; i++) x[i] = radius[i] * __ldg(book + codes[i] * layout.dims + d);
    add_row<G>(coefficients + d * G, x, sums);
  }
}

template <int G>
__device__ __noinline__ void add_rows_of_points(const Layout& layout, const uint8_t* panel, Share share, int octet,
                                                int lane, const float* coefficients, float (&sums)[G][QUAD]) {
  const Grids radii(layout, panel, lane);
#pragma unroll 1
  for (int row = share.first_row(octet); row < share.end_row(octet); row++) {
    uint32_t codes[QUAD];
    codes_of(layout, panel, row, lane, codes);
    float radius[QUAD], unused[QUAD];
    radii.read(row, radius, unused);
    add_row_of_points<G>(layout, row % layout.books, codes, radius,
                         coefficients + (row - share.from) * layout.dims * G, sums);
  }
}

// Codes of one plane.
template <int G, int BITS>
__device__ __noinline__ void add_plane_of_points(const Layout& layout, const uint8_t* panel, Share share, int lane,
                                                 const float* coefficients, float (&result)[G][QUAD]) {
  constexpr int IN_BYTE = 8 / BITS;
  float sums[G][QUAD] = {};
  const Grids radii(layout, panel, lane);
  const bool one_a_row = radii.one_a_row(), for_octets = radii.for_octets();
  const int column = radii.column(lane);
  for (int octet = share.first_octet(); share.has(octet); octet += share.slices) {
    if (!share.has_all(octet) || !(one_a_row || for_octets)) {
      add_rows_of_points<G>(layout, panel, share, octet, lane, coefficients, result);
      continue;
    }
    float radius[QUAD], unused[QUAD];
    if (for_octets) radii.read(octet * OCTET, radius, unused);
    int book = octet * OCTET % layout.books;
#pragma unroll 1
    for (int k = 0; k < BITS; k++) {
      const int64_t byte_row = octet * BITS + k;
      const uint32_t word = __ldg(reinterpret_cast<const uint32_t*>(panel + byte_row * layout.lanes + lane));
#pragma unroll
      for (int j = 0; j < IN_BYTE; j++) {
        const int row = octet * OCTET + k * IN_BYTE + j;
        if (!for_octets) {
          float offset;
          radii.read(static_cast<int64_t>(row) * radii.across + column, radius[0], offset);
          radius[1] = radius[2] = radius[3] = radius[0];
        }
        uint32_t codes[QUAD];
#pragma unroll
        for (int i = 0; i < QUAD; i++) codes[i] = word >> (8 * i + j * BITS) & ((1u << BITS) - 1);
        add_row_of_points<G>(layout, book, codes, radius, coefficients + (row - share.from) * layout.dims * G, sums);
        if (++book == layout.books) book = 0;
      }
    }
  }
#pragma unroll
  for (int g = 0; g < G; g++) {
#pragma unroll
    for (int i = 0; i < QUAD; i++) result[g][i] += sums[g][i];
  }
}

template <int G>
__device__ __forceinline__ void add_points(const Layout& layout, const uint8_t* panel, Share share, int lane,
                                           const float* coefficients, float (&sums)[G][QUAD]) {
  switch (layout.bits) {
    case 1: return add_plane_of_points<G, 1>(layout, panel, share, lane, coefficients, sums);
    case 2: return add_plane_of_points<G, 2>(layout, panel, share, lane, coefficients, sums);
    case 4: return add_plane_of_points<G, 4>(layout, panel, share, lane, coefficients, sums);
    default:
      for (int octet = share.first_octet(); share.has(octet); octet += share.slices) {
        add_rows_of_points<G>(layout, panel, share, octet, lane, coefficients, sums);
      }
  }
}

// Four neighbouring numbers, the first of them at a multiple of four.
template <Kind KIND>
__device__ __forceinline__ void numbers_at(const uint8_t* panel, int64_t at, float (&x)[QUAD]) {
  if (KIND == F32) {
    float4 four = __ldg(reinterpret_cast<const float4*>(panel) + at / QUAD);
    x[0] = four.x, x[1] = four.y, x[2] = four.z, x[3] = four.w;
  } else {
    uint2 four = __ldg(reinterpret_cast<const uint2*>(panel) + at / QUAD);
#pragma unroll
    for (int i = 0; i < QUAD; i++) {
      uint16_t bits = static_cast<uint16_t>((i < 2 ? four.x : four.y) >> (i % 2 * 16));
      x[i] = KIND == F16 ? float_of_half(bits) : float_of_brain(bits);
    }
  }
}

template <int G, Kind KIND>
__device__ __noinline__ void add_numbers(const Layout& layout, const uint8_t* panel, Share share, int lane,
                                         const float* coefficients, float (&result)[G][QUAD]) {
  float sums[G][QUAD] = {};
  for (int octet = share.first_octet(); share.has(octet); octet += share.slices) {
#pragma unroll 4
    for (int row = share.first_row(octet); row < share.end_row(octet); row++) {
      float x[QUAD];
      numbers_at<KIND>(panel, static_cast<int64_t>(row) * layout.lanes + lane, x);
      add_row<G>(coefficients + (row - share.from) * G, x, sums);
    }
  }
#pragma unroll
  for (int g = 0; g < G; g++) {
#pragma unroll
    for (int i = 0; i < QUAD; i++) result[g][i] += sums[g][i];
  }
}

// The numbers of a row of the matrix itself, in a quad.
__device__ inline void numbers_of(const Layout& layout, const uint8_t* panel, int row, int lane, float (&x)[QUAD]) {
  int64_t at = static_cast<int64_t>(row) * layout.lanes + lane;
  if (layout.kind == F32) return numbers_at<F32>(panel, at, x);
  if (layout.kind == F16) return numbers_at<F16>(panel, at, x);
  if (layout.kind == BF16) return numbers_at<BF16>(panel, at, x);
  int code_row = row / layout.dims;
  uint32_t codes[QUAD];
  codes_of(layout, panel, code_row, lane, codes);
  float scale[QUAD], offset[QUAD];
  Grids(layout, panel, lane).read(code_row, scale, offset);
  const float* book = layout.points + (static_cast<int64_t>(code_row % layout.books) << layout.bits) * layout.dims;
  for (int i = 0; i < QUAD; i++) {
    x[i] = layout.kind == GRID ? fmaf(scale[i], static_cast<float>(codes[i]), offset[i])
                               : scale[i] * __ldg(book + codes[i] * layout.dims + row % layout.dims);
  }
}

template <int G>
__device__ __forceinline__ void add_product(const Layout& layout, const uint8_t* panel, Share share, int lane,
                                            const float* coefficients, float (&sums)[G][QUAD]) {
  switch (layout.kind) {
    case F32: return add_numbers<G, F32>(layout, panel, share, lane, coefficients, sums);
    case F16: return add_numbers<G, F16>(layout, panel, share, lane, coefficients, sums);
    case BF16: return add_numbers<G, BF16>(layout, panel, share, lane, coefficients, sums);
    case GRID:
      switch (layout.bits) {
        case 1: return add_codes<G, 1>(layout, panel, share, lane, coefficients, sums);
        case 2: return add_codes<G, 2>(layout, panel, share, lane, coefficients, sums);
        case 3: return add_codes<G, 3>(layout, panel, share, lane, coefficients, sums);
        case 4: return add_codes<G, 4>(layout, panel, share, lane, coefficients, sums);
        case 8: return add_codes<G, 8>(layout, panel, share, lane, coefficients, sums);
        default: return add_any_codes<G>(layout, panel, share, lane, coefficients, sums);
      }
    case BOOK:
      share.from /= layout.dims;
      share.to /= layout.dims;
      return add_points<G>(layout, panel, share, lane, coefficients, sums);
  }
}

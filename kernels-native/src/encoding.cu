// Vectors into pages: measured, rounded and packed, to the same bits as the reference writes.

#include "page.h"

namespace encoding {

constexpr int WRITERS = 128;

struct Write {
  Layout layout;
  const float* rows;  // [tokens][panels * channels]
  uint8_t* page;
  float* normals;     // of a book: [tokens][panels][channels / group_channels], 1 / rms
  double clip;
  int32_t keys;       // 1 for keys, 0 for values
  int32_t panels;
  int32_t at;         // the first token, a multiple of group_tokens
  int32_t tokens;
  int32_t group_tokens;
  int32_t group_channels;
  int32_t largest;    // code

  __device__ int across() const { return ceil_div(layout.channels, group_channels); }
  __device__ uint8_t* panel(int number) const { return page + number * layout.panel_bytes; }
  __device__ const float* row(int panel, int token) const {
    return rows + (static_cast<int64_t>(token) * panels + panel) * layout.channels;
  }
  // The place of a cell by its first token of the page and its first channel of the panel.
  __device__ int64_t cell(int token, int channel) const {
    int row = keys ? channel / layout.dims : token, lane = keys ? token : channel;
    return static_cast<int64_t>(row / layout.cell_rows) * layout.across + lane / layout.cell_lanes;
  }
};

__device__ inline uint16_t* halves(const Write& all, int panel, int at) {
  return reinterpret_cast<uint16_t*>(all.panel(panel) + at);
}

constexpr float LARGEST_HALF = 65504;

// Half precision saturates: an infinity would poison every logit of the cell.
__device__ inline uint16_t finite_half(float x) {
  return half_of_float(fminf(fmaxf(x, -LARGEST_HALF), LARGEST_HALF));
}

// The nearest bfloat16, ties to even, and finite.
__device__ inline uint16_t finite_brain(float x) {
  uint32_t bits = __float_as_uint(x);
  uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  return static_cast<uint16_t>((rounded & 0x7fff) == 0x7f80 ? rounded - 1 : rounded);
}

// Of two zeros the negative one is the smaller.
__device__ inline float smaller(float a, float b) {
  return a == b ? __uint_as_float(__float_as_uint(a) | __float_as_uint(b)) : a < b ? a : b;
}

__device__ inline float larger(float a, float b) {
  return a == b ? __uint_as_float(__float_as_uint(a) & __float_as_uint(b)) : a > b ? a : b;
}

// A thread a number.
KERNEL THREADS(WRITERS) write_numbers(Write all) {
  const int channels = all.layout.channels * all.panels;
  int64_t i = static_cast<int64_t>(blockIdx.x) * WRITERS + threadIdx.x;
  if (i >= static_cast<int64_t>(all.tokens) * channels) return;
  int token = static_cast<int>(i / channels), channel = static_cast<int>(i % channels) % all.layout.channels;
  uint8_t* panel = all.panel(static_cast<int>(i % channels) / all.layout.channels);
  int row = all.keys ? channel : all.at + token, lane = all.keys ? all.at + token : channel;
  int64_t at = static_cast<int64_t>(row) * all.layout.lanes + lane;
  float x = all.rows[i];
  if (all.layout.kind == F32) {
    reinterpret_cast<float*>(panel)[at] = x;
  } else {
    reinterpret_cast<uint16_t*>(panel)[at] = all.layout.kind == F16 ? finite_half(x) : finite_brain(x);
  }
}

// The cell of a thread: panel, first token of the run and first channel; false if there is none.
__device__ inline bool own_cell(const Write& all, int& panel, int& token, int& channel, int64_t& number) {
  number = static_cast<int64_t>(blockIdx.x) * WRITERS + threadIdx.x;
  int across = all.across();
  if (number >= static_cast<int64_t>(all.tokens / all.group_tokens) * all.panels * across) return false;
  channel = static_cast<int>(number % across) * all.group_channels;
  panel = static_cast<int>(number / across % all.panels);
  token = static_cast<int>(number / across / all.panels) * all.group_tokens;
  return true;
}

// A thread a cell: the grid that spans its numbers.
KERNEL THREADS(WRITERS) measure_cells(Write all) {
  int panel, token, channel;
  int64_t number;
  if (!own_cell(all, panel, token, channel, number)) return;
  int end = min(all.layout.channels, channel + all.group_channels);
  float least = INFINITY, most = -INFINITY;
  for (int t = token; t < token + all.group_tokens; t++) {
    const float* row = all.row(panel, t);
    for (int c = channel; c < end; c++) {
      least = smaller(least, row[c]);
      most = larger(most, row[c]);
    }
  }
  int64_t at = all.cell(all.at + token, channel);
  uint16_t* scales = halves(all, panel, all.layout.scales);
  if (all.layout.offsets == 0) {
    float reach = fmaxf(fabsf(least), fabsf(most));
    scales[at] = finite_half(static_cast<float>(2 * all.clip * reach / all.largest));
  } else {
    double middle = 0.5 * (static_cast<double>(least) + most);
    double reach = 0.5 * all.clip * (static_cast<double>(most) - least);
    scales[at] = finite_half(static_cast<float>(2 * reach / all.largest));
    halves(all, panel, all.layout.offsets)[at] = finite_half(static_cast<float>(middle - reach));
  }
}

__device__ inline uint32_t grid_code(const Write& all, int panel, int token, int channel) {
  int64_t at = all.cell(all.at + token, channel);
  float scale = float_of_half(halves(all, panel, all.layout.scales)[at]);
  if (scale == 0) return all.largest / 2;
  float offset = all.layout.offsets == 0 ? -scale * (all.largest / 2)
                                         : float_of_half(halves(all, panel, all.layout.offsets)[at]);
  float x = (all.row(panel, token)[channel] - offset) / scale;
  return static_cast<uint32_t>(fminf(fmaxf(x, 0.0f), static_cast<float>(all.largest)) + 0.5f);
}

// The point nearest to the normalised channels, of equally near ones the first.
__device__ inline uint32_t nearest(const Write& all, int panel, int token, int channel) {
  const Layout& layout = all.layout;
  int64_t group = (static_cast<int64_t>(token) * all.panels + panel) * all.across() + channel / all.group_channels;
  float normal = all.normals[group];
  const float* x = all.row(panel, token) + channel;
  const float* point =
      layout.points + (static_cast<int64_t>(channel / layout.dims % layout.books) << layout.bits) * layout.dims;
  uint32_t best = 0;
  float least = INFINITY;
  for (uint32_t code = 0; code < 1u << layout.bits; code++, point += layout.dims) {
    float distance = 0;
    for (int d = 0; d < layout.dims; d++) {
      float difference = x[d] * normal - point[d];
      distance += difference * difference;
    }
    if (distance < least) least = distance, best = code;
  }
  return best;
}

// A thread an octet of rows of codes in one lane: whole bytes, of which it keeps what is not of
// this run of tokens. Block y has panel y.
KERNEL THREADS(WRITERS) write_codes(Write all) {
  const Layout& layout = all.layout;
  const int panel = blockIdx.y;
  const int lanes = all.keys ? all.tokens : layout.channels;
  const int from = all.keys ? 0 : all.at;
  const int to = all.keys ? layout.channels / layout.dims : all.at + all.tokens;
  int64_t i = static_cast<int64_t>(blockIdx.x) * WRITERS + threadIdx.x;
  int octet = from / OCTET + static_cast<int>(i / lanes);
  if (octet * OCTET >= to) return;
  const int lane = static_cast<int>(i % lanes);
  uint32_t codes[OCTET];
#pragma unroll 1
  for (int r = 0; r < OCTET; r++) {
    int row = octet * OCTET + r;
    if (row < from || row >= to) continue;
    int token = all.keys ? lane : row - all.at, channel = all.keys ? row * layout.dims : lane;
    codes[r] = layout.kind == GRID ? grid_code(all, panel, token, channel) : nearest(all, panel, token, channel);
  }
  uint8_t* plane = all.panel(panel) + (all.keys ? all.at : 0) + lane;
  int low = 0;
#pragma unroll 1
  for (int width = 8; width > 0; width /= 2) {
    if ((layout.bits & width) == 0) continue;
    const uint32_t ones = (1u << width) - 1;
    const int rows = ceil_div(layout.rows * width, 8);
    for (int k = 0; k < width && octet * width + k < rows; k++) {
      uint8_t* at = plane + static_cast<int64_t>(octet * width + k) * layout.lanes;
      uint32_t byte = *at;
      for (int j = 0; j < 8 / width; j++) {
        int r = k * 8 / width + j, row = octet * OCTET + r;
        if (row < from || row >= to) continue;
        byte = (byte & ~(ones << (j * width))) | (codes[r] >> low & ones) << (j * width);
      }
      *at = static_cast<uint8_t>(byte);
    }
    plane += static_cast<int64_t>(rows) * layout.lanes;
    low += width;
  }
}

// A thread the channels that share a radius: what they are divided by before the points are sought.
KERNEL THREADS(WRITERS) find_normals(Write all) {
  int panel, token, channel;
  int64_t number;
  if (!own_cell(all, panel, token, channel, number)) return;
  int end = min(all.layout.channels, channel + all.group_channels);
  const float* row = all.row(panel, token);
  float squares = 0;
  for (int c = channel; c < end; c++) squares += row[c] * row[c];
  all.normals[number] =
      squares == 0 ? 0 : static_cast<float>(1 / sqrt(static_cast<double>(squares / static_cast<float>(end - channel))));
}

// Likewise, once their codes are written: the radius that fits these points best.
KERNEL THREADS(WRITERS) fit_radii(Write all) {
  int panel, token, channel;
  int64_t number;
  if (!own_cell(all, panel, token, channel, number)) return;
  const Layout& layout = all.layout;
  const float* row = all.row(panel, token);
  const int end = min(layout.channels, channel + all.group_channels);
  double along = 0, length = 0;
  for (int c = channel; c < end; c += layout.dims) {
    int code_row = all.keys ? c / layout.dims : all.at + token, lane = all.keys ? all.at + token : c;
    uint32_t codes[QUAD];
    codes_of(layout, all.panel(panel), code_row, lane / QUAD * QUAD, codes);
    uint32_t code = codes[lane % QUAD];
    const float* point =
        layout.points + ((static_cast<int64_t>(c / layout.dims % layout.books) << layout.bits) + code) * layout.dims;
    for (int d = 0; d < layout.dims; d++) {
      along += static_cast<double>(point[d]) * row[c + d];
      length += static_cast<double>(point[d]) * point[d];
    }
  }
  double radius = length == 0 || along < 0 ? 0 : along / length;
  halves(all, panel, layout.scales)[all.cell(all.at + token, channel)] = finite_half(static_cast<float>(radius));
}

struct Statistics {
  const float* rows;  // [tokens][channels]
  float* results;     // [4][channels]: smallest, largest, mean, deviation
  int32_t tokens;
  int32_t channels;
};

// A thread a channel.
KERNEL THREADS(WRITERS) channel_statistics(Statistics all) {
  int channel = blockIdx.x * WRITERS + threadIdx.x;
  if (channel >= all.channels) return;
  float least = all.rows[channel], most = least;
  double sum = 0, squares = 0;
  for (int t = 0; t < all.tokens; t++) {
    float x = all.rows[static_cast<int64_t>(t) * all.channels + channel];
    least = smaller(least, x);
    most = larger(most, x);
    sum += x;
    squares += static_cast<double>(x) * x;
  }
  double mean = sum / all.tokens;
  double variance = squares / all.tokens - mean * mean;
  float* result = all.results + channel;
  result[0] = least;
  result[all.channels] = most;
  result[2 * all.channels] = static_cast<float>(mean);
  result[3 * all.channels] = static_cast<float>(sqrt(variance < 0 ? 0 : variance));
}

EXPORT(write_numbers)
EXPORT(measure_cells)
EXPORT(write_codes)
EXPORT(find_normals)
EXPORT(fit_radii)
EXPORT(channel_statistics)

}  // namespace encoding

// Decode attention over pages: every block takes one key/value head, up to G of its queries and a
// run of tiles, and leaves what it found of their softmax; a second kernel puts the runs together
// in their order. Runs are cut by tokens alone, not by what the device has.

#include "page.h"

namespace attention {

constexpr int TILE = 64;  // tokens
constexpr int WARPS = 4;  // and tiles of a run: each warp takes its own

// One sequence of one layer.
struct Step {
  int64_t queries;    // in numbers from the start of all queries, and of all outputs
  int64_t partials;   // index of the first; [runs][queryHeads]
  int64_t logits;     // in numbers from the start of all; [queryHeads][tokens]; -1: not asked for
  int64_t columns;    // likewise of the column sums; [kvHeads][tokens]
  int32_t first_head;  // index of its first query head among those of all steps
  int32_t kv_heads, queries_per_head, head_dim, tokens, runs;
};

// Up to 64 tokens of a page.
struct Tile {
  const uint8_t* keys;
  const uint8_t* values;
  int32_t key_layout, value_layout;
  int32_t key_token, value_token;  // the first, in each page
  int32_t first;                   // the same, in the step
  int32_t tokens;
};

struct Run {
  int32_t step, number, first_tile, tiles;
};

// As AttentionPlan.java counts them.
static_assert(sizeof(Step) == 56 && sizeof(Tile) == 40 && sizeof(Run) == 16, "");

struct Attend {
  const Step* steps;
  const Run* runs;
  const Tile* tiles;
  const Layout* layouts;
  const float* queries;
  float* logits;
  float* maxima;  // of the logits, a number a partial
  float* sums;    // of the weights, against that maximum
  int32_t* argmax;
  float* outputs;  // [partials][head_dims]
  int32_t head_dims;
};

// The logits of a tile's tokens, and -infinity for what is left of it: `logits [TILE][G]`.
template <int G>
__device__ void find_logits(const Attend& all, const Step& step, const Tile& tile, int head, int lane,
                            const float* queries, float* logits) {
  const Layout& layout = all.layouts[tile.key_layout];
  int heads_together = layout.channels / step.head_dim;
  const uint8_t* panel = tile.keys + head / heads_together * layout.panel_bytes;
  int from = head % heads_together * step.head_dim;
  constexpr int QUADS = TILE / QUAD;
  int first = lane % QUADS * QUAD;
  float sums[G][QUAD] = {};
  if (first < tile.tokens) {
    Share share = {from, from + step.head_dim, lane / QUADS, WARP / QUADS};
    add_product<G>(layout, panel, share, tile.key_token + first, queries, sums);
  }
#pragma unroll 1
  for (int g = 0; g < G; g++) {
#pragma unroll
    for (int i = 0; i < QUAD; i++) {
      float sum = sums[g][i] + __shfl_xor_sync(ALL_LANES, sums[g][i], QUADS);
      if (lane < QUADS) logits[(first + i) * G + g] = first + i < tile.tokens ? sum : LOWEST;
    }
  }
}

// Turns the logits `[tokens][G]` of one query into weights against their maximum.
template <int G>
__device__ void find_weights(int tokens, int lane, float* logits, float& maximum, float& sum, int& argmax) {
  maximum = LOWEST;
  argmax = 0;
#pragma unroll 2
  for (int t = lane; t < tokens; t += WARP) {
    if (logits[t * G] > maximum) maximum = logits[t * G], argmax = t;
  }
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    float other = __shfl_xor_sync(ALL_LANES, maximum, distance);
    int at = __shfl_xor_sync(ALL_LANES, argmax, distance);
    if (other > maximum || (other == maximum && at < argmax)) maximum = other, argmax = at;
  }
  sum = 0;
#pragma unroll 2
  for (int t = lane; t < tokens; t += WARP) {
    float weight = expf(logits[t * G] - maximum);
    logits[t * G] = weight;
    sum += weight;
  }
#pragma unroll
  for (int distance = WARP / 2; distance > 0; distance /= 2) {
    sum += __shfl_xor_sync(ALL_LANES, sum, distance);
  }
}

// The weighted values of the tiles of one warp: `output [G][head_dim]`.
template <int G>
__device__ void find_output(const Attend& all, const Step& step, const Run& run, int head, int warp, int lane,
                            const float* weights, float* output) {
  int quads = ceil_div(step.head_dim, QUAD);
  int together = 1;  // quads that the warp takes at once, a power of two
  while (together < quads && together < WARP) together *= 2;
  for (int base = 0; base < quads; base += together) {
    int quad = base + lane % together;
    float sums[G][QUAD] = {};
#pragma unroll 1
    for (int t = warp; quad < quads && t < run.tiles; t += WARPS) {
      const Tile& tile = all.tiles[run.first_tile + t];
      const Layout& layout = all.layouts[tile.value_layout];
      Share share = {tile.value_token, tile.value_token + tile.tokens, lane / together, WARP / together};
      add_product<G>(layout, tile.values + head * layout.panel_bytes, share, quad * QUAD,
                     weights + t * TILE * G, sums);
    }
#pragma unroll 1
    for (int g = 0; g < G; g++) {
#pragma unroll
      for (int i = 0; i < QUAD; i++) {
        float sum = sums[g][i];
        for (int distance = together; distance < WARP; distance *= 2) {
          sum += __shfl_xor_sync(ALL_LANES, sum, distance);
        }
        int channel = quad * QUAD + i;
        if (lane < together && channel < step.head_dim) output[g * step.head_dim + channel] = sum;
      }
    }
  }
}

// Shared memory: queries [head_dim][G], weights [WARPS * TILE][G], outputs [WARPS][G][head_dim].
template <int G>
__device__ void attend(const Attend& all) {
  DYNAMIC_SHARED(float, shared);
  const Run& run = all.runs[blockIdx.x];
  const Step& step = all.steps[run.step];
  int groups = ceil_div(step.queries_per_head, G);
  int head = blockIdx.y / groups;
  if (head >= step.kv_heads) return;
  int first_query = head * step.queries_per_head + blockIdx.y % groups * G;
  int count = min(G, (head + 1) * step.queries_per_head - first_query);
  int warp = threadIdx.x / WARP, lane = threadIdx.x % WARP;
  float* queries = shared;
  float* weights = queries + step.head_dim * G;
  float* outputs = weights + WARPS * TILE * G;

  const float* from = all.queries + step.queries + static_cast<int64_t>(first_query) * step.head_dim;
#pragma unroll 1
  for (int i = threadIdx.x; i < step.head_dim * G; i += WARPS * WARP) {
    int channel = i / G, g = i % G;
    queries[i] = g < count ? from[g * step.head_dim + channel] : 0;
  }
  __syncthreads();
#pragma unroll 1
  for (int t = warp; t < run.tiles; t += WARPS) {
    find_logits<G>(all, step, all.tiles[run.first_tile + t], head, lane, queries, weights + t * TILE * G);
  }
  __syncthreads();
  const int64_t query_heads = step.kv_heads * step.queries_per_head;
  const int64_t partial = step.partials + run.number * query_heads + first_query;
#pragma unroll 1
  for (int g = warp; g < G; g += WARPS) {
    if (step.logits >= 0 && g < count) {
      float* kept = all.logits + step.logits + static_cast<int64_t>(first_query + g) * step.tokens;
#pragma unroll 1
      for (int t = lane; t < run.tiles * TILE; t += WARP) {
        const Tile& tile = all.tiles[run.first_tile + t / TILE];
        if (t % TILE < tile.tokens) kept[tile.first + t % TILE] = weights[t * G + g];
      }
    }
    float maximum, sum;
    int argmax;
    find_weights<G>(run.tiles * TILE, lane, weights + g, maximum, sum, argmax);
    if (lane == 0 && g < count) {
      all.maxima[partial + g] = maximum;
      all.sums[partial + g] = sum;
      all.argmax[partial + g] = all.tiles[run.first_tile + argmax / TILE].first + argmax % TILE;
    }
  }
  __syncthreads();
  find_output<G>(all, step, run, head, warp, lane, weights, outputs + warp * G * step.head_dim);
  __syncthreads();
#pragma unroll 1
  for (int i = threadIdx.x; i < count * step.head_dim; i += WARPS * WARP) {
    float sum = 0;
    for (int w = 0; w < min(WARPS, run.tiles); w++) sum += outputs[w * G * step.head_dim + i];
    int g = i / step.head_dim;
    all.outputs[(partial + g) * all.head_dims + i % step.head_dim] = sum;
  }
}

KERNEL THREADS(WARPS* WARP) attend_1(Attend all) { attend<1>(all); }
KERNEL THREADS(WARPS* WARP) attend_4(Attend all) { attend<4>(all); }
KERNEL THREADS(WARPS* WARP) attend_8(Attend all) { attend<8>(all); }

// The runs of one query head, in their order.
struct Merge {
  const Step* steps;
  const float* maxima;
  const float* sums;
  const int32_t* argmax;
  const float* partials;
  float* outputs;
  int32_t* all_argmax;  // a number a query head of all steps
  float* all_maxima;    // likewise
  float* all_sums;
  int32_t head_dims;
};

constexpr int MERGERS = WARPS * WARP;

// The larger of two logits, and of equal ones the earlier.
__device__ __forceinline__ void keep_larger(float other, int its_run, float& maximum, int& run) {
  if (other > maximum || (other == maximum && its_run < run)) maximum = other, run = its_run;
}

KERNEL THREADS(MERGERS) merge(Merge all) {
  __shared__ float weights[MERGERS];
  __shared__ int runs[MERGERS];
  const Step& step = all.steps[blockIdx.y];
  const int query_heads = step.kv_heads * step.queries_per_head;
  const int query = blockIdx.x, thread = threadIdx.x;
  if (query >= query_heads) return;
  const int64_t first = step.partials + query;

  float maximum = LOWEST;
  int run = 0;
  for (int r = thread; r < step.runs; r += MERGERS) {
    keep_larger(all.maxima[first + static_cast<int64_t>(r) * query_heads], r, maximum, run);
  }
  weights[thread] = maximum;
  runs[thread] = run;
  __syncthreads();
  for (int t = 0; t < min(MERGERS, step.runs); t++) keep_larger(weights[t], runs[t], maximum, run);

  float sum = 0;
  for (int base = 0; base < step.head_dim; base += MERGERS) {
    const int channel = base + thread;
    float output = 0;
    sum = 0;
    for (int from = 0; from < step.runs; from += MERGERS) {
      const int count = min(MERGERS, step.runs - from);
      const int64_t partial = first + static_cast<int64_t>(from) * query_heads;
      __syncthreads();
      if (thread < count) {
        weights[thread] = expf(all.maxima[partial + static_cast<int64_t>(thread) * query_heads] - maximum);
      }
      __syncthreads();
#pragma unroll 4
      for (int r = 0; r < count; r++) {
        const int64_t at = partial + static_cast<int64_t>(r) * query_heads;
        sum = fmaf(weights[r], all.sums[at], sum);
        if (channel < step.head_dim) output = fmaf(weights[r], all.partials[at * all.head_dims + channel], output);
      }
    }
    if (channel < step.head_dim) {
      all.outputs[step.queries + static_cast<int64_t>(query) * step.head_dim + channel] = output / sum;
    }
  }
  if (thread == 0) {
    all.all_argmax[step.first_head + query] = all.argmax[first + static_cast<int64_t>(run) * query_heads];
    all.all_maxima[step.first_head + query] = maximum;
    all.all_sums[step.first_head + query] = sum;
  }
}

// What the queries of a head give to each token.
struct Columns {
  const Step* steps;
  const float* logits;
  const float* maxima;
  const float* sums;
  float* columns;
};

KERNEL column_sums(Columns all) {
  const Step& step = all.steps[blockIdx.z];
  int token = blockIdx.x * blockDim.x + threadIdx.x;
  int head = blockIdx.y;
  if (step.logits < 0 || head >= step.kv_heads || token >= step.tokens) return;
  float sum = 0;
#pragma unroll 2
  for (int g = 0; g < step.queries_per_head; g++) {
    int query = head * step.queries_per_head + g;
    float logit = all.logits[step.logits + static_cast<int64_t>(query) * step.tokens + token];
    sum += expf(logit - all.maxima[step.first_head + query]) / all.sums[step.first_head + query];
  }
  all.columns[step.columns + static_cast<int64_t>(head) * step.tokens + token] = sum;
}

// A tile of keys that were stored before RoPE.
struct Unturned {
  const uint8_t* keys;
  const float* turns;  // [positions][2][head_dim / 2], cosines and then sines
  int64_t turned;      // where its numbers go: [kvHeads][head_dim][TILE]
  int32_t positions;   // index of the first of its tokens
  int32_t order;       // index of the rotated channels that the stored ones are; -1: in order
  int32_t layout;
  int32_t token;       // the first, in the page
  int32_t tokens;
  int32_t width;       // of the rotation, 1 for none
  int32_t head_dim;
  int32_t panels;
  float scale;         // of the rotation
};

static_assert(sizeof(Unturned) == 64, "");

struct Turn {
  const Unturned* tiles;
  const Layout* layouts;
  const int32_t* positions;
  const int32_t* orders;
  float* turned;
  int32_t together;  // tokens at a time, a multiple of four
};

constexpr int TURNERS = 256;

// Takes the keys of panel y of tile x out of their basis and turns them to their positions. Shared
// memory: [channels of a panel][together].
KERNEL THREADS(TURNERS) turn_keys(Turn all) {
  DYNAMIC_SHARED(float, x);
  const Unturned& tile = all.tiles[blockIdx.x];
  if (blockIdx.y >= static_cast<unsigned>(tile.panels)) return;
  const Layout& layout = all.layouts[tile.layout];
  const uint8_t* panel = tile.keys + blockIdx.y * layout.panel_bytes;
  const int32_t* positions = all.positions + tile.positions;
  const int32_t* order = tile.order < 0 ? nullptr : all.orders + tile.order;
  float* turned = all.turned + tile.turned + static_cast<int64_t>(blockIdx.y) * layout.channels * TILE;
  const int together = all.together, numbers = layout.channels * together, half_dim = tile.head_dim / 2;
  for (int first = 0; first < tile.tokens; first += together) {
    for (int i = threadIdx.x; i < numbers / QUAD; i += TURNERS) {
      int channel = i / (together / QUAD), quad = i % (together / QUAD) * QUAD;
      float four[QUAD] = {};
      if (first + quad < tile.tokens) {
        numbers_of(layout, panel, channel, tile.token + first + quad, four);
      }
      float* to = x + (order == nullptr ? channel : order[channel]) * together + quad;
#pragma unroll
      for (int j = 0; j < QUAD; j++) to[j] = four[j];
    }
    __syncthreads();
    for (int half = 1; half < tile.width; half *= 2) {
      for (int i = threadIdx.x; i < numbers / 2; i += TURNERS) {
        int pair = i / together;
        float* a = x + (pair / half * 2 * half + pair % half) * together + i % together;
        float* b = a + half * together;
        float sum = *a + *b;
        *b = *a - *b;
        *a = sum;
      }
      __syncthreads();
    }
    for (int i = threadIdx.x; i < numbers / 2; i += TURNERS) {
      int token = i % together, in_head = i / together % half_dim;
      if (first + token >= tile.tokens) continue;
      int channel = i / together / half_dim * tile.head_dim + in_head;
      const float* turn = tile.turns + static_cast<int64_t>(positions[first + token]) * tile.head_dim + in_head;
      float cosine = turn[0], sine = turn[half_dim];
      float a = x[channel * together + token] * tile.scale;
      float b = x[(channel + half_dim) * together + token] * tile.scale;
      turned[channel * TILE + first + token] = a * cosine - b * sine;
      turned[(channel + half_dim) * TILE + first + token] = b * cosine + a * sine;
    }
    __syncthreads();
  }
}

EXPORT(attend_1)
EXPORT(attend_4)
EXPORT(attend_8)
EXPORT(merge)
EXPORT(column_sums)
EXPORT(turn_keys)

}  // namespace attention

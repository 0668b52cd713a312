// Random changes of training examples: normal numbers, displaced images, limits.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "augmentation.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"

// Philox4x32-10 of 16 blocks at a time, one to a lane.

typedef uint32_t VARIANT(Words) __attribute__((ext_vector_type(16)));
typedef uint64_t VARIANT(LongWords) __attribute__((ext_vector_type(8)));
#define Words VARIANT(Words)
#define LongWords VARIANT(LongWords)

typedef struct {
  Words words[4];
} VARIANT(Blocks);
#define Blocks VARIANT(Blocks)

// The high words of the products of every number and `factor`; the low ones are `x * factor`.
INLINE Words VARIANT(high_product)(Words x, uint32_t factor) {
  LongWords pairs;
  memcpy(&pairs, &x, sizeof pairs);
  const LongWords even = (pairs & 0xFFFFFFFF) * factor;
  const LongWords odd = (pairs >> 32) * factor;
  const LongWords joined = (even >> 32) | (odd & 0xFFFFFFFF00000000);
  Words high;
  memcpy(&high, &joined, sizeof high);
  return high;
}

// The blocks `first` to `first` + 15 after where `place` begins.
INLINE Blocks VARIANT(random_blocks)(const RecurrentRandomPlace *place, uint32_t first) {
  const Words lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  Words a = lanes + (place->block + first);
  Words b = (Words)(place->index);
  Words c = (Words)(place->epoch);
  Words d = (Words)(place->purpose);
  uint32_t low = place->seed_low;
  uint32_t high = place->seed_high;
  for (int round = 0; round < 10; round++) {
    const Words next_a = VARIANT(high_product)(c, 0xCD9E8D57) ^ b ^ low;
    const Words next_c = VARIANT(high_product)(a, 0xD2511F53) ^ d ^ high;
    b = c * 0xCD9E8D57;
    d = a * 0xD2511F53;
    a = next_a;
    c = next_c;
    low += 0x9E3779B9;
    high += 0xBB67AE85;
  }
  return (Blocks){{a, b, c, d}};
}

typedef struct {
  Vector cosine;
  Vector sine;
} VARIANT(Direction);

// Cosine and sine of a turn's 2^-32 part times each number: of the nearest quarter and of what is
// left, an angle r of at most pi / 4, as Taylor sums with an error below 4e-7.
INLINE VARIANT(Direction) VARIANT(direction)(Words turn) {
  const Words quarter = (turn + 0x20000000) >> 30;
  const Words left = turn - (quarter << 30);
  IntegerVector rest;
  memcpy(&rest, &left, sizeof rest);
  const Vector r = __builtin_convertvector(rest, Vector) * splat(0x1.921fb6p-30f);  // 2 pi / 2^32
  const Vector square = r * r;
  Vector s = fused(square, splat(-1.0f / 5040), splat(1.0f / 120));
  s = fused(square, s, splat(-1.0f / 6));
  s = fused(r * square, s, r);
  Vector c = fused(square, splat(1.0f / 40320), splat(-1.0f / 720));
  c = fused(square, c, splat(1.0f / 24));
  c = fused(square, c, splat(-0.5f));
  c = fused(square, c, splat(1.0f));
  const IntegerVector is_odd = (quarter & 1) != 0;
  const IntegerVector turns_cosine = ((quarter + 1) & 2) != 0;
  const IntegerVector turns_sine = (quarter & 2) != 0;
  const Vector cosine = is_odd ? s : c;
  const Vector sine = is_odd ? c : s;
  return (VARIANT(Direction)){turns_cosine ? -cosine : cosine, turns_sine ? -sine : sine};
}

// Two normal numbers of two words (G. E. P. Box, M. E. Muller, 1958).
INLINE void VARIANT(normal_pair)(Words size, Words turn, Vector *first, Vector *second) {
  const Words shifted = (size >> 8) + 1;
  IntegerVector whole;
  memcpy(&whole, &shifted, sizeof whole);
  const Vector uniform = __builtin_convertvector(whole, Vector) * splat(0x1p-24f);
  const Vector radius = __builtin_elementwise_sqrt(splat(-2.0f) * logarithm(uniform));
  const VARIANT(Direction) d = VARIANT(direction)(turn);
  *first = radius * d.cosine;
  *second = radius * d.sine;
}

void VARIANT(normals)(const RecurrentRandomPlace *place, ptrdiff_t count, float deviation,
                      float *y) {
  uint32_t block = 0;
  for (ptrdiff_t n = 0; n < count; n += 4 * LANES, block += LANES) {
    const Blocks blocks = VARIANT(random_blocks)(place, block);
    Vector v[4];
    VARIANT(normal_pair)(blocks.words[0], blocks.words[1], &v[0], &v[1]);
    VARIANT(normal_pair)(blocks.words[2], blocks.words[3], &v[2], &v[3]);
    for (int p = 0; p < 4; p++) {
      v[p] *= splat(deviation);
      const ptrdiff_t left = count - n - p * LANES;
      if (left >= LANES) {
        store(y + n + p * LANES, v[p]);
      } else if (left > 0) {
        store_some(y + n + p * LANES, left, v[p]);
      }
    }
  }
}

// The uniform cubic B-spline at the distance `d` from its centre.
#define SPLINE(d, zero, four, sixth)                                                               \
  __typeof__(d) outer = (zero + 2) - d;                                                            \
  __typeof__(d) inner = (zero + 1) - d;                                                            \
  outer = outer > zero ? outer : zero;                                                             \
  inner = inner > zero ? inner : zero;                                                             \
  return (outer * outer * outer - four * (inner * inner * inner)) * sixth;

INLINE Vector VARIANT(splines)(Vector distance) {
  SPLINE(distance, splat(0.0f), splat(4.0f), splat(1.0f / 6))
}

INLINE float VARIANT(spline)(float distance) { SPLINE(distance, 0.0f, 4.0f, (1.0f / 6)) }

#undef SPLINE

INLINE float VARIANT(distance)(float a, float b) { return a > b ? a - b : b - a; }

// 16 pixels each and their right-hand neighbours.
INLINE void VARIANT(read_pairs)(const float *pixels, IntegerVector places, Vector *left,
                                Vector *right) {
  float pairs[2 * LANES];
  for (int lane = 0; lane < LANES; lane++) {
    memcpy(pairs + 2 * lane, pixels + places[lane], 2 * sizeof(float));
  }
  const Vector first = load(pairs);
  const Vector second = load(pairs + LANES);
  *left = __builtin_shufflevector(first, second, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26,
                                  28, 30);
  *right = __builtin_shufflevector(first, second, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27,
                                   29, 31);
}

// More than there are nodes within reach of 16 pixels at 1.25 nodes a pixel.
enum { VARIANT(most_nodes) = 32 };

void VARIANT(resample)(const RecurrentResampling *s) {
  const ptrdiff_t rows = s->rows;
  const ptrdiff_t columns = s->columns;
  const ptrdiff_t stride = columns + 3;
  const ptrdiff_t vectors = (columns + LANES - 1) / LANES;
  const ptrdiff_t width = vectors * LANES;
  const Vector lanes = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};

  // The image with a border of zeros: a pixel before, two behind.
  float *padded = s->memory;
  memset(padded, 0, (size_t)stride * sizeof(float));
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = padded + (r + 1) * stride;
    row[0] = row[columns + 1] = row[columns + 2] = 0.0f;
    memcpy(row + 1, s->image + r * columns, (size_t)columns * sizeof(float));
  }
  memset(padded + (rows + 1) * stride, 0, 2 * (size_t)stride * sizeof(float));

  // The rows of nodes, spread over the columns: [node row][2][width].
  float *spread = padded + (rows + 3) * stride;
  if (s->nodes) {
    const ptrdiff_t field = s->node_rows * s->node_columns;
    for (ptrdiff_t v = 0; v < vectors; v++) {
      const float first = (float)(v * LANES);
      const float last = (float)(v + 1 < vectors ? (v + 1) * LANES - 1 : columns - 1);
      const ptrdiff_t from = (ptrdiff_t)(first * s->nodes_per_pixel + s->first_column);
      const ptrdiff_t to = (ptrdiff_t)(last * s->nodes_per_pixel + s->first_column) + 4;
      const Vector place =
          (lanes + splat(first)) * splat(s->nodes_per_pixel) + splat(s->first_column + 1);
      Vector weights[VARIANT(most_nodes)];
      for (ptrdiff_t k = from; k < to; k++) {
        weights[k - from] =
            VARIANT(splines)(__builtin_elementwise_abs(place - splat((float)k)));
      }
      for (ptrdiff_t r = 0; r < s->node_rows; r++) {
        const float *x = s->nodes + r * s->node_columns;
        Vector x_sum = splat(0.0f);
        Vector y_sum = splat(0.0f);
        for (ptrdiff_t k = from; k < to; k++) {
          x_sum = fused(weights[k - from], splat(x[k]), x_sum);
          y_sum = fused(weights[k - from], splat(x[field + k]), y_sum);
        }
        store(spread + 2 * r * width + v * LANES, x_sum);
        store(spread + (2 * r + 1) * width + v * LANES, y_sum);
      }
    }
  }

  // Everything counts from the border's corner, so that no place is below zero.
  const Vector right = splat((float)(columns + 1));
  const Vector bottom = splat((float)(rows + 1));
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float row = (float)r;
    const Vector x_start = splat((s->map[1] * row + s->map[2]) + 1.0f);
    const Vector y_start = splat((s->map[4] * row + s->map[5]) + 1.0f);
    ptrdiff_t node = 0;
    float weights[4] = {0};
    if (s->nodes) {
      const float place = row * s->nodes_per_pixel + s->first_row;
      node = (ptrdiff_t)place;
      for (int k = 0; k < 4; k++) {
        weights[k] = VARIANT(spline)(VARIANT(distance)(place + 1.0f, (float)(node + k)));
      }
    }
    for (ptrdiff_t v = 0; v < vectors; v++) {
      const Vector column = lanes + splat((float)(v * LANES));
      Vector x = fused(splat(s->map[0]), column, x_start);
      Vector y = fused(splat(s->map[3]), column, y_start);
      if (s->nodes) {
        const float *shift = spread + 2 * node * width + v * LANES;
        for (int k = 0; k < 4; k++) {
          x = fused(splat(weights[k]), load(shift + 2 * k * width), x);
          y = fused(splat(weights[k]), load(shift + (2 * k + 1) * width), y);
        }
      }
      x = x > splat(0.0f) ? x : splat(0.0f);
      y = y > splat(0.0f) ? y : splat(0.0f);
      x = x < right ? x : right;
      y = y < bottom ? y : bottom;
      const IntegerVector i = __builtin_convertvector(x, IntegerVector);
      const IntegerVector j = __builtin_convertvector(y, IntegerVector);
      const Vector across = x - __builtin_convertvector(i, Vector);
      const Vector down = y - __builtin_convertvector(j, Vector);
      const IntegerVector places = j * (int32_t)stride + i;
      Vector a, b, c, d;
      VARIANT(read_pairs)(padded, places, &a, &b);
      VARIANT(read_pairs)(padded + stride, places, &c, &d);
      const Vector upper = fused(across, b - a, a);
      const Vector lower = fused(across, d - c, c);
      const Vector result = fused(down, lower - upper, upper);
      float *target = s->image + r * columns + v * LANES;
      if (v + 1 < vectors) {
        store(target, result);
      } else {
        store_some(target, columns - v * LANES, result);
      }
    }
  }
}

#undef Words
#undef LongWords
#undef Blocks

#endif

// Layer normalisation of a row's numbers, and its gradient; s = 1 / sqrt(variance + 1e-5):
//
//   y = N(a) = (a - mean) s,   da = s (dy - mean of dy - y mean of dy y)
//
// The mean comes first, then the variance as the mean square of what is left. Padded units are zero
// and add nothing to a mean; from squares and from da they are left out by hand.

#ifndef RECURRENT_NORMALISATION_H
#define RECURRENT_NORMALISATION_H

#define NORMALISATION_EPSILON 1e-5f

// Rows that pass together: enough to hide one row's long chains behind the others' work.
enum { ROWS_TOGETHER = 16 };

#endif

#ifdef RECURRENT_VARIANT

// The first `count` of 16 numbers, zero after them.
INLINE Vector VARIANT(first_of)(Vector v, ptrdiff_t count) {
  const IntegerVector lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
  return lane < (IntegerVector)((int)(count < LANES ? count : LANES)) ? v : splat(0.0f);
}

INLINE Vector VARIANT(normalised)(Vector a, const float *statistics) {
  return (a - splat(statistics[0])) * splat(statistics[1]);
}

// The mean and s of `rows` rows of [panel][row][vectors][16] numbers; those of `units` units count.
INLINE void VARIANT(find_statistics)(const float *numbers, ptrdiff_t panel_stride,
                                     ptrdiff_t row_stride, int vectors, ptrdiff_t panels,
                                     ptrdiff_t rows, ptrdiff_t units, float *statistics) {
  const float count = (float)(vectors * units);
  Vector sum[ROWS_TOGETHER], squares[ROWS_TOGETHER];
  for (ptrdiff_t r = 0; r < rows; r++) sum[r] = squares[r] = splat(0.0f);
  for (ptrdiff_t p = 0; p < panels; p++) {
    for (ptrdiff_t r = 0; r < rows; r++) {
      const float *at = numbers + p * panel_stride + r * row_stride;
      UNROLL for (int v = 0; v < vectors; v++) sum[r] += load(at + v * LANES);
    }
  }
  for (ptrdiff_t r = 0; r < rows; r++)
    statistics[r * RECURRENT_STATISTICS] = sum_lanes(sum[r]) / count;
  for (ptrdiff_t p = 0; p < panels; p++) {
    for (ptrdiff_t r = 0; r < rows; r++) {
      const float *at = numbers + p * panel_stride + r * row_stride;
      const Vector mean = splat(statistics[r * RECURRENT_STATISTICS]);
      UNROLL for (int v = 0; v < vectors; v++) {
        const Vector left = VARIANT(first_of)(load(at + v * LANES) - mean, units - p * LANES);
        squares[r] = fused(left, left, squares[r]);
      }
    }
  }
  for (ptrdiff_t r = 0; r < rows; r++)
    statistics[r * RECURRENT_STATISTICS + 1] =
        1.0f / __builtin_elementwise_sqrt(sum_lanes(squares[r]) / count + NORMALISATION_EPSILON);
}

// Sums over a row of the gradient dy of some y = N(a), and of dy y; then their means.
#define Means VARIANT(Means)
typedef struct {
  Vector dy, dy_y;
} Means;

INLINE void VARIANT(add)(Means *means, Vector dy, Vector y) {
  means->dy += dy;
  means->dy_y = fused(dy, y, means->dy_y);
}

INLINE void VARIANT(divide)(Means *means, ptrdiff_t rows, float count) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    means[r].dy = splat(sum_lanes(means[r].dy) / count);
    means[r].dy_y = splat(sum_lanes(means[r].dy_y) / count);
  }
}

// The gradient of a; s is the second of the statistics.
INLINE Vector VARIANT(through)(const Means *means, const float *statistics, Vector dy, Vector y) {
  return (dy - fused(y, means->dy_y, means->dy)) * splat(statistics[1]);
}

#endif

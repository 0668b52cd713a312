// Products over panels, and what they are cut into; the letters are those of RecurrentKernels.h.

#ifndef RECURRENT_PRODUCTS_H
#define RECURRENT_PRODUCTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

enum {
  /// Columns of a panel.
  RECURRENT_PANEL = 64,
  /// Hidden units of a panel of cells whose panels have four blocks.
  RECURRENT_UNITS = 16,
  /// Numbers that a cell which normalises keeps of each row.
  RECURRENT_STATISTICS = 8,
};

/// Which function of one number an element-wise kernel computes.
typedef enum {
  RECURRENT_SIGMOID,
  RECURRENT_TANH,
  RECURRENT_RELU,
  RECURRENT_EXP,
  RECURRENT_LOG,
} RecurrentFunction;

/// Which function of two numbers an element-wise kernel computes.
typedef enum {
  RECURRENT_ADD,
  RECURRENT_SUBTRACT,
  RECURRENT_MULTIPLY,
  RECURRENT_DIVIDE,
} RecurrentOperation;

/// C[R][N] = bias + A[R][K] x W.
///
/// A's columns come in segments, so that a panelled buffer can be read in place: element
/// (r, s * segment_depth + k) is a[s * segment_stride + r * row_stride + k].
/// C's element (r, 64 p + j) is c[p * panel_stride + r * c_row_stride + j].
typedef struct {
  ptrdiff_t rows;
  /// Columns of C that are written, N.
  ptrdiff_t columns;
  const float *a;
  ptrdiff_t a_row_stride;
  ptrdiff_t segments;
  ptrdiff_t segment_depth;
  ptrdiff_t segment_stride;
  /// W packed, [P][1 + K][64] with K = segments * segment_depth.
  const float *panels;
  float *c;
  ptrdiff_t c_row_stride;
  ptrdiff_t c_panel_stride;
} RecurrentProduct;

/// C[R][N] = start + A[R][K] x W, with W in 8 bits and a scale for each column.
///
/// A row of A is rounded to K whole numbers of 16 bits, with one scale of its own; the products and
/// their sums over up to 512 inputs are exact.
typedef struct {
  ptrdiff_t rows;
  /// Columns of C that are written, N.
  ptrdiff_t columns;
  /// K.
  ptrdiff_t depth;
  const float *a;
  ptrdiff_t a_row_stride;
  /// [P][ceil(K / 2)][64][2]: of each column the weights of two inputs, the last with a zero where K
  /// is odd.
  const int8_t *weights;
  /// What a weight of 1 stands for, [P][64].
  const float *scales;
  /// Where the sums start, [P][64]; null to add to what C holds.
  const float *_Nullable bias;
  /// Room for R rows of K numbers, rounded up to a multiple of 16, and for R scales.
  int16_t *whole;
  float *row_scales;
  float *c;
  ptrdiff_t c_row_stride;
  ptrdiff_t c_panel_stride;
} RecurrentInt8Product;

/// The columns of a panel that a part of a product concerns, in vectors of 16: [from, to).
typedef struct {
  int from;
  int to;
} RecurrentColumns;

/// Adds the weight gradient of a layer over several time steps:
/// gradient[p][0][j] += sum dz, gradient[p][1 + k][j] += sum a[k] dz, with a = [x, h].
/// With `starts` the sums start from zero, whatever the gradient held. Columns that a part does not
/// concern are left as they are.
///
/// Steps are taken from the last to the first, rows from first to last. `previous_hidden` may be
/// null (a Dense layer). With `skips_first_hidden` step 0 has a zero state before it, which adds
/// nothing, and `previous_hidden` begins with the state before step 1. Strides from step to step
/// may be negative.
typedef struct {
  ptrdiff_t steps;
  ptrdiff_t rows;
  ptrdiff_t panels;
  ptrdiff_t input_size;
  RecurrentColumns input_columns;
  const float *input;
  ptrdiff_t input_row_stride;
  ptrdiff_t input_step_stride;
  ptrdiff_t hidden_size;
  RecurrentColumns hidden_columns;
  const float *_Nullable previous_hidden;
  ptrdiff_t hidden_row_stride;
  ptrdiff_t hidden_step_stride;
  bool skips_first_hidden;
  /// [step][p][R][64].
  const float *dz;
  ptrdiff_t dz_step_stride;
  ptrdiff_t dz_panel_stride;
  /// [p][1 + I + H][64], added to.
  float *gradient;
  bool starts;
} RecurrentWeightGradient;

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif

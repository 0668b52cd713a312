// The loops of Recurrent: matrix products, recurrent steps, element-wise functions.
//
// Letters, used in every comment below:
//   R = rows of a batch or shard, T = time steps, I = input size, H = hidden size, G = gates,
//   P = panels.
//
// Panels. Every matrix product runs over panels of RECURRENT_PANEL = 64 columns. A packed weight
// matrix of K inputs and N outputs is P = ceil(N / 64) panels, each [1 + K][64]: one row of biases,
// then a row per input; columns past N are zero. For a recurrent layer the columns of a panel are
// blocks of hidden units, one for each gate: an LSTM panel is [i of 16 units | f | g | o], an RNN
// panel 64 units. What each cell's blocks are is said in the file of its gates. The hidden size is
// padded to whole panels; the hidden state of padded units stays exactly zero.
//
// Rows of unequal length. A batch's rows are sorted by length, the longest first, so that those
// still running at a step are the first ones. Buffers in panels keep the same distance between
// panels at every step, `panel_rows`, however few rows run.
//
// Numbers. Every sum is taken in an order fixed by the shapes alone and every multiply-add is
// fused, so all instruction sets give the same bits. No kernel allocates, locks or keeps state.
// Pointers need the alignment of float only. Buffers never overlap unless a comment says so.

#ifndef RECURRENT_KERNELS_H
#define RECURRENT_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "RecurrentCells.h"
#include "RecurrentOptimizerSteps.h"
#include "RecurrentProducts.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Cross-entropy of rows of logits [R][C] with labels, or with a weight for every class.
///
/// With labels: losses[r] = (1 - s) surprise(label) + s mean surprise, where s is the smoothing and
/// surprise(k) = log(sum exp logits[r]) - logits[r][k]; a label below 0 costs nothing.
/// With targets t: losses[r] = sum over k of t[r][k] surprise(k).
typedef struct {
  ptrdiff_t rows;
  ptrdiff_t classes;
  const float *logits;
  /// [R]; null with targets.
  const int32_t *_Nullable labels;
  /// [R][C]; null with labels.
  const float *_Nullable targets;
  /// From 0 to 1; for labels only.
  float label_smoothing;
  /// What the gradient is multiplied by; the losses are not.
  float scale;
  float *losses;
  /// [R][C], null for none. May be `logits`.
  float *_Nullable gradient;
} RecurrentCrossEntropy;

/// Where a random stream stands: the key and the counter of its next block.
///
/// The generator is Philox4x32 with ten rounds, whose blocks are four words each.
typedef struct {
  uint32_t seed_low;
  uint32_t seed_high;
  uint32_t block;
  uint32_t index;
  uint32_t epoch;
  uint32_t purpose;
} RecurrentRandomPlace;

/// Moves the pixels of an image: pixel (r, c) gets what lay at column x and row y,
///   x = map[0] c + map[1] r + map[2] + dx(r, c),  y = map[3] c + map[4] r + map[5] + dy(r, c),
/// interpolated bilinearly between the four pixels around. Outside of the image all is zero.
///
/// The displacements dx and dy are uniform cubic B-splines over a grid of nodes, coarser than the
/// pixels: pixel (r, c) lies at row r * nodes_per_pixel + first_row and column
/// c * nodes_per_pixel + first_column of a grid whose place (0, 0) is node (1, 1). Both firsts are
/// from 0 up to 1; the grid has node_rows >= last row's place + 4, rounded down, and columns alike.
typedef struct {
  ptrdiff_t rows;
  ptrdiff_t columns;
  /// [rows][columns], changed in place. (rows + 3) * (columns + 3) is below 2^31.
  float *image;
  float map[6];
  /// [2][node_rows][node_columns], dx and then dy; null for no displacement.
  const float *_Nullable nodes;
  ptrdiff_t node_rows;
  ptrdiff_t node_columns;
  /// At most 1.25.
  float nodes_per_pixel;
  float first_row;
  float first_column;
  /// Room for (rows + 3) * (columns + 3) floats, and for 2 * node_rows rows of `columns` rounded up
  /// to a multiple of 16.
  float *memory;
} RecurrentResampling;

/// The kernels of one instruction set.
typedef struct {
  const char *name;

  void (*product)(const RecurrentProduct *);
  void (*int8_product)(const RecurrentInt8Product *);
  void (*weight_gradient)(const RecurrentWeightGradient *);
  /// The kernels of each cell, by `RecurrentCell`.
  const RecurrentCellKernels *cells;
  /// d_second[p][r][j] = dh of units 64 p + j, as `backward` gathers it; for a projected state.
  void (*hidden_gradient)(const RecurrentBackwardStep *);

  /// y[n] = f(x[n]). y may be x.
  void (*map)(RecurrentFunction, ptrdiff_t count, const float *x, float *y);
  /// dx[n] = dy[n] f'(x[n]), from y = f(x), except for the logarithm: from x. dx may be dy.
  void (*map_gradient)(RecurrentFunction, ptrdiff_t count, const float *y, const float *dy,
                       float *dx);
  /// y[n] = a[n * a_step] op b[n * b_step]; a step is 0 or 1. y may be a or b.
  void (*combine)(RecurrentOperation, ptrdiff_t count, const float *a, ptrdiff_t a_step,
                  const float *b, ptrdiff_t b_step, float *y);
  /// y[n] += scale * x[n].
  void (*add_scaled)(ptrdiff_t count, float scale, const float *x, float *y);
  /// y[n] = x[0][n] + x[1][n] + ..., added in a binary tree: ((0 + 1) + (2 + 3)) + ... The number
  /// of sources is a power of two; y may be x[0].
  void (*sum_tree)(ptrdiff_t count, ptrdiff_t sources, const float *_Nonnull const *_Nonnull x,
                   float *y);
  /// Rounds to bfloat16 and joins neighbours: pair k of row r is x[r][2 k] and x[r][2 k + 1], the
  /// last with a zero where the number of columns is odd. A pair takes the place of one float.
  void (*column_pairs)(ptrdiff_t rows, ptrdiff_t columns, const float *x, ptrdiff_t row_stride,
                       float *pairs, ptrdiff_t pair_row_stride);
  /// Rounds to bfloat16 and joins rows: pair (r, k) of [ceil(R / 2)][columns] is x[2 r][k] and
  /// x[2 r + 1][k], the last row with zeros where the number of rows is odd.
  void (*row_pairs)(ptrdiff_t rows, ptrdiff_t columns, const float *x, ptrdiff_t row_stride,
                    float *pairs);
  /// y[n] = byte[n] * scale.
  void (*scale_bytes)(ptrdiff_t count, const uint8_t *bytes, float scale, float *y);

  /// y[inner] = sum over rows of x[rows][inner], rows from first to last.
  void (*sum_rows)(ptrdiff_t rows, ptrdiff_t inner, const float *x, float *y);
  /// The sum of x[n]: 16 sums of every sixteenth element, then pairwise.
  float (*sum)(ptrdiff_t count, const float *x);
  /// The sum of x[n]^2 in double precision: 32 sums of every thirty-second element, then pairwise.
  double (*sum_of_squares)(ptrdiff_t count, const float *x);

  void (*softmax_cross_entropy)(const RecurrentCrossEntropy *);

  /// parameters[n] -= learning_rate * gradients[n].
  void (*gradient_descent)(ptrdiff_t count, float learning_rate, const float *gradients,
                           float *parameters);
  void (*momentum)(const RecurrentMomentumStep *);
  void (*adam)(const RecurrentAdamStep *);
  void (*rmsprop)(const RecurrentRMSpropStep *);
  void (*lion)(const RecurrentLionStep *);
  /// y[n] += share * (x[n] - y[n]).
  void (*average)(ptrdiff_t count, float share, const float *x, float *y);

  /// y[n] = deviation * a draw from the normal distribution with mean 0 and standard deviation 1,
  /// by G. E. P. Box and M. E. Muller's method. Every 64 numbers are made of 16 blocks b: y[b] and
  /// y[16 + b] of words 0 and 1, y[32 + b] and y[48 + b] of words 2 and 3.
  void (*normals)(const RecurrentRandomPlace *, ptrdiff_t count, float deviation, float *y);
  void (*resample)(const RecurrentResampling *);
  /// y[n] = the nearest number to y[n] from low to high; NaN stays.
  void (*clamp)(ptrdiff_t count, float low, float high, float *y);
} RecurrentKernels;

/// Lets a thread that spins take less from its neighbour.
static inline void recurrent_pause(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

/// Lets another thread run on this processor.
void recurrent_yield(void);

/// Writes the numbers of the processors that this process may use, at most `room` of them; returns how
/// many they are, 0 where the system does not say.
ptrdiff_t recurrent_processors(ptrdiff_t room, int32_t *numbers);

/// The kernels in use: the best this processor can run, or those RECURRENT_ISA names.
const RecurrentKernels *recurrent_kernels(void);

/// The kernels whose products have operands in bfloat16, or null if this processor lacks them.
///
/// They read pairs where the others read floats: weights and A are joined along k (the weights by
/// `row_pairs`, their row of biases stays as it is), so I, H, a segment's depth and the 64 columns
/// of next_dz count half as many, rounded up; for a weight gradient, inputs, states and dz are
/// joined along rows. Sums, gates and states are floats as ever.
const RecurrentKernels *_Nullable recurrent_bfloat16_kernels(void);

/// The kernels of the instruction set `name`, or null if this build or processor lacks them.
const RecurrentKernels *_Nullable recurrent_kernels_named(const char *name);

/// The value of RECURRENT_ISA if it was set to something that cannot be honoured, else null.
const char *_Nullable recurrent_refused_instruction_set(void);

/// The names that `recurrent_kernels_named` knows on this processor, best first, comma-separated.
const char *recurrent_instruction_sets(void);

/// packed[p][1 + k][j] = matrix[k * input_stride + (64 p + j) * output_stride], and the bias in
/// row 0 (zero if null). Columns past `outputs` are zero.
void recurrent_pack(ptrdiff_t inputs, ptrdiff_t outputs, const float *matrix,
                    ptrdiff_t input_stride, ptrdiff_t output_stride, const float *_Nullable bias,
                    float *packed);

/// The inverse of `recurrent_pack`, without the bias.
void recurrent_unpack(ptrdiff_t inputs, ptrdiff_t outputs, const float *packed, float *matrix,
                      ptrdiff_t input_stride, ptrdiff_t output_stride);

/// Rounds K rows of packed weights, [P][K][64] with `panel_stride` floats from panel to panel, to 8
/// bits, [P][ceil(K / 2)][64][2], with a scale for each column: its largest weight is 127 or -127.
///
/// A column of zeros has a scale of 0, one with a number that is not finite NaN.
void recurrent_pack_int8(ptrdiff_t panels, ptrdiff_t depth, const float *packed,
                         ptrdiff_t panel_stride, int8_t *weights, float *scales);

/// One gate's rows among a layer's parameters; null where the gate has none.
typedef struct {
  /// [H][I].
  const float *_Nullable input;
  /// [H][recurrent size].
  const float *_Nullable recurrent;
  /// [H].
  const float *_Nullable bias;
} RecurrentGate;

/// The sizes that packed weights have: `gates` blocks of `units` hidden units to a panel.
typedef struct {
  ptrdiff_t gates;
  ptrdiff_t units;
  ptrdiff_t input_size;
  ptrdiff_t recurrent_size;
  ptrdiff_t hidden_size;
} RecurrentGateSizes;

/// Packs a recurrent layer's weights for the way forward, [P][1 + I + recurrent size][64].
void recurrent_pack_gates(const RecurrentGateSizes *, const RecurrentGate *gates, float *packed);

/// Packs one matrix [H][columns] for each of `gates` gates for the way back,
/// [ceil(columns / 64)][1 + P gates units][64]: what dz in panels is multiplied by. Row 0 and the
/// rows of padded units are zero.
void recurrent_pack_gates_transposed(ptrdiff_t gates, ptrdiff_t units, ptrdiff_t hidden_size,
                                     ptrdiff_t columns,
                                     const float *_Nullable const *_Nonnull matrices,
                                     float *packed);

/// One gate's rows among the gradients of a layer's parameters; null where the gate has none.
typedef struct {
  float *_Nullable input;
  float *_Nullable recurrent;
  float *_Nullable bias;
} RecurrentGateGradient;

/// The inverse of `recurrent_pack_gates`, for gradients.
void recurrent_unpack_gates(const RecurrentGateSizes *, const float *packed,
                            const RecurrentGateGradient *gates);

/// Copies rows of `size` numbers, `row_stride` apart, into panels [p][panel_rows][units], the last
/// padded with zeros.
void recurrent_rows_to_panels(ptrdiff_t rows, ptrdiff_t panel_rows, ptrdiff_t size,
                              ptrdiff_t units, const float *source, ptrdiff_t row_stride,
                              float *panels);

/// The inverse of `recurrent_rows_to_panels`.
void recurrent_panels_to_rows(ptrdiff_t rows, ptrdiff_t panel_rows, ptrdiff_t size,
                              ptrdiff_t units, const float *panels, float *target,
                              ptrdiff_t row_stride);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif

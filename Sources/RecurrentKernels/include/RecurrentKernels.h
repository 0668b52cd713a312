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

#include "RecurrentOptimizerSteps.h"

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

/// The cells whose gates are kernels.
typedef enum {
  RECURRENT_CELL_RNN,
  RECURRENT_CELL_LSTM,
  RECURRENT_CELL_LSTM_PEEPHOLE,
  RECURRENT_CELL_LSTM_COUPLED,
  RECURRENT_CELL_LSTM_COUPLED_PEEPHOLE,
  RECURRENT_CELL_GRU,
  RECURRENT_CELL_GRU_RESET_BEFORE,
  RECURRENT_CELL_IND_RNN,
  RECURRENT_CELL_MIN_GRU,
  RECURRENT_CELL_MIN_LSTM,
  RECURRENT_CELL_LEM,
  RECURRENT_CELL_SLSTM,
  RECURRENT_CELL_NORMALISED_LSTM,
  RECURRENT_CELL_NORMALISED_LSTM_PEEPHOLE,
  RECURRENT_CELL_NORMALISED_LSTM_COUPLED,
  RECURRENT_CELL_NORMALISED_LSTM_COUPLED_PEEPHOLE,
  RECURRENT_CELLS,
} RecurrentCell;

/// One step of a recurrent layer, forward: z = bias + x W + h W, then the gates of the cell.
typedef struct {
  ptrdiff_t rows;
  ptrdiff_t panel_rows;
  ptrdiff_t panels;
  ptrdiff_t input_size;
  const float *input;
  ptrdiff_t input_row_stride;
  /// The size of the state that weights multiply: H, or less where it is projected.
  ptrdiff_t hidden_size;
  /// What weights multiply. Null where the state before is zero; then h W is left out.
  const float *_Nullable previous_hidden;
  ptrdiff_t previous_hidden_row_stride;
  /// The hidden state before as gates carry it over, without a mask; null where zero.
  const float *_Nullable previous_output;
  ptrdiff_t previous_output_row_stride;
  /// What `previous_hidden` was multiplied by, [R][>= padded H]; null for nothing.
  const float *_Nullable hidden_mask;
  ptrdiff_t hidden_mask_row_stride;
  /// Further states, [state][p][R][16], `state_stride` apart; null where zero.
  const float *_Nullable previous_states;
  /// May be `previous_states` itself.
  float *_Nullable states;
  ptrdiff_t state_stride;
  /// [p][1 + I + H][64]; of cells that normalise [p][1 + I][64] and then [p][1 + H][64], their rows
  /// of biases zero.
  const float *weights;
  /// Parameters of single units, [parameter][padded H].
  const float *_Nullable unit_parameters;
  /// [p][R][64] after activation, kept for backward; null to keep nothing. Of cells that normalise
  /// never null: [3][p][R][64], sums over the input, sums over the hidden state, and gates.
  float *_Nullable gates;
  /// Cells that normalise only: [R][RECURRENT_STATISTICS], for backward, and the hidden units that
  /// are really there.
  float *_Nullable statistics;
  ptrdiff_t unit_count;
  /// [R][>= padded H]. May not be `previous_hidden`. Where a second product follows it is what that
  /// product reads, and `recurrent_cells[].finish` writes the hidden state.
  float *hidden;
  ptrdiff_t hidden_row_stride;
  /// Where a second product follows: its result, [R][>= padded H].
  const float *_Nullable second;
  ptrdiff_t second_row_stride;
  /// The share of the state before that stays (zoneout), [R][>= padded H] or, with a stride of 0,
  /// the same for all rows; null for none.
  const float *_Nullable hidden_zoneout;
  ptrdiff_t hidden_zoneout_row_stride;
  const float *_Nullable cell_zoneout;
  ptrdiff_t cell_zoneout_row_stride;
  /// Cells with a choice of functions only.
  RecurrentFunction activation;
  /// LEM only.
  float time_step;
} RecurrentForwardStep;

/// One step of a recurrent layer, backward: dh = d_output + d_state + dz(t + 1) W', then dz(t).
typedef struct {
  ptrdiff_t rows;
  ptrdiff_t panel_rows;
  /// The first rows that step t + 1 has too; to the others `d_hidden` arrives here.
  ptrdiff_t next_rows;
  ptrdiff_t panels;
  /// Hidden units that are really there.
  ptrdiff_t output_size;
  /// [p][R][64] of step t + 1; null where it has no rows. Of cells that normalise it is dz of the
  /// sums over the hidden state.
  const float *_Nullable next_dz;
  /// The columns of dz that read the hidden state.
  RecurrentColumns dz_columns;
  /// Recurrent weights for the way back, [ceil(H / 64)][1 + P B][64], first row zero, with B those
  /// columns.
  const float *weights;
  /// What the hidden state was multiplied by before the weights, [R][>= padded H]; null for nothing.
  const float *_Nullable hidden_mask;
  ptrdiff_t hidden_mask_row_stride;
  /// [R][>= output size]; null where zero. Only that many units are read.
  const float *_Nullable d_output;
  ptrdiff_t d_output_row_stride;
  /// Gradient of the final hidden state, [R][>= output size]; null where zero.
  const float *_Nullable d_hidden;
  ptrdiff_t d_hidden_row_stride;
  /// What reaches the hidden state without weights, [R][>= padded H]: in, of step t; out, of step
  /// t - 1. Null for cells that do not carry it over.
  float *_Nullable d_carried;
  ptrdiff_t d_carried_row_stride;
  /// [p][R][64]: in, the activated gates of step t; out, dz of step t. Of cells that normalise
  /// [3][p][R][64]: in, as forward has left them; out, dz of the sums over the input, dz of
  /// those over the hidden state, and nothing.
  float *gates;
  /// Cells that normalise only: what forward has left, and room for the gradient of the hidden
  /// units, [R][padded H], which may be `d_output`.
  const float *_Nullable statistics;
  float *_Nullable d_units;
  ptrdiff_t d_units_row_stride;
  /// Of step t, and of step t - 1 (null where zero).
  const float *_Nullable states;
  const float *_Nullable previous_states;
  ptrdiff_t state_stride;
  /// [state][p][R][16]: in, of step t without its part through h; out, of step t - 1.
  float *_Nullable d_states;
  const float *_Nullable previous_output;
  ptrdiff_t previous_output_row_stride;
  const float *_Nullable unit_parameters;
  /// [parameter][padded H], added to.
  float *_Nullable d_unit_parameters;
  /// Where a second product followed: the gradient of its result, [ceil(N / 64)][R][64], and of
  /// what it read, [R][>= padded H].
  float *_Nullable d_second;
  const float *_Nullable d_staged;
  ptrdiff_t d_staged_row_stride;
  const float *_Nullable hidden_zoneout;
  ptrdiff_t hidden_zoneout_row_stride;
  const float *_Nullable cell_zoneout;
  ptrdiff_t cell_zoneout_row_stride;
  RecurrentFunction activation;
  float time_step;
} RecurrentBackwardStep;

/// The kernels of one cell.
typedef struct {
  void (*forward)(const RecurrentForwardStep *);
  void (*backward)(const RecurrentBackwardStep *);
  /// Cells with a second product only: what follows it forward, and backward, from `d_staged`.
  void (*_Nullable finish)(const RecurrentForwardStep *);
  void (*_Nullable backward_staged)(const RecurrentBackwardStep *);
} RecurrentCellKernels;

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

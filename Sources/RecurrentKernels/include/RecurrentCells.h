// One step of a recurrent layer, forward and backward; the letters are those of RecurrentKernels.h.

#ifndef RECURRENT_CELLS_H
#define RECURRENT_CELLS_H

#include "RecurrentProducts.h"

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

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

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif

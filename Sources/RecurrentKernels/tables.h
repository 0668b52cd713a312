// The names of the kernels and instruction sets, from which the dispatch tables are made.

#ifndef RECURRENT_TABLES_H
#define RECURRENT_TABLES_H

#include "RecurrentKernels.h"

#define RECURRENT_EACH_KERNEL(X, variant)                                                          \
  X(product, variant)                                                                              \
  X(int8_product, variant)                                                                         \
  X(weight_gradient, variant)                                                                      \
  X(hidden_gradient, variant)                                                                      \
  X(map, variant)                                                                                  \
  X(map_gradient, variant)                                                                         \
  X(combine, variant)                                                                              \
  X(add_scaled, variant)                                                                           \
  X(sum_tree, variant)                                                                             \
  X(column_pairs, variant)                                                                         \
  X(row_pairs, variant)                                                                            \
  X(scale_bytes, variant)                                                                          \
  X(sum_rows, variant)                                                                             \
  X(sum, variant)                                                                                  \
  X(sum_of_squares, variant)                                                                       \
  X(softmax_cross_entropy, variant)                                                                \
  X(gradient_descent, variant)                                                                     \
  X(momentum, variant)                                                                             \
  X(adam, variant)                                                                                 \
  X(rmsprop, variant)                                                                              \
  X(lion, variant)                                                                                 \
  X(average, variant)                                                                              \
  X(normals, variant)                                                                              \
  X(resample, variant)                                                                             \
  X(clamp, variant)

// The cells with their place among the kernels, and those of them that a second product follows.
#define RECURRENT_EACH_CELL(X, variant)                                                            \
  X(RECURRENT_CELL_RNN, rnn, variant)                                                              \
  X(RECURRENT_CELL_LSTM, lstm, variant)                                                            \
  X(RECURRENT_CELL_LSTM_PEEPHOLE, lstm_peephole, variant)                                          \
  X(RECURRENT_CELL_LSTM_COUPLED, lstm_coupled, variant)                                            \
  X(RECURRENT_CELL_LSTM_COUPLED_PEEPHOLE, lstm_coupled_peephole, variant)                          \
  X(RECURRENT_CELL_GRU, gru, variant)                                                              \
  X(RECURRENT_CELL_IND_RNN, ind_rnn, variant)                                                      \
  X(RECURRENT_CELL_MIN_GRU, min_gru, variant)                                                      \
  X(RECURRENT_CELL_MIN_LSTM, min_lstm, variant)                                                    \
  X(RECURRENT_CELL_SLSTM, slstm, variant)                                                          \
  X(RECURRENT_CELL_NORMALISED_LSTM, normalised_lstm, variant)                                      \
  X(RECURRENT_CELL_NORMALISED_LSTM_PEEPHOLE, normalised_lstm_peephole, variant)                    \
  X(RECURRENT_CELL_NORMALISED_LSTM_COUPLED, normalised_lstm_coupled, variant)                      \
  X(RECURRENT_CELL_NORMALISED_LSTM_COUPLED_PEEPHOLE, normalised_lstm_coupled_peephole, variant)

#define RECURRENT_EACH_STAGED_CELL(X, variant)                                                     \
  X(RECURRENT_CELL_GRU_RESET_BEFORE, gru_reset_before, variant)                                    \
  X(RECURRENT_CELL_LEM, lem, variant)

// Declares a kernel with the type its table entry has, so that the two cannot drift apart.
#define RECURRENT_DECLARE(name, variant)                                                           \
  __typeof__(*((RecurrentKernels *)0)->name) recurrent_##name##_##variant;
#define RECURRENT_DECLARE_CELL(cell, name, variant)                                                \
  void recurrent_##name##_forward_##variant(const RecurrentForwardStep *);                         \
  void recurrent_##name##_backward_##variant(const RecurrentBackwardStep *);
#define RECURRENT_DECLARE_STAGED_CELL(cell, name, variant)                                         \
  RECURRENT_DECLARE_CELL(cell, name, variant)                                                      \
  void recurrent_##name##_finish_##variant(const RecurrentForwardStep *);                          \
  void recurrent_##name##_backward_staged_##variant(const RecurrentBackwardStep *);
#define RECURRENT_DECLARE_ALL(variant)                                                             \
  RECURRENT_EACH_KERNEL(RECURRENT_DECLARE, variant)                                                \
  RECURRENT_EACH_CELL(RECURRENT_DECLARE_CELL, variant)                                             \
  RECURRENT_EACH_STAGED_CELL(RECURRENT_DECLARE_STAGED_CELL, variant)

#if defined(__x86_64__)
RECURRENT_DECLARE_ALL(avx512)
RECURRENT_DECLARE_ALL(avx512bf16)
RECURRENT_DECLARE_ALL(avx2)
#endif
RECURRENT_DECLARE_ALL(baseline)

#endif

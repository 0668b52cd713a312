// The names of the kernels and instruction sets, from which the dispatch tables are made.

#ifndef RECURRENT_TABLES_H
#define RECURRENT_TABLES_H

#include "RecurrentKernels.h"

#define RECURRENT_EACH_KERNEL(X, variant)                                                          \
  X(product, variant)                                                                              \
  X(weight_gradient, variant)                                                                      \
  X(lstm_forward, variant)                                                                         \
  X(lstm_backward, variant)                                                                        \
  X(rnn_forward, variant)                                                                          \
  X(rnn_backward, variant)                                                                         \
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
  X(adam, variant)                                                                                 \
  X(normals, variant)                                                                              \
  X(resample, variant)                                                                             \
  X(clamp, variant)

// Declares a kernel with the type its table entry has, so that the two cannot drift apart.
#define RECURRENT_DECLARE(name, variant)                                                           \
  __typeof__(*((RecurrentKernels *)0)->name) recurrent_##name##_##variant;

#if defined(__x86_64__)
RECURRENT_EACH_KERNEL(RECURRENT_DECLARE, avx512)
RECURRENT_EACH_KERNEL(RECURRENT_DECLARE, avx512bf16)
RECURRENT_EACH_KERNEL(RECURRENT_DECLARE, avx2)
#endif
RECURRENT_EACH_KERNEL(RECURRENT_DECLARE, baseline)

#endif

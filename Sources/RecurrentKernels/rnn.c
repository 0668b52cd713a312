// The simple recurrent step (J. L. Elman, 1990): h = tanh(z) or ReLU(z);
// backward dz = dh (1 - h^2), or dh where h > 0.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "rnn.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"
#include "tile.h"
#include "recurrence.h"

INLINE void VARIANT(rnn_gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                               ptrdiff_t panel, float *z) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t row = first + r;
    for (ptrdiff_t u = 0; u < RECURRENT_PANEL; u += LANES) {
      const Vector x = load(z + r * RECURRENT_PANEL + u);
      const Vector h = s->activation == RECURRENT_TANH ? hyperbolic_tangent(x)
                                                       : (x <= splat(0.0f) ? splat(0.0f) : x);
      if (s->gates) store(s->gates + (panel * s->rows + row) * RECURRENT_PANEL + u, h);
      store(s->hidden + row * s->hidden_row_stride + panel * RECURRENT_PANEL + u, h);
    }
  }
}

void VARIANT(rnn_forward)(const RecurrentForwardStep *s) {
  VARIANT(forward_step)(s, VARIANT(rnn_gates));
}

INLINE void VARIANT(rnn_gates_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row,
                                        ptrdiff_t panel, const float *product) {
  float *gates = s->gates + (panel * s->rows + row) * RECURRENT_PANEL;
  for (ptrdiff_t u = 0; u < RECURRENT_PANEL; u += LANES) {
    const Vector h = load(gates + u);
    const Vector dh =
        VARIANT(hidden_gradient)(s, product + u, row, panel * RECURRENT_PANEL + u);
    const Vector slope = s->activation == RECURRENT_TANH
                             ? fused(-h, h, splat(1.0f))
                             : (h > splat(0.0f) ? splat(1.0f) : splat(0.0f));
    store(gates + u, dh * slope);
  }
}

void VARIANT(rnn_backward)(const RecurrentBackwardStep *s) {
  VARIANT(backward_step)(s, RECURRENT_PANEL, VARIANT(rnn_gates_gradient));
}

#endif

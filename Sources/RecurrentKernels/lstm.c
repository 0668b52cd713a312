// The LSTM step (S. Hochreiter, J. Schmidhuber, 1997; forget gate: F. Gers et al., 2000):
//
//   i, f, o = sigmoid(z_i), sigmoid(z_f), sigmoid(z_o),  g = tanh(z_g)
//   c = f c' + i g,  h = o tanh(c)
//
// backward, from dh and the dc that arrives from step t + 1:
//
//   dc += dh o (1 - tanh(c)^2)
//   dz_i = dc g i (1 - i),  dz_f = dc c' f (1 - f),  dz_g = dc i (1 - g^2),
//   dz_o = dh tanh(c) o (1 - o),  dc' = dc f

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "lstm.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"
#include "tile.h"
#include "recurrence.h"

#define UNITS RECURRENT_LSTM_UNITS

// Cell states first and hidden states after, so that the long chain of functions behind one row's
// hidden state does not hold up the next row.
INLINE void VARIANT(lstm_gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                                ptrdiff_t panel, float *z) {
  const ptrdiff_t place = panel * s->rows + first;
  const float *before = s->previous_cell ? s->previous_cell + place * UNITS : NULL;
  float *cell = s->cell + place * UNITS;
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = z + r * RECURRENT_PANEL;
    const Vector i = sigmoid(load(row));
    const Vector f = sigmoid(load(row + UNITS));
    const Vector g = hyperbolic_tangent(load(row + 2 * UNITS));
    const Vector o = sigmoid(load(row + 3 * UNITS));
    const Vector c = fused(f, before ? load(before + r * UNITS) : splat(0.0f), i * g);
    if (s->gates) {
      float *gates = s->gates + (place + r) * RECURRENT_PANEL;
      store(gates, i);
      store(gates + UNITS, f);
      store(gates + 2 * UNITS, g);
      store(gates + 3 * UNITS, o);
    }
    store(row + 3 * UNITS, o);
    store(cell + r * UNITS, c);
  }
  float *hidden = s->hidden + first * s->hidden_row_stride + panel * UNITS;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const Vector o = load(z + r * RECURRENT_PANEL + 3 * UNITS);
    store(hidden + r * s->hidden_row_stride, o * hyperbolic_tangent(load(cell + r * UNITS)));
  }
}

void VARIANT(lstm_forward)(const RecurrentForwardStep *s) {
  VARIANT(forward_step)(s, VARIANT(lstm_gates));
}

INLINE void VARIANT(lstm_gates_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row,
                                         ptrdiff_t panel, const float *product) {
  const ptrdiff_t place = panel * s->rows + row;
  float *gates = s->gates + place * RECURRENT_PANEL;
  const Vector i = load(gates);
  const Vector f = load(gates + UNITS);
  const Vector g = load(gates + 2 * UNITS);
  const Vector o = load(gates + 3 * UNITS);
  const Vector tanh_c = hyperbolic_tangent(load(s->cell + place * UNITS));
  const Vector before = s->previous_cell ? load(s->previous_cell + place * UNITS) : splat(0.0f);
  const Vector one = splat(1.0f);
  const Vector dh = VARIANT(hidden_gradient)(s, product, row, panel * UNITS);
  const Vector dc =
      fused(dh * o, fused(-tanh_c, tanh_c, one), load(s->d_cell + place * UNITS));
  store(gates, dc * g * (i * (one - i)));
  store(gates + UNITS, dc * before * (f * (one - f)));
  store(gates + 2 * UNITS, dc * i * fused(-g, g, one));
  store(gates + 3 * UNITS, dh * tanh_c * (o * (one - o)));
  store(s->d_cell + place * UNITS, dc * f);
}

void VARIANT(lstm_backward)(const RecurrentBackwardStep *s) {
  VARIANT(backward_step)(s, UNITS, VARIANT(lstm_gates_gradient));
}

#undef UNITS

#endif

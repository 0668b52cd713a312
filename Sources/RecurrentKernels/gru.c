// The gated recurrent unit, with the reset gate after the product with the state or before it
// (K. Cho et al., 2014, has it before; after it is as fast as one product):
//
//   r, z = sigmoid(..),  n = tanh(x W_n + b_n + r (h' U_n + b_hn))   or   tanh(.. + (r h') U_n)
//   h = (1 - z) n + z h'
//
// backward, with u = h' U_n + b_hn:
//
//   dz_n = dh (1 - z) (1 - n^2),  dz_z = dh (h' - n) z (1 - z),  dz_r = dz_n u r (1 - r),
//   du = dz_n r,  dh' = dh z + through the weights
//
// A panel is [x W_n | r | z | h' U_n] of 16 units: the first three blocks read the input, the last
// three the state. With the reset before, it is [x W_n | r | z | unused] and r h' U_n is a product
// of its own.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "gru.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"
#include "tile.h"
#include "recurrence.h"

#define UNITS RECURRENT_UNITS

INLINE void VARIANT(gru_gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                               ptrdiff_t panel, float *z) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *sums = z + row * RECURRENT_PANEL;
    const Vector r = sigmoid(load(sums + UNITS));
    const Vector keep = sigmoid(load(sums + 2 * UNITS));
    const Vector u = load(sums + 3 * UNITS);
    const Vector n = hyperbolic_tangent(fused(r, u, load(sums)));
    const Vector before = previous_output_of(s, first + row, panel * UNITS);
    if (s->gates) {
      float *gates = s->gates + (panel * s->panel_rows + first + row) * RECURRENT_PANEL;
      store(gates, n);
      store(gates + UNITS, r);
      store(gates + 2 * UNITS, keep);
      store(gates + 3 * UNITS, u);
    }
    VARIANT(write_hidden)(s, first + row, panel * UNITS, fused(keep, before - n, n));
  }
}

void VARIANT(gru_forward)(const RecurrentForwardStep *s) {
  const Blocks blocks = {UNITS, {0, 3}, {1, 4}};
  VARIANT(forward_step)(s, blocks, VARIANT(gru_gates));
}

INLINE void VARIANT(gru_gates_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row,
                                        ptrdiff_t panel, const float *product) {
  float *gates = s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL;
  const Vector one = splat(1.0f);
  const Vector n = load(gates);
  const Vector r = load(gates + UNITS);
  const Vector keep = load(gates + 2 * UNITS);
  const Vector u = load(gates + 3 * UNITS);
  const Vector before = previous_output_of(s, row, panel * UNITS);
  const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product, row, panel * UNITS);
  const Vector dn = hidden.dh * (one - keep) * fused(-n, n, one);
  store(gates, dn);
  store(gates + UNITS, dn * u * (r * (one - r)));
  store(gates + 2 * UNITS, hidden.dh * (before - n) * (keep * (one - keep)));
  store(gates + 3 * UNITS, dn * r);
  VARIANT(carry)(s, row, panel * UNITS, fused(hidden.dh, keep, hidden.kept));
}

void VARIANT(gru_backward)(const RecurrentBackwardStep *s) {
  VARIANT(backward_step)(s, UNITS, s->panels, VARIANT(gru_gates_gradient));
}

// The reset gate before the product: r h' is what the second product reads.

INLINE void VARIANT(reset_gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                                 ptrdiff_t panel, float *z) {
  for (ptrdiff_t row = 0; row < rows; row++) {
    const float *sums = z + row * RECURRENT_PANEL;
    float *gates = s->gates + (panel * s->panel_rows + first + row) * RECURRENT_PANEL;
    const Vector r = sigmoid(load(sums + UNITS));
    store(gates, load(sums));
    store(gates + UNITS, r);
    store(gates + 2 * UNITS, sigmoid(load(sums + 2 * UNITS)));
    const Vector before = masked_output_of(s, first + row, panel * UNITS);
    store(s->hidden + (first + row) * s->hidden_row_stride + panel * UNITS, r * before);
  }
}

void VARIANT(gru_reset_before_forward)(const RecurrentForwardStep *s) {
  const Blocks blocks = {UNITS, {0, 3}, {1, 3}};
  VARIANT(forward_step)(s, blocks, VARIANT(reset_gates));
}

void VARIANT(gru_reset_before_finish)(const RecurrentForwardStep *s) {
  FOR_EACH_UNIT_VECTOR(s, row, panel) {
    float *gates = s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL;
    const Vector sum = load(gates) + load(s->second + row * s->second_row_stride + panel * UNITS);
    const Vector n = hyperbolic_tangent(sum);
    const Vector before = previous_output_of(s, row, panel * UNITS);
    store(gates, n);
    VARIANT(write_hidden)(s, row, panel * UNITS, fused(load(gates + 2 * UNITS), before - n, n));
  }
}

INLINE void VARIANT(reset_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row,
                                    ptrdiff_t panel, const float *product) {
  float *gates = s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL;
  const Vector one = splat(1.0f);
  const Vector n = load(gates);
  const Vector keep = load(gates + 2 * UNITS);
  const Vector before = previous_output_of(s, row, panel * UNITS);
  const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product, row, panel * UNITS);
  const Vector dn = hidden.dh * (one - keep) * fused(-n, n, one);
  store(gates, dn);
  store(gates + 2 * UNITS, hidden.dh * (before - n) * (keep * (one - keep)));
  store(VARIANT(d_second_place)(s, row, panel * UNITS), dn);
  VARIANT(carry)(s, row, panel * UNITS, fused(hidden.dh, keep, hidden.kept));
}

void VARIANT(gru_reset_before_backward)(const RecurrentBackwardStep *s) {
  VARIANT(backward_step)(s, UNITS, s->panels, VARIANT(reset_gradient));
}

void VARIANT(gru_reset_before_backward_staged)(const RecurrentBackwardStep *s) {
  FOR_EACH_UNIT_VECTOR(s, row, panel) {
    float *gates = s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL;
    const Vector r = load(gates + UNITS);
    const Vector d = load(s->d_staged + row * s->d_staged_row_stride + panel * UNITS);
    const Vector before = masked_output_of(s, row, panel * UNITS);
    Vector reaching = r;
    if (s->hidden_mask)
      reaching *= load(s->hidden_mask + row * s->hidden_mask_row_stride + panel * UNITS);
    store(gates + UNITS, d * before * (r * (splat(1.0f) - r)));
    float *carried = s->d_carried + row * s->d_carried_row_stride + panel * UNITS;
    store(carried, fused(d, reaching, load(carried)));
  }
}

#undef UNITS

#endif

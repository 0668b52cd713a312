// The long expressive memory step (T. K. Rusch et al., 2022), with a time step T:
//
//   d1, d2 = T sigmoid(..),  m = (1 - d1) m' + d1 tanh(z_m),  y = (1 - d2) y' + d2 n,
//   n = tanh(x V_y + b_y + m W_y)
//
// backward, with a = tanh(z_m):
//
//   dz_y = dy d2 (1 - n^2),  dz_2 = dy (n - y') d2 (1 - d2 / T),  dy' = dy (1 - d2)
//   dm += dz_y W_y',  dz_m = dm d1 (1 - a^2),  dz_1 = dm (a - m') d1 (1 - d1 / T),
//   dm' = dm (1 - d1)
//
// A panel is [d1 | d2 | m | x V_y] of 16 units; the last block does not read the state. The product
// with the new m is one of its own.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "lem.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"
#include "tile.h"
#include "recurrence.h"

#define UNITS RECURRENT_UNITS

INLINE void VARIANT(lem_gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                               ptrdiff_t panel, float *z) {
  const Vector time_step = splat(s->time_step);
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *sums = z + r * RECURRENT_PANEL;
    const ptrdiff_t place = panel * s->panel_rows + first + r;
    float *gates = s->gates + place * RECURRENT_PANEL;
    const Vector d1 = time_step * sigmoid(load(sums));
    const Vector a = hyperbolic_tangent(load(sums + 2 * UNITS));
    const Vector before =
        s->previous_states ? load(s->previous_states + place * UNITS) : splat(0.0f);
    const Vector m = fused(d1, a - before, before);
    store(gates, d1);
    store(gates + UNITS, time_step * sigmoid(load(sums + UNITS)));
    store(gates + 2 * UNITS, a);
    store(gates + 3 * UNITS, load(sums + 3 * UNITS));
    store(s->states + place * UNITS, m);
    store(s->hidden + (first + r) * s->hidden_row_stride + panel * UNITS, m);
  }
}

void VARIANT(lem_forward)(const RecurrentForwardStep *s) {
  const Blocks blocks = {UNITS, {0, 4}, {0, 3}};
  VARIANT(forward_step)(s, blocks, VARIANT(lem_gates));
}

void VARIANT(lem_finish)(const RecurrentForwardStep *s) {
  FOR_EACH_UNIT_VECTOR(s, row, panel) {
    float *gates = s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL;
    const Vector sum =
        load(gates + 3 * UNITS) + load(s->second + row * s->second_row_stride + panel * UNITS);
    const Vector n = hyperbolic_tangent(sum);
    const Vector before = previous_output_of(s, row, panel * UNITS);
    store(gates + 3 * UNITS, n);
    VARIANT(write_hidden)(s, row, panel * UNITS, fused(load(gates + UNITS), n - before, before));
  }
}

INLINE void VARIANT(lem_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row, ptrdiff_t panel,
                                  const float *product) {
  float *gates = s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL;
  const Vector one = splat(1.0f);
  const Vector d2 = load(gates + UNITS);
  const Vector n = load(gates + 3 * UNITS);
  const Vector before = previous_output_of(s, row, panel * UNITS);
  const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product, row, panel * UNITS);
  const Vector dn = hidden.dh * d2 * fused(-n, n, one);
  store(gates + UNITS, hidden.dh * (n - before) * (d2 * (one - d2 / splat(s->time_step))));
  store(gates + 3 * UNITS, dn);
  store(VARIANT(d_second_place)(s, row, panel * UNITS), dn);
  VARIANT(carry)(s, row, panel * UNITS, fused(hidden.dh, one - d2, hidden.kept));
}

void VARIANT(lem_backward)(const RecurrentBackwardStep *s) {
  VARIANT(backward_step)(s, UNITS, s->panels, VARIANT(lem_gradient));
}

void VARIANT(lem_backward_staged)(const RecurrentBackwardStep *s) {
  const Vector one = splat(1.0f);
  FOR_EACH_UNIT_VECTOR(s, row, panel) {
    const ptrdiff_t place = panel * s->panel_rows + row;
    float *gates = s->gates + place * RECURRENT_PANEL;
    const Vector d1 = load(gates);
    const Vector a = load(gates + 2 * UNITS);
    const Vector before =
        s->previous_states ? load(s->previous_states + place * UNITS) : splat(0.0f);
    const Vector dm = load(s->d_staged + row * s->d_staged_row_stride + panel * UNITS) +
                      load(s->d_states + place * UNITS);
    store(gates, dm * (a - before) * (d1 * (one - d1 / splat(s->time_step))));
    store(gates + 2 * UNITS, dm * d1 * fused(-a, a, one));
    store(s->d_states + place * UNITS, dm * (one - d1));
  }
}

#undef UNITS

#endif

// The cells whose gates read the input alone, so that only a running sum goes from step to step
// (L. Feng et al., 2024):
//
//   minGRU   z = sigmoid(z_z):  h = (1 - z) h' + z n,  n = z_n as it is
//   minLSTM  f, i = sigmoid(..):  F = f / (f + i),  h = F h' + (1 - F) n
//
// backward:
//
//   minGRU   dz_n = dh z,  dz_z = dh (n - h') z (1 - z),  dh' = dh (1 - z)
//   minLSTM  dz_n = dh (1 - F),  dF = dh (h' - n),  dz_f = dF F (1 - F) (1 - f),
//            dz_i = -dF F (1 - F) (1 - i),  dh' = dh F
//
// A panel is [z | n] of 32 units, or [f | i | n | unused] of 16.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "minimal.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"
#include "tile.h"
#include "recurrence.h"

enum { VARIANT(min_gru_units) = 32 };

INLINE void VARIANT(min_gru_gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                                   ptrdiff_t panel, float *sums) {
  const ptrdiff_t units = VARIANT(min_gru_units);
  for (ptrdiff_t r = 0; r < rows; r++) {
    for (ptrdiff_t u = 0; u < units; u += LANES) {
      const ptrdiff_t unit = panel * units + u;
      const Vector z = sigmoid(load(sums + r * RECURRENT_PANEL + u));
      const Vector n = load(sums + r * RECURRENT_PANEL + units + u);
      const Vector before = previous_output_of(s, first + r, unit);
      if (s->gates) {
        float *gates = s->gates + (panel * s->panel_rows + first + r) * RECURRENT_PANEL + u;
        store(gates, z);
        store(gates + units, n);
      }
      VARIANT(write_hidden)(s, first + r, unit, fused(z, n - before, before));
    }
  }
}

void VARIANT(min_gru_forward)(const RecurrentForwardStep *s) {
  const Blocks blocks = {VARIANT(min_gru_units), {0, 4}, {0, 0}};
  VARIANT(forward_step)(s, blocks, VARIANT(min_gru_gates));
}

INLINE void VARIANT(min_gru_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row,
                                      ptrdiff_t panel, const float *product) {
  const ptrdiff_t units = VARIANT(min_gru_units);
  const Vector one = splat(1.0f);
  for (ptrdiff_t u = 0; u < units; u += LANES) {
    const ptrdiff_t unit = panel * units + u;
    float *gates = s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL + u;
    const Vector z = load(gates);
    const Vector n = load(gates + units);
    const Vector before = previous_output_of(s, row, unit);
    const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product + u, row, unit);
    store(gates, hidden.dh * (n - before) * (z * (one - z)));
    store(gates + units, hidden.dh * z);
    VARIANT(carry)(s, row, unit, fused(hidden.dh, one - z, hidden.kept));
  }
}

void VARIANT(min_gru_backward)(const RecurrentBackwardStep *s) {
  VARIANT(backward_step)(s, VARIANT(min_gru_units), s->panels, VARIANT(min_gru_gradient));
}

#define UNITS RECURRENT_UNITS

// f / (f + i); where both are as good as zero, zero.
INLINE Vector VARIANT(share_of)(Vector f, Vector i) {
  const Vector sum = f + i;
  return f / (sum > splat(0x1p-126f) ? sum : splat(0x1p-126f));
}

INLINE void VARIANT(min_lstm_gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                                    ptrdiff_t panel, float *sums) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = sums + r * RECURRENT_PANEL;
    const Vector f = sigmoid(load(row));
    const Vector i = sigmoid(load(row + UNITS));
    const Vector n = load(row + 2 * UNITS);
    const Vector before = previous_output_of(s, first + r, panel * UNITS);
    if (s->gates) {
      float *gates = s->gates + (panel * s->panel_rows + first + r) * RECURRENT_PANEL;
      store(gates, f);
      store(gates + UNITS, i);
      store(gates + 2 * UNITS, n);
    }
    VARIANT(write_hidden)(s, first + r, panel * UNITS,
                          fused(VARIANT(share_of)(f, i), before - n, n));
  }
}

void VARIANT(min_lstm_forward)(const RecurrentForwardStep *s) {
  const Blocks blocks = {UNITS, {0, 3}, {0, 0}};
  VARIANT(forward_step)(s, blocks, VARIANT(min_lstm_gates));
}

INLINE void VARIANT(min_lstm_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row,
                                       ptrdiff_t panel, const float *product) {
  const Vector one = splat(1.0f);
  float *gates = s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL;
  const Vector f = load(gates);
  const Vector i = load(gates + UNITS);
  const Vector n = load(gates + 2 * UNITS);
  const Vector share = VARIANT(share_of)(f, i);
  const Vector before = previous_output_of(s, row, panel * UNITS);
  const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product, row, panel * UNITS);
  const Vector d = hidden.dh * (before - n) * (share * (one - share));
  store(gates, d * (one - f));
  store(gates + UNITS, -d * (one - i));
  store(gates + 2 * UNITS, hidden.dh * (one - share));
  VARIANT(carry)(s, row, panel * UNITS, fused(hidden.dh, share, hidden.kept));
}

void VARIANT(min_lstm_backward)(const RecurrentBackwardStep *s) {
  VARIANT(backward_step)(s, UNITS, s->panels, VARIANT(min_lstm_gradient));
}

#undef UNITS

#endif

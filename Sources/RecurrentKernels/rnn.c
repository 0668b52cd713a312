// The simple recurrent step (J. L. Elman, 1990): h = tanh(z) or ReLU(z); backward
// dz = dh (1 - h^2), or dh where h > 0.
//
// The independently recurrent step (S. Li et al., 2018) has z = bias + x W + u h', with a number u
// for each unit: du += dz h', dh' = dz u.
//
// A panel is 64 units.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "rnn.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"
#include "tile.h"
#include "recurrence.h"

INLINE Vector VARIANT(activated)(RecurrentFunction function, Vector x) {
  return function == RECURRENT_TANH ? hyperbolic_tangent(x)
                                    : (x <= splat(0.0f) ? splat(0.0f) : x);
}

INLINE Vector VARIANT(activated_slope)(RecurrentFunction function, Vector h) {
  return function == RECURRENT_TANH ? fused(-h, h, splat(1.0f))
                                    : (h > splat(0.0f) ? splat(1.0f) : splat(0.0f));
}

INLINE void VARIANT(gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                           ptrdiff_t panel, float *z, bool is_independent) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t row = first + r;
    for (ptrdiff_t u = 0; u < RECURRENT_PANEL; u += LANES) {
      const ptrdiff_t unit = panel * RECURRENT_PANEL + u;
      Vector x = load(z + r * RECURRENT_PANEL + u);
      if (is_independent)
        x = fused(load(s->unit_parameters + unit), masked_output_of(s, row, unit), x);
      const Vector h = VARIANT(activated)(s->activation, x);
      if (s->gates) store(s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL + u, h);
      VARIANT(write_hidden)(s, row, unit, h);
    }
  }
}

INLINE void VARIANT(gates_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row, ptrdiff_t panel,
                                    const float *product, bool is_independent) {
  float *gates = s->gates + (panel * s->panel_rows + row) * RECURRENT_PANEL;
  for (ptrdiff_t u = 0; u < RECURRENT_PANEL; u += LANES) {
    const ptrdiff_t unit = panel * RECURRENT_PANEL + u;
    const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product + u, row, unit);
    const Vector dz = hidden.dh * VARIANT(activated_slope)(s->activation, load(gates + u));
    store(gates + u, dz);
    if (is_independent) {
      Vector weight = load(s->unit_parameters + unit);
      if (s->hidden_mask) weight *= load(s->hidden_mask + row * s->hidden_mask_row_stride + unit);
      VARIANT(add_to_units)
      (s, 0, s->panels * RECURRENT_PANEL, unit, dz, masked_output_of(s, row, unit));
      VARIANT(carry)(s, row, unit, fused(dz, weight, hidden.kept));
    } else if (s->hidden_zoneout) {
      VARIANT(carry)(s, row, unit, hidden.kept);
    }
  }
}

#define KERNELS(name, hidden_columns, is_independent)                                              \
  INLINE void VARIANT(name##_gates)(const RecurrentForwardStep *s, ptrdiff_t first,                \
                                    ptrdiff_t rows, ptrdiff_t panel, float *z) {                   \
    VARIANT(gates)(s, first, rows, panel, z, is_independent);                                      \
  }                                                                                                \
  INLINE void VARIANT(name##_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row,              \
                                       ptrdiff_t panel, const float *product) {                    \
    VARIANT(gates_gradient)(s, row, panel, product, is_independent);                               \
  }                                                                                                \
  void VARIANT(name##_forward)(const RecurrentForwardStep *s) {                                    \
    const Blocks blocks = {RECURRENT_PANEL, {0, 4}, {0, hidden_columns}};                          \
    VARIANT(forward_step)(s, blocks, VARIANT(name##_gates));                                       \
  }                                                                                                \
  void VARIANT(name##_backward)(const RecurrentBackwardStep *s) {                                  \
    VARIANT(backward_step)(s, RECURRENT_PANEL, s->panels, VARIANT(name##_gradient));               \
  }

KERNELS(rnn, 4, false)
KERNELS(ind_rnn, 0, true)

#undef KERNELS

// dh of every unit, for what a projected state reads.
INLINE void VARIANT(gather_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row,
                                     ptrdiff_t panel, const float *product) {
  for (ptrdiff_t u = 0; u < RECURRENT_PANEL; u += LANES) {
    const ptrdiff_t unit = panel * RECURRENT_PANEL + u;
    const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product + u, row, unit);
    store(VARIANT(d_second_place)(s, row, unit), hidden.dh);
    if (s->hidden_zoneout) VARIANT(carry)(s, row, unit, hidden.kept);
  }
}

void VARIANT(hidden_gradient)(const RecurrentBackwardStep *s) {
  const ptrdiff_t panels = (s->output_size + RECURRENT_PANEL - 1) / RECURRENT_PANEL;
  VARIANT(backward_step)(s, RECURRENT_PANEL, panels, VARIANT(gather_gradient));
}

#endif

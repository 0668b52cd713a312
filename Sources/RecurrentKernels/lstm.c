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
//
// With peepholes (F. Gers, N. Schraudolph, J. Schmidhuber, 2002) z_i and z_f see p c' and z_o sees
// p c. Coupled (K. Greff et al., 2017), i = 1 - f. A panel is [i | f | g | o] of 16 units, coupled
// [f | g | o | unused]; the parameters of single units are the peepholes of i, f, o or of f, o.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "lstm.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"
#include "tile.h"
#include "recurrence.h"

#define UNITS RECURRENT_UNITS

static const Blocks VARIANT(lstm_blocks) = {UNITS, {0, 4}, {0, 4}};
static const Blocks VARIANT(lstm_coupled_blocks) = {UNITS, {0, 3}, {0, 3}};

// Cell states first and hidden states after, so that the long chain of functions behind one row's
// hidden state does not hold up the next row.
INLINE void VARIANT(gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                           ptrdiff_t panel, float *z, bool is_coupled, bool has_peepholes) {
  const ptrdiff_t place = panel * s->panel_rows + first;
  const ptrdiff_t unit = panel * UNITS;
  const ptrdiff_t padded = s->panels * UNITS;
  const float *before = s->previous_states ? s->previous_states + place * UNITS : NULL;
  float *cell = s->states + place * UNITS;
  const float *peepholes = has_peepholes ? s->unit_parameters + unit : NULL;
  const float *z_f = z + (is_coupled ? 0 : UNITS);
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t row = r * RECURRENT_PANEL;
    const Vector old = before ? load(before + r * UNITS) : splat(0.0f);
    Vector sum_f = load(z_f + row);
    if (has_peepholes)
      sum_f = fused(load(peepholes + (is_coupled ? 0 : padded)), old, sum_f);
    Vector i, f, g;
    if (is_coupled) {
      f = sigmoid(sum_f);
      i = splat(1.0f) - f;
    } else {
      Vector sum_i = load(z + row);
      if (has_peepholes) sum_i = fused(load(peepholes), old, sum_i);
      i = sigmoid(sum_i);
      f = sigmoid(sum_f);
    }
    g = hyperbolic_tangent(load(z_f + row + UNITS));
    Vector sum_o = load(z_f + row + 2 * UNITS);
    Vector o = has_peepholes ? sum_o : sigmoid(sum_o);
    const Vector c = fused(f, old, i * g);
    if (has_peepholes)
      o = sigmoid(fused(load(peepholes + (is_coupled ? 1 : 2) * padded), c, sum_o));
    if (s->gates) {
      float *gates = s->gates + (place + r) * RECURRENT_PANEL;
      if (!is_coupled) store(gates, i);
      gates += is_coupled ? 0 : UNITS;
      store(gates, f);
      store(gates + UNITS, g);
      store(gates + 2 * UNITS, o);
    }
    store(z + row, c);
    store(z + row + 3 * UNITS, o);
    store(cell + r * UNITS, s->cell_zoneout
                                ? VARIANT(zoned)(s->cell_zoneout, s->cell_zoneout_row_stride,
                                                 first + r, unit, old, c)
                                : c);
  }
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = z + r * RECURRENT_PANEL;
    VARIANT(write_hidden)
    (s, first + r, unit, load(row + 3 * UNITS) * hyperbolic_tangent(load(row)));
  }
}

INLINE void VARIANT(gates_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row, ptrdiff_t panel,
                                    const float *product, bool is_coupled, bool has_peepholes) {
  const ptrdiff_t place = panel * s->panel_rows + row;
  const ptrdiff_t unit = panel * UNITS;
  const ptrdiff_t padded = s->panels * UNITS;
  const Vector one = splat(1.0f);
  float *gates = s->gates + place * RECURRENT_PANEL;
  float *gates_f = gates + (is_coupled ? 0 : UNITS);
  const Vector f = load(gates_f);
  const Vector g = load(gates_f + UNITS);
  const Vector o = load(gates_f + 2 * UNITS);
  const Vector i = is_coupled ? one - f : load(gates);
  const Vector before =
      s->previous_states ? load(s->previous_states + place * UNITS) : splat(0.0f);
  // With zoneout the state kept is not the one the gates gave.
  const Vector c = s->cell_zoneout ? fused(f, before, i * g) : load(s->states + place * UNITS);
  const Vector tanh_c = hyperbolic_tangent(c);
  const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product, row, unit);
  const Vector dh = hidden.dh;
  Vector arriving = load(s->d_states + place * UNITS);
  Vector kept = splat(0.0f);
  if (s->cell_zoneout) {
    kept = arriving * load(s->cell_zoneout + row * s->cell_zoneout_row_stride + unit);
    arriving -= kept;
  }
  const Vector dz_o = dh * tanh_c * (o * (one - o));
  Vector dc = fused(dh * o, fused(-tanh_c, tanh_c, one), arriving);
  const float *peepholes = has_peepholes ? s->unit_parameters + unit : NULL;
  if (has_peepholes) {
    const ptrdiff_t parameter = is_coupled ? 1 : 2;
    dc = fused(dz_o, load(peepholes + parameter * padded), dc);
    VARIANT(add_to_units)(s, parameter, padded, unit, dz_o, c);
  }
  const Vector dz_f =
      is_coupled ? dc * (before - g) * (f * (one - f)) : dc * before * (f * (one - f));
  Vector before_gradient = dc * f;
  if (s->cell_zoneout) before_gradient += kept;
  if (has_peepholes) {
    const ptrdiff_t parameter = is_coupled ? 0 : 1;
    before_gradient = fused(dz_f, load(peepholes + parameter * padded), before_gradient);
    VARIANT(add_to_units)(s, parameter, padded, unit, dz_f, before);
  }
  if (!is_coupled) {
    const Vector dz_i = dc * g * (i * (one - i));
    if (has_peepholes) {
      before_gradient = fused(dz_i, load(peepholes), before_gradient);
      VARIANT(add_to_units)(s, 0, padded, unit, dz_i, before);
    }
    store(gates, dz_i);
  }
  store(gates_f, dz_f);
  store(gates_f + UNITS, dc * i * fused(-g, g, one));
  store(gates_f + 2 * UNITS, dz_o);
  store(s->d_states + place * UNITS, before_gradient);
  if (s->hidden_zoneout) VARIANT(carry)(s, row, unit, hidden.kept);
}

#define KERNELS(name, blocks, is_coupled, has_peepholes)                                           \
  INLINE void VARIANT(name##_gates)(const RecurrentForwardStep *s, ptrdiff_t first,                \
                                    ptrdiff_t rows, ptrdiff_t panel, float *z) {                   \
    VARIANT(gates)(s, first, rows, panel, z, is_coupled, has_peepholes);                           \
  }                                                                                                \
  INLINE void VARIANT(name##_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row,              \
                                       ptrdiff_t panel, const float *product) {                    \
    VARIANT(gates_gradient)(s, row, panel, product, is_coupled, has_peepholes);                    \
  }                                                                                                \
  void VARIANT(name##_forward)(const RecurrentForwardStep *s) {                                    \
    VARIANT(forward_step)(s, VARIANT(blocks), VARIANT(name##_gates));                              \
  }                                                                                                \
  void VARIANT(name##_backward)(const RecurrentBackwardStep *s) {                                  \
    VARIANT(backward_step)(s, UNITS, s->panels, VARIANT(name##_gradient));                         \
  }

KERNELS(lstm, lstm_blocks, false, false)
KERNELS(lstm_peephole, lstm_blocks, false, true)
KERNELS(lstm_coupled, lstm_coupled_blocks, true, false)
KERNELS(lstm_coupled_peephole, lstm_coupled_blocks, true, true)

#undef KERNELS
#undef UNITS

#endif

// The LSTM step with exponential gates (M. Beck et al., "xLSTM", 2024, equations 8 to 17). The
// states c, n are kept divided by e^m, so that no exponential overflows:
//
//   log f = log sigmoid(z_f), or z_f,  m = max(log f + m', z_i),  i = exp(z_i - m),
//   f = exp(log f + m' - m),  c = f c' + i tanh(z_g),  n = f n' + i,  h = sigmoid(z_o) c / n
//
// Where n' is zero nothing has been read yet: then m = z_i and f = 0. Backward, with m held, since
// c / n does not depend on it:
//
//   dz_o = dh (c / n) o (1 - o),  dc += dh o / n,  dn -= dh o c / n^2
//   dz_i = i (dc g + dn),  dz_g = dc i (1 - g^2),  dlog f = f (dc c' + dn n'),
//   dc' = dc f,  dn' = dn f
//
// A panel is [i | f | g | o] of 16 units. The states are c, n and m, in this order.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "slstm.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"
#include "tile.h"
#include "recurrence.h"

#define UNITS RECURRENT_UNITS

// The logarithm of the sigmoid: min(x, 0) - log(1 + e^-|x|).
INLINE Vector VARIANT(logarithm_of_sigmoid)(Vector x) {
  const Vector magnitude = x < splat(0.0f) ? -x : x;
  const Vector least = x < splat(0.0f) ? x : splat(0.0f);
  return least - logarithm(splat(1.0f) + exponential(-magnitude));
}

// The states before a step, and f from them.
#define Before VARIANT(Before)
typedef struct {
  Vector c, n, m;
} Before;

INLINE Before VARIANT(states_before)(const float *states, ptrdiff_t stride, ptrdiff_t place) {
  if (!states) return (Before){splat(0.0f), splat(0.0f), splat(0.0f)};
  const float *at = states + place * UNITS;
  return (Before){load(at), load(at + stride), load(at + 2 * stride)};
}

INLINE Vector VARIANT(logarithm_of_forget)(RecurrentFunction function, Vector z_f) {
  return function == RECURRENT_EXP ? z_f : VARIANT(logarithm_of_sigmoid)(z_f);
}

INLINE Vector VARIANT(forget)(Vector log_f, Before before, Vector m) {
  return before.n == splat(0.0f) ? splat(0.0f) : exponential(log_f + before.m - m);
}

INLINE void VARIANT(slstm_gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                                 ptrdiff_t panel, float *z) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *sums = z + r * RECURRENT_PANEL;
    const ptrdiff_t place = panel * s->panel_rows + first + r;
    const Before before = VARIANT(states_before)(s->previous_states, s->state_stride, place);
    const Vector z_i = load(sums);
    const Vector z_f = load(sums + UNITS);
    const Vector log_f = VARIANT(logarithm_of_forget)(s->activation, z_f);
    const Vector kept = log_f + before.m;
    const Vector greatest = kept > z_i ? kept : z_i;
    const Vector m = before.n == splat(0.0f) ? z_i : greatest;
    const Vector i = exponential(z_i - m);
    const Vector f = VARIANT(forget)(log_f, before, m);
    const Vector g = hyperbolic_tangent(load(sums + 2 * UNITS));
    const Vector o = sigmoid(load(sums + 3 * UNITS));
    const Vector c = fused(f, before.c, i * g);
    const Vector n = fused(f, before.n, i);
    if (s->gates) {
      float *gates = s->gates + place * RECURRENT_PANEL;
      store(gates, i);
      store(gates + UNITS, z_f);
      store(gates + 2 * UNITS, g);
      store(gates + 3 * UNITS, o);
    }
    float *states = s->states + place * UNITS;
    store(states, c);
    store(states + s->state_stride, n);
    store(states + 2 * s->state_stride, m);
    VARIANT(write_hidden)(s, first + r, panel * UNITS, o * (c / n));
  }
}

void VARIANT(slstm_forward)(const RecurrentForwardStep *s) {
  const Blocks blocks = {UNITS, {0, 4}, {0, 4}};
  VARIANT(forward_step)(s, blocks, VARIANT(slstm_gates));
}

INLINE void VARIANT(slstm_gradient)(const RecurrentBackwardStep *s, ptrdiff_t row, ptrdiff_t panel,
                                    const float *product) {
  const Vector one = splat(1.0f);
  const ptrdiff_t place = panel * s->panel_rows + row;
  float *gates = s->gates + place * RECURRENT_PANEL;
  const Vector i = load(gates);
  const Vector z_f = load(gates + UNITS);
  const Vector g = load(gates + 2 * UNITS);
  const Vector o = load(gates + 3 * UNITS);
  const Before before = VARIANT(states_before)(s->previous_states, s->state_stride, place);
  const Before now = VARIANT(states_before)(s->states, s->state_stride, place);
  const Vector log_f = VARIANT(logarithm_of_forget)(s->activation, z_f);
  const Vector f = VARIANT(forget)(log_f, before, now.m);
  const Vector ratio = now.c / now.n;
  const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product, row, panel * UNITS);
  float *d_states = s->d_states + place * UNITS;
  const Vector dq = hidden.dh * o / now.n;
  const Vector dc = load(d_states) + dq;
  const Vector dn = fused(-dq, ratio, load(d_states + s->state_stride));
  const Vector d_log_f = f * fused(dc, before.c, dn * before.n);
  store(gates, i * fused(dc, g, dn));
  store(gates + UNITS, s->activation == RECURRENT_EXP ? d_log_f : d_log_f * sigmoid(-z_f));
  store(gates + 2 * UNITS, dc * i * fused(-g, g, one));
  store(gates + 3 * UNITS, hidden.dh * ratio * (o * (one - o)));
  store(d_states, dc * f);
  store(d_states + s->state_stride, dn * f);
  // Only the m given with the initial state is no function of what came before; its gradient is the
  // one that the first step leaves.
  store(d_states + 2 * s->state_stride, d_log_f);
  if (s->hidden_zoneout) VARIANT(carry)(s, row, panel * UNITS, hidden.kept);
}

void VARIANT(slstm_backward)(const RecurrentBackwardStep *s) {
  VARIANT(backward_step)(s, UNITS, s->panels, VARIANT(slstm_gradient));
}

#undef UNITS

#endif

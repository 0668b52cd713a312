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

void VARIANT(rnn_forward)(const RecurrentForwardStep *s) {
  float z[TILE_ROWS * RECURRENT_PANEL];
  const ptrdiff_t tiles = tile_count(s->rows);
  for (ptrdiff_t panel = 0; panel < s->panels; panel++) {
    for (ptrdiff_t t = 0; t < tiles; t++) {
      const ptrdiff_t first = tile_start(s->rows, tiles, t);
      const ptrdiff_t rows = tile_start(s->rows, tiles, t + 1) - first;
#define TILE(n) VARIANT(forward_tile)(s, n, first, panel, z)
      WITH_CONSTANT_ROWS(rows, TILE)
#undef TILE
      for (ptrdiff_t r = 0; r < rows; r++) {
        float *hidden = s->hidden + (first + r) * s->hidden_row_stride + panel * RECURRENT_PANEL;
        for (ptrdiff_t u = 0; u < RECURRENT_PANEL; u += LANES) {
          const Vector x = load(z + r * RECURRENT_PANEL + u);
          const Vector h = s->activation == RECURRENT_TANH
                               ? hyperbolic_tangent(x)
                               : (x <= splat(0.0f) ? splat(0.0f) : x);
          if (s->gates)
            store(s->gates + (panel * s->rows + first + r) * RECURRENT_PANEL + u, h);
          store(hidden + u, h);
        }
      }
    }
  }
}

void VARIANT(rnn_backward)(const RecurrentBackwardStep *s) {
  float product[TILE_ROWS * RECURRENT_PANEL];
  const ptrdiff_t tiles = tile_count(s->rows);
  for (ptrdiff_t panel = 0; panel < s->panels; panel++) {
    for (ptrdiff_t t = 0; t < tiles; t++) {
      const ptrdiff_t first = tile_start(s->rows, tiles, t);
      const ptrdiff_t rows = tile_start(s->rows, tiles, t + 1) - first;
#define TILE(n) VARIANT(backward_tile)(s, n, first, panel, product)
      WITH_CONSTANT_ROWS(rows, TILE)
#undef TILE
      for (ptrdiff_t r = 0; r < rows; r++) {
        float *gates = s->gates + (panel * s->rows + first + r) * RECURRENT_PANEL;
        for (ptrdiff_t u = 0; u < RECURRENT_PANEL; u += LANES) {
          const Vector h = load(gates + u);
          const Vector dh = VARIANT(hidden_gradient)(s, product + r * RECURRENT_PANEL + u,
                                                     first + r, panel * RECURRENT_PANEL + u);
          const Vector slope = s->activation == RECURRENT_TANH
                                   ? fused(-h, h, splat(1.0f))
                                   : (h > splat(0.0f) ? splat(1.0f) : splat(0.0f));
          store(gates + u, dh * slope);
        }
      }
    }
  }
}

#endif

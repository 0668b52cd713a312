#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "product.c"
#include "variants.h"

#else

#include "vector.h"
#include "tile.h"

// C of `rows` rows and the columns [group, group + 16 vectors) of one panel; `columns` of them are
// written.
INLINE void VARIANT(product_tile)(const RecurrentProduct *q, int rows, int vectors,
                                  ptrdiff_t first, ptrdiff_t panel, ptrdiff_t group,
                                  ptrdiff_t columns) {
  const ptrdiff_t depth = q->segments * q->segment_depth;
  const float *b = q->panels + panel * (1 + depth) * RECURRENT_PANEL + group;
  float *c = q->c + panel * q->c_panel_stride + first * q->c_row_stride + group;
  Tile tile;
  VARIANT(tile_broadcast)(&tile, rows, vectors, b);
  b += RECURRENT_PANEL;
  for (ptrdiff_t s = 0; s < q->segments; s++) {
    const float *a = q->a + s * q->segment_stride + first * q->a_row_stride;
    VARIANT(tile_accumulate)(&tile, rows, vectors, a, q->a_row_stride, 1, b, RECURRENT_PANEL,
                             q->segment_depth);
    b += q->segment_depth * RECURRENT_PANEL;
  }
  if (columns == vectors * RECURRENT_LANES) {
    VARIANT(tile_write)(&tile, rows, vectors, c, q->c_row_stride);
  } else {
    _Alignas(CACHE_LINE) float scratch[TILE_ROWS * GROUP];
    VARIANT(tile_write)(&tile, rows, vectors, scratch, GROUP);
    for (int r = 0; r < rows; r++)
      memcpy(c + r * q->c_row_stride, scratch + r * GROUP, (size_t)columns * sizeof(float));
  }
}

void VARIANT(product)(const RecurrentProduct *q) {
  const ptrdiff_t panels = (q->columns + RECURRENT_PANEL - 1) / RECURRENT_PANEL;
  const ptrdiff_t tiles = tile_count(q->rows);
  for (ptrdiff_t panel = 0; panel < panels; panel++) {
    const ptrdiff_t left = q->columns - panel * RECURRENT_PANEL;
    const ptrdiff_t width = left < RECURRENT_PANEL ? left : RECURRENT_PANEL;
    for (ptrdiff_t t = 0; t < tiles; t++) {
      const ptrdiff_t first = tile_start(q->rows, tiles, t);
      const ptrdiff_t rows = tile_start(q->rows, tiles, t + 1) - first;
      for (ptrdiff_t group = 0; group < width; group += GROUP) {
        const ptrdiff_t columns = width - group < GROUP ? width - group : GROUP;
        const int vectors = VARIANT(vectors_for)(columns);
#define TILE(n, v) VARIANT(product_tile)(q, n, v, first, panel, group, columns)
        WITH_CONSTANT_TILE(rows, vectors, TILE)
#undef TILE
      }
    }
  }
}

// Weights of one panel and `vectors` vectors of its columns, gradient[panel][row ... row + rows),
// over all rows and the steps from `first_step` on, at which `a` begins.
INLINE void VARIANT(weight_gradient_tile)(const RecurrentWeightGradient *q, int rows, int vectors,
                                          float *gradient, const float *a, ptrdiff_t a_row_stride,
                                          ptrdiff_t a_step_stride, ptrdiff_t first_step,
                                          const float *dz) {
  Tile tile;
  if (q->starts)
    VARIANT(tile_clear)(&tile, rows, vectors);
  else
    VARIANT(tile_read)(&tile, rows, vectors, gradient, RECURRENT_PANEL);
  for (ptrdiff_t t = q->steps - 1; t >= first_step; t--)
    VARIANT(tile_accumulate)(&tile, rows, vectors, a + (t - first_step) * a_step_stride, 1,
                             a_row_stride, dz + t * q->dz_step_stride, RECURRENT_PANEL, q->rows);
  VARIANT(tile_write)(&tile, rows, vectors, gradient, RECURRENT_PANEL);
}

// sum + a, or sum + a0 + a1.
INLINE Vector VARIANT(add_operands)(Vector sum, Vector a) {
#if RECURRENT_OPERANDS == 1
  return sum + a;
#else
  const IntegerVector ones = (IntegerVector)(0x3F803F80);
  Vector one;
  memcpy(&one, &ones, sizeof one);
  return multiply_add(one, a, sum);
#endif
}

INLINE void VARIANT(weight_gradient_block)(const RecurrentWeightGradient *q, ptrdiff_t size,
                                           RecurrentColumns columns, float *gradient,
                                           const float *a, ptrdiff_t a_row_stride,
                                           ptrdiff_t a_step_stride, ptrdiff_t first_step,
                                           const float *dz) {
  const ptrdiff_t tiles = tile_count(size);
  for (ptrdiff_t t = 0; t < tiles; t++) {
    const ptrdiff_t first = tile_start(size, tiles, t);
    const ptrdiff_t rows = tile_start(size, tiles, t + 1) - first;
    float *target = gradient + first * RECURRENT_PANEL;
    for (ptrdiff_t group = columns.from * LANES; group < columns.to * LANES; group += GROUP) {
      const int vectors = VARIANT(vectors_for)(columns.to * LANES - group);
#define TILE(n, v)                                                                                 \
  VARIANT(weight_gradient_tile)                                                                    \
  (q, n, v, target + group, a + first, a_row_stride, a_step_stride, first_step, dz + group)
      WITH_CONSTANT_TILE(rows, vectors, TILE)
#undef TILE
    }
  }
}

void VARIANT(weight_gradient)(const RecurrentWeightGradient *q) {
  const ptrdiff_t depth = 1 + q->input_size + (q->previous_hidden ? q->hidden_size : 0);
  const RecurrentColumns in = q->input_columns, state = q->hidden_columns;
  const bool has_state = q->previous_hidden && state.from < state.to;
  const int from = has_state && state.from < in.from ? state.from : in.from;
  const int to = has_state && state.to > in.to ? state.to : in.to;
  for (ptrdiff_t p = 0; p < q->panels; p++) {
    const float *dz = q->dz + p * q->dz_panel_stride;
    float *gradient = q->gradient + p * depth * RECURRENT_PANEL;
    for (ptrdiff_t group = from * LANES; group < to * LANES; group += LANES) {
      Vector bias = q->starts ? splat(0.0f) : load(gradient + group);
      for (ptrdiff_t t = q->steps - 1; t >= 0; t--)
        for (ptrdiff_t r = 0; r < q->rows; r++)
          bias = VARIANT(add_operands)(
              bias, load(dz + t * q->dz_step_stride + r * RECURRENT_PANEL + group));
      store(gradient + group, bias);
    }
    gradient += RECURRENT_PANEL;
    VARIANT(weight_gradient_block)(q, q->input_size, in, gradient, q->input, q->input_row_stride,
                                   q->input_step_stride, 0, dz);
    if (has_state) {
      gradient += q->input_size * RECURRENT_PANEL;
      VARIANT(weight_gradient_block)(q, q->hidden_size, state, gradient, q->previous_hidden,
                                     q->hidden_row_stride, q->hidden_step_stride,
                                     q->skips_first_hidden ? 1 : 0, dz);
    }
  }
}

#endif

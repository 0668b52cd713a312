// What the recurrent cells share: the product z = bias + x W + h W of a tile of rows, forward, and
// dh = dz(t + 1) W' + what reaches h from elsewhere, backward. A cell adds its gates.

#ifdef RECURRENT_VARIANT

// What a cell adds: its gates for a tile of rows of one panel, from z [rows][64], which it may use
// as it likes, and the gradient of its gates from the product dz(t + 1) W' of its hidden units.
// Both are inlined where they are named.
typedef void VARIANT(Gates)(const RecurrentForwardStep *, ptrdiff_t first, ptrdiff_t rows,
                            ptrdiff_t panel, float *z);
typedef void VARIANT(GatesGradient)(const RecurrentBackwardStep *, ptrdiff_t row, ptrdiff_t panel,
                                    const float *product);

// z of `rows` rows and one panel, into scratch [rows][64].
INLINE void VARIANT(forward_tile)(const RecurrentForwardStep *s, int rows, ptrdiff_t first,
                                  ptrdiff_t panel, float *scratch) {
  const ptrdiff_t depth = 1 + s->input_size + s->hidden_size;
  const float *weights = s->weights + panel * depth * RECURRENT_PANEL;
  for (ptrdiff_t group = 0; group < RECURRENT_PANEL; group += GROUP) {
    const float *b = weights + group;
    Tile tile;
    VARIANT(tile_broadcast)(&tile, rows, RECURRENT_VECTORS, b);
    b += RECURRENT_PANEL;
    VARIANT(tile_accumulate)(&tile, rows, RECURRENT_VECTORS,
                             s->input + first * s->input_row_stride, s->input_row_stride, 1, b,
                             RECURRENT_PANEL, s->input_size);
    if (s->previous_hidden) {
      b += s->input_size * RECURRENT_PANEL;
      VARIANT(tile_accumulate)(&tile, rows, RECURRENT_VECTORS,
                               s->previous_hidden + first * s->previous_hidden_row_stride,
                               s->previous_hidden_row_stride, 1, b, RECURRENT_PANEL,
                               s->hidden_size);
    }
    VARIANT(tile_write)(&tile, rows, RECURRENT_VECTORS, scratch + group, RECURRENT_PANEL);
  }
}

// z of the only row and `panels` panels, into scratch [panels][64].
INLINE void VARIANT(forward_row)(const RecurrentForwardStep *s, int panels, ptrdiff_t panel,
                                 float *scratch) {
  const ptrdiff_t stride = (1 + s->input_size + s->hidden_size) * RECURRENT_PANEL;
  const float *b = s->weights + panel * stride;
  RowSums sums;
  VARIANT(row_read)(&sums, panels, b, stride);
  b += RECURRENT_PANEL;
  // One loop for both parts: on Zen 5 the loads of one loop keep up with the second-level cache
  // better than those of two.
  const float *a = s->input;
  ptrdiff_t depth = s->input_size;
  ONE_COPY for (int part = 0; part < 2; part++) {
    VARIANT(row_accumulate)(&sums, panels, a, b, stride, depth);
    b += depth * RECURRENT_PANEL;
    a = s->previous_hidden;
    depth = a ? s->hidden_size : 0;
  }
  VARIANT(row_write)(&sums, panels, scratch);
}

// The operands that a row of one panel of dz is: 64, or 32 pairs.
#undef DZ_OPERANDS
#define DZ_OPERANDS (RECURRENT_PANEL / RECURRENT_OPERANDS)

// dz(t + 1) W' of `rows` rows and the columns [group, group + 16 vectors) of a block of 64 hidden
// units, into scratch [rows][64].
INLINE void VARIANT(backward_tile)(const RecurrentBackwardStep *s, int rows, int vectors,
                                   ptrdiff_t first, ptrdiff_t block, ptrdiff_t group,
                                   float *scratch) {
  const ptrdiff_t depth = 1 + s->panels * DZ_OPERANDS;
  const float *b = s->weights + block * depth * RECURRENT_PANEL + group;
  Tile tile;
  VARIANT(tile_broadcast)(&tile, rows, vectors, b);
  b += RECURRENT_PANEL;
  for (ptrdiff_t p = 0; p < s->panels; p++) {
    const float *dz = s->next_dz + (p * s->rows + first) * DZ_OPERANDS;
    VARIANT(tile_accumulate)(&tile, rows, vectors, dz, DZ_OPERANDS, 1, b, RECURRENT_PANEL,
                             DZ_OPERANDS);
    b += DZ_OPERANDS * RECURRENT_PANEL;
  }
  VARIANT(tile_write)(&tile, rows, vectors, scratch + group, RECURRENT_PANEL);
}

// dz(t + 1) W' of the only row and `blocks` blocks, into scratch [blocks][64].
INLINE void VARIANT(backward_row)(const RecurrentBackwardStep *s, int blocks, ptrdiff_t block,
                                  float *scratch) {
  // With one row the panels of dz lie one after another, as the weights do.
  const ptrdiff_t stride = (1 + s->panels * DZ_OPERANDS) * RECURRENT_PANEL;
  const float *b = s->weights + block * stride;
  RowSums sums;
  VARIANT(row_read)(&sums, blocks, b, stride);
  VARIANT(row_accumulate)(&sums, blocks, s->next_dz, b + RECURRENT_PANEL, stride,
                          s->panels * DZ_OPERANDS);
  VARIANT(row_write)(&sums, blocks, scratch);
}

// dh of 16 hidden units of one row: the product, plus what reaches h from above and from the end.
// Units past the hidden size get zero.
INLINE Vector VARIANT(hidden_gradient)(const RecurrentBackwardStep *s, const float *product,
                                       ptrdiff_t row, ptrdiff_t unit) {
  const ptrdiff_t left = s->hidden_size - unit;
  Vector dh = load(product);
  if (left >= LANES) {
    if (s->d_output) dh += load(s->d_output + row * s->d_output_row_stride + unit);
    if (s->d_hidden) dh += load(s->d_hidden + row * s->d_hidden_row_stride + unit);
  } else if (left > 0) {
    if (s->d_output) dh += load_some(s->d_output + row * s->d_output_row_stride + unit, left, 0);
    if (s->d_hidden) dh += load_some(s->d_hidden + row * s->d_hidden_row_stride + unit, left, 0);
  }
  return dh;
}

// One step forward of a cell. The panels are the outer loop: a panel's weights stay in the cache
// while all tiles of rows pass.
INLINE void VARIANT(forward_step)(const RecurrentForwardStep *s, VARIANT(Gates) *gates) {
  _Alignas(CACHE_LINE) float z[TILE_ROWS * RECURRENT_PANEL];
  ptrdiff_t panel = 0;
  if (s->rows == 1) {
#define ROW(n)                                                                                     \
  for (; panel + n <= s->panels; panel += n) {                                                     \
    VARIANT(forward_row)(s, n, panel, z);                                                          \
    for (int p = 0; p < n; p++) gates(s, 0, 1, panel + p, z + p * RECURRENT_PANEL);                \
  }
    WITH_ROW_PANELS(ROW)
#undef ROW
  }
  const ptrdiff_t tiles = tile_count(s->rows);
  for (; panel < s->panels; panel++) {
    for (ptrdiff_t t = 0; t < tiles; t++) {
      const ptrdiff_t first = tile_start(s->rows, tiles, t);
      const ptrdiff_t rows = tile_start(s->rows, tiles, t + 1) - first;
#define TILE(n, vectors) VARIANT(forward_tile)(s, n, first, panel, z)
      WITH_CONSTANT_ROWS(rows, RECURRENT_VECTORS, TILE)
#undef TILE
      gates(s, first, rows, panel, z);
    }
  }
}

// dz of `rows` rows of the panels of one block, from the product [rows][64].
INLINE void VARIANT(backward_gates)(const RecurrentBackwardStep *s, ptrdiff_t units,
                                    VARIANT(GatesGradient) *gradient, ptrdiff_t block,
                                    ptrdiff_t first, ptrdiff_t rows, const float *product) {
  const ptrdiff_t panels_per_block = RECURRENT_PANEL / units;
  const ptrdiff_t first_panel = block * panels_per_block;
  const ptrdiff_t left = s->panels - first_panel;
  const ptrdiff_t panels = left < panels_per_block ? left : panels_per_block;
  for (ptrdiff_t p = 0; p < panels; p++)
    for (ptrdiff_t r = 0; r < rows; r++)
      gradient(s, first + r, first_panel + p, product + r * RECURRENT_PANEL + p * units);
}

// One step backward of a cell with `units` hidden units a panel: 64 units, and so 64 / units
// panels, at a time.
INLINE void VARIANT(backward_step)(const RecurrentBackwardStep *s, ptrdiff_t units,
                                   VARIANT(GatesGradient) *gradient) {
  _Alignas(CACHE_LINE) float product[TILE_ROWS * RECURRENT_PANEL] = {0};
  const ptrdiff_t padded = s->panels * units;
  const ptrdiff_t blocks = (padded + RECURRENT_PANEL - 1) / RECURRENT_PANEL;
  const ptrdiff_t tiles = tile_count(s->rows);
  ptrdiff_t block = 0;
  if (s->rows == 1 && s->next_dz) {
#define ROW(n)                                                                                     \
  for (; block + n <= padded / RECURRENT_PANEL; block += n) {                                      \
    VARIANT(backward_row)(s, n, block, product);                                                   \
    for (int b = 0; b < n; b++)                                                                    \
      VARIANT(backward_gates)                                                                      \
      (s, units, gradient, block + b, 0, 1, product + b * RECURRENT_PANEL);                        \
  }
    WITH_ROW_PANELS(ROW)
#undef ROW
  }
  for (; block < blocks; block++) {
    const ptrdiff_t left = padded - block * RECURRENT_PANEL;
    const ptrdiff_t width = left < RECURRENT_PANEL ? left : RECURRENT_PANEL;
    for (ptrdiff_t t = 0; t < tiles; t++) {
      const ptrdiff_t first = tile_start(s->rows, tiles, t);
      const ptrdiff_t rows = tile_start(s->rows, tiles, t + 1) - first;
      if (s->next_dz) {
        for (ptrdiff_t group = 0; group < width; group += GROUP) {
          const int vectors = VARIANT(vectors_for)(width - group);
#define TILE(n, v) VARIANT(backward_tile)(s, n, v, first, block, group, product)
          WITH_CONSTANT_TILE(rows, vectors, TILE)
#undef TILE
        }
      }
      VARIANT(backward_gates)(s, units, gradient, block, first, rows, product);
    }
  }
}

#endif

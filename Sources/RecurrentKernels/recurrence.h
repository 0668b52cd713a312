// What the recurrent cells share: the product z = bias + x W + h W of a tile of rows, forward, and
// dh = dz(t + 1) W' + what reaches h from elsewhere, backward. A cell adds its gates.

#ifdef RECURRENT_VARIANT

// What a cell adds: its gates for one row of one panel, from z [64], and the gradient of its gates
// from the product dz(t + 1) W' of its hidden units. Both are inlined where they are named.
typedef void VARIANT(Gates)(const RecurrentForwardStep *, ptrdiff_t row, ptrdiff_t panel,
                            const float *z);
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
    VARIANT(tile_broadcast)(&tile, rows, b);
    b += RECURRENT_PANEL;
    VARIANT(tile_accumulate)(&tile, rows, s->input + first * s->input_row_stride,
                             s->input_row_stride, 1, b, RECURRENT_PANEL, s->input_size);
    if (s->previous_hidden) {
      b += s->input_size * RECURRENT_PANEL;
      VARIANT(tile_accumulate)(
          &tile, rows, s->previous_hidden + first * s->previous_hidden_row_stride,
          s->previous_hidden_row_stride, 1, b, RECURRENT_PANEL, s->hidden_size);
    }
    VARIANT(tile_write)(&tile, rows, scratch + group, RECURRENT_PANEL);
  }
}

// dh of `rows` rows and 64 hidden units, into scratch [rows][64].
INLINE void VARIANT(backward_tile)(const RecurrentBackwardStep *s, int rows, ptrdiff_t first,
                                   ptrdiff_t block, float *scratch) {
  if (s->next_dz) {
    const ptrdiff_t depth = 1 + s->panels * RECURRENT_PANEL;
    const float *weights = s->weights + block * depth * RECURRENT_PANEL;
    for (ptrdiff_t group = 0; group < RECURRENT_PANEL; group += GROUP) {
      const float *b = weights + group;
      Tile tile;
      VARIANT(tile_broadcast)(&tile, rows, b);
      b += RECURRENT_PANEL;
      for (ptrdiff_t p = 0; p < s->panels; p++) {
        const float *dz = s->next_dz + (p * s->rows + first) * RECURRENT_PANEL;
        VARIANT(tile_accumulate)(&tile, rows, dz, RECURRENT_PANEL, 1, b, RECURRENT_PANEL,
                                 RECURRENT_PANEL);
        b += RECURRENT_PANEL * RECURRENT_PANEL;
      }
      VARIANT(tile_write)(&tile, rows, scratch + group, RECURRENT_PANEL);
    }
  } else {
    memset(scratch, 0, (size_t)rows * RECURRENT_PANEL * sizeof(float));
  }
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
  float z[TILE_ROWS * RECURRENT_PANEL];
  const ptrdiff_t tiles = tile_count(s->rows);
  for (ptrdiff_t panel = 0; panel < s->panels; panel++) {
    for (ptrdiff_t t = 0; t < tiles; t++) {
      const ptrdiff_t first = tile_start(s->rows, tiles, t);
      const ptrdiff_t rows = tile_start(s->rows, tiles, t + 1) - first;
#define TILE(n) VARIANT(forward_tile)(s, n, first, panel, z)
      WITH_CONSTANT_ROWS(rows, TILE)
#undef TILE
      for (ptrdiff_t r = 0; r < rows; r++) gates(s, first + r, panel, z + r * RECURRENT_PANEL);
    }
  }
}

// One step backward of a cell with `units` hidden units a panel: 64 units, and so 64 / units
// panels, at a time.
INLINE void VARIANT(backward_step)(const RecurrentBackwardStep *s, ptrdiff_t units,
                                   VARIANT(GatesGradient) *gradient) {
  float product[TILE_ROWS * RECURRENT_PANEL];
  const ptrdiff_t panels_per_block = RECURRENT_PANEL / units;
  const ptrdiff_t blocks = (s->panels + panels_per_block - 1) / panels_per_block;
  const ptrdiff_t tiles = tile_count(s->rows);
  for (ptrdiff_t block = 0; block < blocks; block++) {
    const ptrdiff_t first_panel = block * panels_per_block;
    const ptrdiff_t left = s->panels - first_panel;
    const ptrdiff_t panels = left < panels_per_block ? left : panels_per_block;
    for (ptrdiff_t t = 0; t < tiles; t++) {
      const ptrdiff_t first = tile_start(s->rows, tiles, t);
      const ptrdiff_t rows = tile_start(s->rows, tiles, t + 1) - first;
#define TILE(n) VARIANT(backward_tile)(s, n, first, block, product)
      WITH_CONSTANT_ROWS(rows, TILE)
#undef TILE
      for (ptrdiff_t p = 0; p < panels; p++)
        for (ptrdiff_t r = 0; r < rows; r++)
          gradient(s, first + r, first_panel + p, product + r * RECURRENT_PANEL + p * units);
    }
  }
}

#endif

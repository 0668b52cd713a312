// What the recurrent cells share: the product z = bias + x W + h W of a tile of rows, forward, and
// dh = dz(t + 1) W' + what reaches h from elsewhere, backward. A cell adds its gates.

#ifdef RECURRENT_VARIANT

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

#endif

// What the recurrent cells share: the product z = bias + x W + h W of a tile of rows, forward, and
// dh = dz(t + 1) W' + what reaches h from elsewhere, backward. A cell adds its gates.

#ifndef RECURRENT_RECURRENCE_H
#define RECURRENT_RECURRENCE_H

// How a cell's panels are cut into blocks; a constant wherever it is passed on.
typedef struct {
  // Hidden units of a panel.
  int units;
  // The columns that read the input, and those that read the hidden state.
  RecurrentColumns input;
  RecurrentColumns hidden;
} Blocks;

// A product of rows that the step after does not have.
static const float no_product[TILE_ROWS * RECURRENT_PANEL];

#endif

#ifdef RECURRENT_VARIANT

// What a cell adds: its gates for a tile of rows of one panel, from z [rows][64], which it may use
// as it likes, and the gradient of its gates from the product dz(t + 1) W' of its hidden units.
// Both are inlined where they are named.
typedef void VARIANT(Gates)(const RecurrentForwardStep *, ptrdiff_t first, ptrdiff_t rows,
                            ptrdiff_t panel, float *z);
typedef void VARIANT(GatesGradient)(const RecurrentBackwardStep *, ptrdiff_t row, ptrdiff_t panel,
                                    const float *product);

// z of `rows` rows and one panel, into scratch [rows][64].
INLINE void VARIANT(forward_tile)(const RecurrentForwardStep *s, Blocks blocks, int rows,
                                  ptrdiff_t first, ptrdiff_t panel, float *scratch) {
  const ptrdiff_t depth = 1 + s->input_size + s->hidden_size;
  const float *weights = s->weights + panel * depth * RECURRENT_PANEL;
  for (ptrdiff_t group = 0; group < RECURRENT_PANEL; group += GROUP) {
    const float *b = weights + group;
    Tile tile;
    VARIANT(tile_broadcast)(&tile, rows, RECURRENT_VECTORS, b);
    b += RECURRENT_PANEL;
    VARIANT(tile_accumulate_columns)(&tile, rows, blocks.input, group,
                                     s->input + first * s->input_row_stride, s->input_row_stride,
                                     b, s->input_size);
    if (s->previous_hidden) {
      b += s->input_size * RECURRENT_PANEL;
      VARIANT(tile_accumulate_columns)(&tile, rows, blocks.hidden, group,
                                       s->previous_hidden + first * s->previous_hidden_row_stride,
                                       s->previous_hidden_row_stride, b, s->hidden_size);
    }
    VARIANT(tile_write)(&tile, rows, RECURRENT_VECTORS, scratch + group, RECURRENT_PANEL);
  }
}

// z of the only row and `panels` panels, into scratch [panels][64].
INLINE void VARIANT(forward_row)(const RecurrentForwardStep *s, Blocks blocks, int panels,
                                 ptrdiff_t panel, float *scratch) {
  const ptrdiff_t stride = (1 + s->input_size + s->hidden_size) * RECURRENT_PANEL;
  const float *b = s->weights + panel * stride;
  RowSums sums;
  VARIANT(row_read)(&sums, panels, b, stride);
  b += RECURRENT_PANEL;
  if (blocks.input.from == blocks.hidden.from && blocks.input.to == blocks.hidden.to) {
    // One loop for both parts: on Zen 5 the loads of one loop keep up with the second-level cache
    // better than those of two.
    const float *a = s->input;
    ptrdiff_t depth = s->input_size;
    ONE_COPY for (int part = 0; part < 2; part++) {
      VARIANT(row_accumulate_columns)(&sums, panels, blocks.input, a, b, stride, depth);
      b += depth * RECURRENT_PANEL;
      a = s->previous_hidden;
      depth = a ? s->hidden_size : 0;
    }
  } else {
    VARIANT(row_accumulate_columns)(&sums, panels, blocks.input, s->input, b, stride,
                                    s->input_size);
    b += s->input_size * RECURRENT_PANEL;
    if (s->previous_hidden && blocks.hidden.from < blocks.hidden.to)
      VARIANT(row_accumulate_columns)(&sums, panels, blocks.hidden, s->previous_hidden, b, stride,
                                      s->hidden_size);
  }
  VARIANT(row_write)(&sums, panels, scratch);
}

// The operands that a row of one panel of dz is: 64, or 32 pairs.
#undef DZ_OPERANDS
#define DZ_OPERANDS (RECURRENT_PANEL / RECURRENT_OPERANDS)

// The columns of dz that the hidden state had weights for, as operands.
INLINE ptrdiff_t VARIANT(dz_from)(const RecurrentBackwardStep *s) {
  return s->dz_columns.from * LANES / RECURRENT_OPERANDS;
}

INLINE ptrdiff_t VARIANT(dz_depth)(const RecurrentBackwardStep *s) {
  return (s->dz_columns.to - s->dz_columns.from) * LANES / RECURRENT_OPERANDS;
}

// dz(t + 1) W' of `rows` rows and the columns [group, group + 16 vectors) of a block of 64 hidden
// units, into scratch [rows][64].
INLINE void VARIANT(backward_tile)(const RecurrentBackwardStep *s, int rows, int vectors,
                                   ptrdiff_t first, ptrdiff_t block, ptrdiff_t group,
                                   float *scratch) {
  const ptrdiff_t operands = VARIANT(dz_depth)(s);
  const ptrdiff_t depth = 1 + s->panels * operands;
  const float *b = s->weights + block * depth * RECURRENT_PANEL + group;
  Tile tile;
  VARIANT(tile_broadcast)(&tile, rows, vectors, b);
  b += RECURRENT_PANEL;
  for (ptrdiff_t p = 0; p < s->panels; p++) {
    const float *dz =
        s->next_dz + (p * s->panel_rows + first) * DZ_OPERANDS + VARIANT(dz_from)(s);
    VARIANT(tile_accumulate)(&tile, rows, vectors, dz, DZ_OPERANDS, 1, b, RECURRENT_PANEL,
                             operands);
    b += operands * RECURRENT_PANEL;
  }
  VARIANT(tile_write)(&tile, rows, vectors, scratch + group, RECURRENT_PANEL);
}

// dz(t + 1) W' of the only row and `blocks` blocks, into scratch [blocks][64].
INLINE void VARIANT(backward_row)(const RecurrentBackwardStep *s, int blocks, ptrdiff_t block,
                                  float *scratch) {
  const ptrdiff_t operands = VARIANT(dz_depth)(s);
  const ptrdiff_t stride = (1 + s->panels * operands) * RECURRENT_PANEL;
  const float *b = s->weights + block * stride;
  RowSums sums;
  VARIANT(row_read)(&sums, blocks, b, stride);
  b += RECURRENT_PANEL;
  // With one row the panels of dz lie one after another, as the weights do.
  const bool is_whole = operands == DZ_OPERANDS;
  const ptrdiff_t parts = is_whole ? 1 : s->panels;
  const ptrdiff_t depth = is_whole ? s->panels * operands : operands;
  const float *dz = s->next_dz + VARIANT(dz_from)(s);
  for (ptrdiff_t p = 0; p < parts; p++)
    VARIANT(row_accumulate)(&sums, blocks, dz + p * DZ_OPERANDS, b + p * depth * RECURRENT_PANEL,
                            stride, depth);
  VARIANT(row_write)(&sums, blocks, scratch);
}

// Numbers of 16 units of one row of a buffer that has no padding; zero past `size` and without one.
INLINE Vector VARIANT(load_units)(const float *rows, ptrdiff_t stride, ptrdiff_t row,
                                  ptrdiff_t unit, ptrdiff_t size) {
  const ptrdiff_t left = size - unit;
  if (!rows || left <= 0) return splat(0.0f);
  const float *place = rows + row * stride + unit;
  return left >= LANES ? load(place) : load_some(place, left, 0);
}

// Numbers of 16 units of one row of a buffer with padding; zero without one.
INLINE Vector VARIANT(load_padded)(const float *rows, ptrdiff_t stride, ptrdiff_t row,
                                   ptrdiff_t unit) {
  return rows ? load(rows + row * stride + unit) : splat(0.0f);
}

#define previous_output_of(s, row, unit)                                                           \
  VARIANT(load_padded)((s)->previous_output, (s)->previous_output_row_stride, row, unit)

// The hidden state before as weights see it, where a cell multiplies it itself.
#define masked_output_of(s, row, unit)                                                             \
  ((s)->hidden_mask                                                                                \
       ? previous_output_of(s, row, unit) *                                                        \
             load((s)->hidden_mask + (row) * (s)->hidden_mask_row_stride + (unit))                 \
       : previous_output_of(s, row, unit))

// What of a unit's state stays in place of its new one (D. Krueger et al., "Zoneout", 2017).
INLINE Vector VARIANT(zoned)(const float *share, ptrdiff_t stride, ptrdiff_t row, ptrdiff_t unit,
                             Vector before, Vector now) {
  return share ? fused(load(share + row * stride + unit), before - now, now) : now;
}

// The hidden state of 16 units after zoneout, written.
INLINE void VARIANT(write_hidden)(const RecurrentForwardStep *s, ptrdiff_t row, ptrdiff_t unit,
                                  Vector h) {
  if (s->hidden_zoneout)
    h = VARIANT(zoned)(s->hidden_zoneout, s->hidden_zoneout_row_stride, row, unit,
                       previous_output_of(s, row, unit), h);
  store(s->hidden + row * s->hidden_row_stride + unit, h);
}

// The gradient of 16 hidden units of one row.
#define HiddenGradient VARIANT(HiddenGradient)
typedef struct {
  // Of the cell's own new hidden state.
  Vector dh;
  // Of the state before, through zoneout.
  Vector kept;
} HiddenGradient;

// The product, plus what reaches h from above, from the end, and from the next step without
// weights. Units past the hidden size get zero.
INLINE HiddenGradient VARIANT(gradient_of_hidden)(const RecurrentBackwardStep *s,
                                                  const float *product, ptrdiff_t row,
                                                  ptrdiff_t unit) {
  Vector dh = load(product);
  if (s->hidden_mask) dh *= load(s->hidden_mask + row * s->hidden_mask_row_stride + unit);
  if (s->d_output)
    dh += VARIANT(load_units)(s->d_output, s->d_output_row_stride, row, unit, s->output_size);
  if (s->d_hidden && row >= s->next_rows)
    dh += VARIANT(load_units)(s->d_hidden, s->d_hidden_row_stride, row, unit, s->output_size);
  if (s->d_carried) dh += load(s->d_carried + row * s->d_carried_row_stride + unit);
  Vector kept = splat(0.0f);
  if (s->hidden_zoneout) {
    kept = dh * load(s->hidden_zoneout + row * s->hidden_zoneout_row_stride + unit);
    dh -= kept;
  }
  return (HiddenGradient){dh, kept};
}

// What reaches the hidden state before without weights.
INLINE void VARIANT(carry)(const RecurrentBackwardStep *s, ptrdiff_t row, ptrdiff_t unit,
                           Vector d) {
  store(s->d_carried + row * s->d_carried_row_stride + unit, d);
}

// Adds to the gradient of a parameter of single units.
INLINE void VARIANT(add_to_units)(const RecurrentBackwardStep *s, ptrdiff_t parameter,
                                  ptrdiff_t padded, ptrdiff_t unit, Vector a, Vector b) {
  float *sum = s->d_unit_parameters + parameter * padded + unit;
  store(sum, fused(a, b, load(sum)));
}

// One step forward of a cell. The panels are the outer loop: a panel's weights stay in the cache
// while all tiles of rows pass.
INLINE void VARIANT(forward_step)(const RecurrentForwardStep *s, Blocks blocks,
                                  VARIANT(Gates) *gates) {
  _Alignas(CACHE_LINE) float z[TILE_ROWS * RECURRENT_PANEL];
  ptrdiff_t panel = 0;
  if (s->rows == 1) {
#define ROW(n)                                                                                     \
  for (; panel + n <= s->panels; panel += n) {                                                     \
    VARIANT(forward_row)(s, blocks, n, panel, z);                                                  \
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
#define TILE(n, vectors) VARIANT(forward_tile)(s, blocks, n, first, panel, z)
      WITH_CONSTANT_ROWS(rows, RECURRENT_VECTORS, TILE)
#undef TILE
      gates(s, first, rows, panel, z);
    }
  }
}

// The gradient of `rows` rows of the panels of one block, from the product [rows][64]. There are
// `panels` panels of `units` hidden units in all.
INLINE void VARIANT(backward_gates)(const RecurrentBackwardStep *s, ptrdiff_t units,
                                    ptrdiff_t panels, VARIANT(GatesGradient) *gradient,
                                    ptrdiff_t block, ptrdiff_t first, ptrdiff_t rows,
                                    const float *product) {
  const ptrdiff_t panels_per_block = RECURRENT_PANEL / units;
  const ptrdiff_t first_panel = block * panels_per_block;
  const ptrdiff_t left = panels - first_panel;
  const ptrdiff_t count = left < panels_per_block ? left : panels_per_block;
  for (ptrdiff_t p = 0; p < count; p++)
    for (ptrdiff_t r = 0; r < rows; r++)
      gradient(s, first + r, first_panel + p, product + r * RECURRENT_PANEL + p * units);
}

// One step backward of a cell with `panels` panels of `units` hidden units: 64 units, and so
// 64 / units panels, at a time.
INLINE void VARIANT(backward_step)(const RecurrentBackwardStep *s, ptrdiff_t units,
                                   ptrdiff_t panels, VARIANT(GatesGradient) *gradient) {
  _Alignas(CACHE_LINE) float product[TILE_ROWS * RECURRENT_PANEL];
  const ptrdiff_t padded = panels * units;
  const ptrdiff_t blocks = (padded + RECURRENT_PANEL - 1) / RECURRENT_PANEL;
  const bool has_product = s->next_dz && s->dz_columns.from < s->dz_columns.to;
  const ptrdiff_t going_on = has_product ? s->next_rows : 0;
  const ptrdiff_t tiles = tile_count(going_on);
  ptrdiff_t block = 0;
  if (s->rows == 1 && going_on == 1 && s->panel_rows == 1) {
#define ROW(n)                                                                                     \
  for (; block + n <= padded / RECURRENT_PANEL; block += n) {                                      \
    VARIANT(backward_row)(s, n, block, product);                                                   \
    for (int b = 0; b < n; b++)                                                                    \
      VARIANT(backward_gates)                                                                      \
      (s, units, panels, gradient, block + b, 0, 1, product + b * RECURRENT_PANEL);                \
  }
    WITH_ROW_PANELS(ROW)
#undef ROW
  }
  for (; block < blocks; block++) {
    const ptrdiff_t left = padded - block * RECURRENT_PANEL;
    const ptrdiff_t width = left < RECURRENT_PANEL ? left : RECURRENT_PANEL;
    for (ptrdiff_t t = 0; t < tiles; t++) {
      const ptrdiff_t first = tile_start(going_on, tiles, t);
      const ptrdiff_t rows = tile_start(going_on, tiles, t + 1) - first;
      for (ptrdiff_t group = 0; group < width; group += GROUP) {
        const int vectors = VARIANT(vectors_for)(width - group);
#define TILE(n, v) VARIANT(backward_tile)(s, n, v, first, block, group, product)
        WITH_CONSTANT_TILE(rows, vectors, TILE)
#undef TILE
      }
      VARIANT(backward_gates)(s, units, panels, gradient, block, first, rows, product);
    }
    for (ptrdiff_t first = going_on; first < s->rows; first += TILE_ROWS) {
      const ptrdiff_t rest = s->rows - first;
      VARIANT(backward_gates)(s, units, panels, gradient, block, first,
                              rest < TILE_ROWS ? rest : TILE_ROWS, no_product);
    }
  }
}

// A loop over the rows of each panel of 16 units, for what follows a second product.
#define FOR_EACH_UNIT_VECTOR(s, row, panel)                                                        \
  for (ptrdiff_t panel = 0; panel < (s)->panels; panel++)                                          \
    for (ptrdiff_t row = 0; row < (s)->rows; row++)

// Where 16 units of one row of the gradient of a second product's result lie.
INLINE float *VARIANT(d_second_place)(const RecurrentBackwardStep *s, ptrdiff_t row,
                                      ptrdiff_t unit) {
  return s->d_second +
         (unit / RECURRENT_PANEL * s->panel_rows + row) * RECURRENT_PANEL + unit % RECURRENT_PANEL;
}

#endif

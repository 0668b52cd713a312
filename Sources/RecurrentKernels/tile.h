// The inner loop of every product: a tile of up to 6 rows by a group of columns, kept in
// registers while k runs. With AVX-512 a group is a whole panel (6 x 4 registers), with AVX2 16
// columns (6 x 2), with NEON 16 (6 x 4); where fewer columns are left, a tile has only the vectors
// that hold them. Whatever the tile, an element is one sum over k in order.

#ifndef RECURRENT_TILE_H
#define RECURRENT_TILE_H

enum { TILE_ROWS = 6 };

// Calls BODY(rows, vectors) with constants, so that the tile stays in registers.
#define WITH_CONSTANT_ROWS(rows, vectors, BODY)                                                    \
  switch (rows) {                                                                                  \
    case 1: BODY(1, vectors); break;                                                               \
    case 2: BODY(2, vectors); break;                                                               \
    case 3: BODY(3, vectors); break;                                                               \
    case 4: BODY(4, vectors); break;                                                               \
    case 5: BODY(5, vectors); break;                                                               \
    default: BODY(6, vectors); break;                                                              \
  }

// Rows are cut into tiles of nearly equal height: 16 rows become 6, 5 and 5.
static inline ptrdiff_t tile_count(ptrdiff_t rows) { return (rows + TILE_ROWS - 1) / TILE_ROWS; }

static inline ptrdiff_t tile_start(ptrdiff_t rows, ptrdiff_t tiles, ptrdiff_t tile) {
  return rows * tile / tiles;
}

#endif

#ifdef RECURRENT_VARIANT

#define TileVector VARIANT(TileVector)
#define UnalignedTileVector VARIANT(UnalignedTileVector)
#define Tile VARIANT(Tile)

typedef float TileVector __attribute__((ext_vector_type(RECURRENT_LANES)));
typedef TileVector UnalignedTileVector __attribute__((aligned(4)));
typedef struct {
  TileVector at[TILE_ROWS][RECURRENT_VECTORS];
} Tile;

#undef WITH_CONSTANT_TILE
#if RECURRENT_VECTORS == 4
#define WITH_CONSTANT_TILE(rows, vectors, BODY)                                                    \
  switch (vectors) {                                                                               \
    case 1: WITH_CONSTANT_ROWS(rows, 1, BODY) break;                                               \
    case 2: WITH_CONSTANT_ROWS(rows, 2, BODY) break;                                               \
    case 3: WITH_CONSTANT_ROWS(rows, 3, BODY) break;                                               \
    default: WITH_CONSTANT_ROWS(rows, 4, BODY) break;                                              \
  }
#else
#define WITH_CONSTANT_TILE(rows, vectors, BODY)                                                    \
  switch (vectors) {                                                                               \
    case 1: WITH_CONSTANT_ROWS(rows, 1, BODY) break;                                               \
    default: WITH_CONSTANT_ROWS(rows, 2, BODY) break;                                              \
  }
#endif

#define GROUP (RECURRENT_LANES * RECURRENT_VECTORS)
#define UNROLL _Pragma("clang loop unroll(full)")
#define ONE_COPY _Pragma("clang loop unroll(disable)")

// a b + c, the step of every product. Where an operand is a pair of bfloat16 numbers, the first of
// a pair in the lower half of its place, it is a0 b0 + a1 b1 + c.
#undef multiply_add
#if RECURRENT_OPERANDS == 1
#define multiply_add(a, b, c) fused(a, b, c)
#else
typedef __bf16 VARIANT(Pairs) __attribute__((vector_size(64)));
INLINE TileVector VARIANT(multiply_add_pairs)(TileVector a, TileVector b, TileVector c) {
  VARIANT(Pairs) left, right;
  memcpy(&left, &a, sizeof left);
  memcpy(&right, &b, sizeof right);
  return __builtin_ia32_dpbf16ps_512(c, left, right);
}
#define multiply_add(a, b, c) VARIANT(multiply_add_pairs)(a, b, c)
#endif

// How many vectors of a group hold `columns` columns.
INLINE int VARIANT(vectors_for)(ptrdiff_t columns) {
  return columns >= GROUP ? RECURRENT_VECTORS
                          : (int)((columns + RECURRENT_LANES - 1) / RECURRENT_LANES);
}

INLINE TileVector VARIANT(tile_load)(const float *p) { return *(const UnalignedTileVector *)p; }
INLINE void VARIANT(tile_store)(float *p, TileVector v) { *(UnalignedTileVector *)p = v; }

// Every row of the tile starts as the same group of columns.
INLINE void VARIANT(tile_broadcast)(Tile *tile, int rows, int vectors, const float *columns) {
  UNROLL for (int v = 0; v < vectors; v++) {
    TileVector start = VARIANT(tile_load)(columns + v * RECURRENT_LANES);
    UNROLL for (int r = 0; r < rows; r++) tile->at[r][v] = start;
  }
}

// Every element of the tile starts from zero.
INLINE void VARIANT(tile_clear)(Tile *tile, int rows, int vectors) {
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++) tile->at[r][v] = (TileVector)(0.0f);
}

INLINE void VARIANT(tile_read)(Tile *tile, int rows, int vectors, const float *c,
                               ptrdiff_t row_stride) {
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++)
      tile->at[r][v] = VARIANT(tile_load)(c + r * row_stride + v * RECURRENT_LANES);
}

INLINE void VARIANT(tile_write)(const Tile *tile, int rows, int vectors, float *c,
                                ptrdiff_t row_stride) {
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < vectors; v++)
      VARIANT(tile_store)(c + r * row_stride + v * RECURRENT_LANES, tile->at[r][v]);
}

// tile[r] += sum over k of a[r * a_row_stride + k * a_step] * b[k * b_step], k from 0 to depth - 1,
// for the vectors [from, to) of the tile.
INLINE void VARIANT(tile_accumulate_some)(Tile *tile, int rows, int from, int to, const float *a,
                                          ptrdiff_t a_row_stride, ptrdiff_t a_step, const float *b,
                                          ptrdiff_t b_step, ptrdiff_t depth) {
  for (ptrdiff_t k = 0; k < depth; k++) {
    TileVector column[RECURRENT_VECTORS];
    UNROLL for (int v = from; v < to; v++)
      column[v] = VARIANT(tile_load)(b + k * b_step + v * RECURRENT_LANES);
    UNROLL for (int r = 0; r < rows; r++) {
      TileVector element = (TileVector)(a[r * a_row_stride + k * a_step]);
      UNROLL for (int v = from; v < to; v++)
        tile->at[r][v] = multiply_add(element, column[v], tile->at[r][v]);
    }
  }
}

// The same for the first `vectors` vectors.
INLINE void VARIANT(tile_accumulate)(Tile *tile, int rows, int vectors, const float *a,
                                     ptrdiff_t a_row_stride, ptrdiff_t a_step, const float *b,
                                     ptrdiff_t b_step, ptrdiff_t depth) {
  VARIANT(tile_accumulate_some)(tile, rows, 0, vectors, a, a_row_stride, a_step, b, b_step, depth);
}

// The same for those of a panel's columns, in vectors of 16, that lie in this group. Where a group
// is a whole panel the columns are constants; else it is one vector of 16.
INLINE void VARIANT(tile_accumulate_columns)(Tile *tile, int rows, RecurrentColumns columns,
                                             ptrdiff_t group, const float *a,
                                             ptrdiff_t a_row_stride, const float *b,
                                             ptrdiff_t depth) {
#if RECURRENT_LANES == 16
  if (columns.from < columns.to)
    VARIANT(tile_accumulate_some)(tile, rows, columns.from, columns.to, a, a_row_stride, 1, b,
                                  RECURRENT_PANEL, depth);
#else
  const ptrdiff_t vector = group / LANES;
  if (columns.from <= vector && vector < columns.to)
    VARIANT(tile_accumulate)(tile, rows, RECURRENT_VECTORS, a, a_row_stride, 1, b,
                             RECURRENT_PANEL, depth);
#endif
}

// One row alone has too few sums under way to hide the latency of a multiply-add, and reads weights
// faster in a few long streams: it takes whole panels, up to four where one is four registers.

#undef WITH_ROW_PANELS
#if RECURRENT_LANES == 16
enum { VARIANT(row_panels) = 4 };
#define WITH_ROW_PANELS(BODY) BODY(4) BODY(2) BODY(1)
#else
enum { VARIANT(row_panels) = 1 };
#define WITH_ROW_PANELS(BODY) BODY(1)
#endif
#define ROW_PANELS VARIANT(row_panels)
#define PANEL_VECTORS (RECURRENT_PANEL / RECURRENT_LANES)
#define RowSums VARIANT(RowSums)

typedef struct {
  TileVector at[ROW_PANELS][PANEL_VECTORS];
} RowSums;

INLINE void VARIANT(row_read)(RowSums *sums, int panels, const float *b, ptrdiff_t panel_stride) {
  UNROLL for (int p = 0; p < panels; p++)
    UNROLL for (int v = 0; v < PANEL_VECTORS; v++)
      sums->at[p][v] = VARIANT(tile_load)(b + p * panel_stride + v * RECURRENT_LANES);
}

INLINE void VARIANT(row_write)(const RowSums *sums, int panels, float *c) {
  UNROLL for (int p = 0; p < panels; p++)
    UNROLL for (int v = 0; v < PANEL_VECTORS; v++)
      VARIANT(tile_store)(c + p * RECURRENT_PANEL + v * RECURRENT_LANES, sums->at[p][v]);
}

// sums[p] += sum over k of a[k] * b[p * panel_stride + k * 64], k from 0 to depth - 1, for some
// columns of each panel, in vectors of 16.
INLINE void VARIANT(row_accumulate_columns)(RowSums *sums, int panels, RecurrentColumns columns,
                                            const float *a, const float *b,
                                            ptrdiff_t panel_stride, ptrdiff_t depth) {
  const int from = columns.from * LANES / RECURRENT_LANES;
  const int to = columns.to * LANES / RECURRENT_LANES;
  // Unrolled, the loop reads the second-level cache more slowly on Zen 5.
  ONE_COPY for (ptrdiff_t k = 0; k < depth; k++) {
    const TileVector element = (TileVector)(a[k]);
    UNROLL for (int p = 0; p < panels; p++) {
      const float *row = b + p * panel_stride + k * RECURRENT_PANEL;
      UNROLL for (int v = from; v < to; v++)
        sums->at[p][v] =
            multiply_add(element, VARIANT(tile_load)(row + v * RECURRENT_LANES), sums->at[p][v]);
    }
  }
}

// The same for all columns.
INLINE void VARIANT(row_accumulate)(RowSums *sums, int panels, const float *a, const float *b,
                                    ptrdiff_t panel_stride, ptrdiff_t depth) {
  const RecurrentColumns all = {0, RECURRENT_PANEL / LANES};
  VARIANT(row_accumulate_columns)(sums, panels, all, a, b, panel_stride, depth);
}

#endif

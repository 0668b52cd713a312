// The inner loop of every product: a tile of up to 6 rows by a group of columns, kept in
// registers while k runs. With AVX-512 a group is a whole panel (6 x 4 registers), with AVX2 16
// columns (6 x 2), with NEON 16 (6 x 4). Whatever the tile, an element is one sum over k in order.

#ifndef RECURRENT_TILE_H
#define RECURRENT_TILE_H

enum { TILE_ROWS = 6 };

// Calls BODY(rows) with a constant number of rows, so that the tile stays in registers.
#define WITH_CONSTANT_ROWS(rows, BODY)                                                             \
  switch (rows) {                                                                                  \
    case 1: BODY(1); break;                                                                        \
    case 2: BODY(2); break;                                                                        \
    case 3: BODY(3); break;                                                                        \
    case 4: BODY(4); break;                                                                        \
    case 5: BODY(5); break;                                                                        \
    default: BODY(6); break;                                                                       \
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

#define GROUP (RECURRENT_LANES * RECURRENT_VECTORS)
#define UNROLL _Pragma("clang loop unroll(full)")

INLINE TileVector VARIANT(tile_load)(const float *p) { return *(const UnalignedTileVector *)p; }
INLINE void VARIANT(tile_store)(float *p, TileVector v) { *(UnalignedTileVector *)p = v; }

// Every row of the tile starts as the same group of columns.
INLINE void VARIANT(tile_broadcast)(Tile *tile, int rows, const float *columns) {
  UNROLL for (int v = 0; v < RECURRENT_VECTORS; v++) {
    TileVector start = VARIANT(tile_load)(columns + v * RECURRENT_LANES);
    UNROLL for (int r = 0; r < rows; r++) tile->at[r][v] = start;
  }
}

INLINE void VARIANT(tile_read)(Tile *tile, int rows, const float *c, ptrdiff_t row_stride) {
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < RECURRENT_VECTORS; v++)
      tile->at[r][v] = VARIANT(tile_load)(c + r * row_stride + v * RECURRENT_LANES);
}

INLINE void VARIANT(tile_write)(const Tile *tile, int rows, float *c, ptrdiff_t row_stride) {
  UNROLL for (int r = 0; r < rows; r++)
    UNROLL for (int v = 0; v < RECURRENT_VECTORS; v++)
      VARIANT(tile_store)(c + r * row_stride + v * RECURRENT_LANES, tile->at[r][v]);
}

// tile[r] += sum over k of a[r * a_row_stride + k * a_step] * b[k * b_step], k from 0 to depth - 1.
INLINE void VARIANT(tile_accumulate)(Tile *tile, int rows, const float *a, ptrdiff_t a_row_stride,
                                     ptrdiff_t a_step, const float *b, ptrdiff_t b_step,
                                     ptrdiff_t depth) {
  for (ptrdiff_t k = 0; k < depth; k++) {
    TileVector column[RECURRENT_VECTORS];
    UNROLL for (int v = 0; v < RECURRENT_VECTORS; v++)
      column[v] = VARIANT(tile_load)(b + k * b_step + v * RECURRENT_LANES);
    UNROLL for (int r = 0; r < rows; r++) {
      TileVector element = (TileVector)(a[r * a_row_stride + k * a_step]);
      UNROLL for (int v = 0; v < RECURRENT_VECTORS; v++)
        tile->at[r][v] = fused(element, column[v], tile->at[r][v]);
    }
  }
}

#endif

// Products whose weights are 8-bit whole numbers with a scale for each column.
//
// A row of A is rounded to whole numbers of 16 bits with one scale of its own, so that what is
// multiplied and added is whole: the sums are exact, whatever their order, and every instruction
// set gives the same bits. 512 products of two such numbers fit a sum of 32 bits; longer sums are
// taken in parts, which are added as floats from the first to the last.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "int8.c"
#include "variants.h"

#else

#include "vector.h"
#include "tile.h"

enum {
  VARIANT(int8_part) = 512,      // inputs of one whole sum
  VARIANT(int8_registers) = 8,   // sums under way at once
};

#undef INT8_COLUMNS
#if RECURRENT_LANES == 16
#define INT8_COLUMNS RECURRENT_PANEL
#else
#define INT8_COLUMNS (RECURRENT_LANES * VARIANT(int8_registers))
#endif

#define WholeVector VARIANT(WholeVector)
#define PairVector VARIANT(PairVector)
#define BytePairs VARIANT(BytePairs)
typedef int32_t WholeVector __attribute__((ext_vector_type(RECURRENT_LANES)));
typedef int16_t PairVector __attribute__((ext_vector_type(RECURRENT_LANES * 2)));
typedef int8_t BytePairs __attribute__((ext_vector_type(RECURRENT_LANES * 2)));
typedef BytePairs VARIANT(UnalignedBytePairs) __attribute__((aligned(1)));
typedef int16_t VARIANT(SixteenBits) __attribute__((ext_vector_type(LANES)));

// a0 b0 + a1 b1 of each pair.
INLINE WholeVector VARIANT(pair_sums)(PairVector a, PairVector b) {
#if defined(__x86_64__) && RECURRENT_LANES == 16
  typedef int16_t Operand __attribute__((vector_size(64)));
  return (WholeVector)__builtin_ia32_pmaddwd512((Operand)a, (Operand)b);
#elif defined(__x86_64__) && RECURRENT_LANES == 8
  typedef int16_t Operand __attribute__((vector_size(32)));
  return (WholeVector)__builtin_ia32_pmaddwd256((Operand)a, (Operand)b);
#elif defined(__x86_64__)
  typedef int16_t Operand __attribute__((vector_size(16)));
  return (WholeVector)__builtin_ia32_pmaddwd128((Operand)a, (Operand)b);
#else
  return __builtin_convertvector(a.even, WholeVector) * __builtin_convertvector(b.even, WholeVector) +
         __builtin_convertvector(a.odd, WholeVector) * __builtin_convertvector(b.odd, WholeVector);
#endif
}

// Rounds a row to whole numbers from -32767 to 32767, and returns what one of them stands for: NaN
// if a number is not finite. Numbers below 2^-100 all together are taken for zero.
INLINE float VARIANT(round_row)(ptrdiff_t depth, const float *a, int16_t *whole) {
  Vector largest = splat(0.0f), nothing = splat(0.0f);
#define MAGNITUDE(READ, WRITE)                                                                     \
  {                                                                                                \
    const Vector x = READ(a);                                                                      \
    const Vector magnitude = __builtin_elementwise_abs(x);                                         \
    largest = magnitude > largest ? magnitude : largest;                                           \
    nothing += x - x;                                                                              \
  }
#define READ_REST(p) load_some((p) + n, left, 0.0f)
  ptrdiff_t n = 0;
  for (; n + LANES <= depth; n += LANES) MAGNITUDE(READ_ALL, WRITE_ALL)
  if (n < depth) {
    const ptrdiff_t left = depth - n;
    MAGNITUDE(READ_REST, WRITE_SOME)
  }
#undef MAGNITUDE
  const float most = maximum_lane(largest);
  const bool is_finite = sum_lanes(nothing) == 0.0f;
  const bool is_zero = !is_finite || most < 0x1p-100f;
  const Vector inverse = splat(is_zero ? 0.0f : 32767.0f / most);
  // The low bits of a whole number plus 1.5 2^23 are the number's own.
  const Vector shift = splat(0x1.8p23f);
  for (n = 0; n < depth; n += LANES) {
    const ptrdiff_t left = depth - n;
    const Vector x = left >= LANES ? load(a + n) : load_some(a + n, left, 0.0f);
    const Vector shifted = (is_zero ? splat(0.0f) : x * inverse) + shift;
    IntegerVector bits;
    memcpy(&bits, &shifted, sizeof bits);
    const VARIANT(SixteenBits) rounded = __builtin_convertvector(bits, VARIANT(SixteenBits));
    // Rows have room for whole vectors.
    memcpy(whole + n, &rounded, sizeof rounded);
  }
  return is_finite ? (is_zero ? 0.0f : most / 32767.0f) : __builtin_nanf("");
}

// The sums of one row and INT8_COLUMNS columns of a panel, as floats.
INLINE void VARIANT(int8_sums)(ptrdiff_t depth, const int16_t *whole, const int8_t *weights,
                               float *sums) {
  enum { COUNT = INT8_COLUMNS / RECURRENT_LANES };
  TileVector total[COUNT];
  const ptrdiff_t pairs = (depth + 1) / 2;
  ptrdiff_t pair = 0;
  bool is_first = true;
  do {
    const ptrdiff_t left = pairs - pair;
    const ptrdiff_t end = left < VARIANT(int8_part) / 2 ? pairs : pair + VARIANT(int8_part) / 2;
    WholeVector part[COUNT];
    UNROLL for (int v = 0; v < COUNT; v++) part[v] = (WholeVector)(0);
    ONE_COPY for (; pair < end; pair++) {
      int32_t both;
      memcpy(&both, whole + 2 * pair, sizeof both);
      const WholeVector spread = (WholeVector)(both);
      PairVector a;
      memcpy(&a, &spread, sizeof a);
      const int8_t *row = weights + pair * 2 * RECURRENT_PANEL;
      UNROLL for (int v = 0; v < COUNT; v++) {
        const BytePairs bytes = *(const VARIANT(UnalignedBytePairs) *)(row + v * 2 * RECURRENT_LANES);
        part[v] += VARIANT(pair_sums)(a, __builtin_convertvector(bytes, PairVector));
      }
    }
    UNROLL for (int v = 0; v < COUNT; v++) {
      const TileVector number = __builtin_convertvector(part[v], TileVector);
      total[v] = is_first ? number : total[v] + number;
    }
    is_first = false;
  } while (pair < pairs);
  UNROLL for (int v = 0; v < COUNT; v++)
    VARIANT(tile_store)(sums + v * RECURRENT_LANES, total[v]);
}

void VARIANT(int8_product)(const RecurrentInt8Product *q) {
  const ptrdiff_t panels = (q->columns + RECURRENT_PANEL - 1) / RECURRENT_PANEL;
  const ptrdiff_t room = (q->depth + LANES - 1) / LANES * LANES;
  const ptrdiff_t bytes = (q->depth + 1) / 2 * 2 * RECURRENT_PANEL;
  for (ptrdiff_t r = 0; r < q->rows; r++)
    q->row_scales[r] =
        VARIANT(round_row)(q->depth, q->a + r * q->a_row_stride, q->whole + r * room);
  _Alignas(CACHE_LINE) float sums[RECURRENT_PANEL];
  for (ptrdiff_t p = 0; p < panels; p++) {
    const ptrdiff_t left = q->columns - p * RECURRENT_PANEL;
    const ptrdiff_t width = left < RECURRENT_PANEL ? left : RECURRENT_PANEL;
    for (ptrdiff_t r = 0; r < q->rows; r++) {
      float *c = q->c + r * q->c_row_stride + p * q->c_panel_stride;
      for (ptrdiff_t group = 0; group < width; group += INT8_COLUMNS)
        VARIANT(int8_sums)
      (q->depth, q->whole + r * room, q->weights + p * bytes + 2 * group, sums + group);
      const Vector row_scale = splat(q->row_scales[r]);
      const float *start = q->bias ? q->bias + p * RECURRENT_PANEL : c;
      const float *scales = q->scales + p * RECURRENT_PANEL;
      for (ptrdiff_t n = 0; n < width; n += LANES) {
        const ptrdiff_t rest = width - n;
        const Vector begin = rest >= LANES ? load(start + n) : load_some(start + n, rest, 0.0f);
        const Vector sum = fused(load(sums + n), row_scale * load(scales + n), begin);
        if (rest >= LANES)
          store(c + n, sum);
        else
          store_some(c + n, rest, sum);
      }
    }
  }
}

#endif

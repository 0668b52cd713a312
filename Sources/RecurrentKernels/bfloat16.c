// Numbers rounded to bfloat16, two to the place of one float: what products with operands of
// bfloat16 read. The first of a pair lies in the lower half. Where the processor has instructions
// for it, they round the same but for subnormal numbers, which become zeros.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "bfloat16.c"
#include "variants.h"

#else

#include "vector.h"

typedef uint32_t VARIANT(Words) __attribute__((ext_vector_type(16)));
#define Words VARIANT(Words)

#if RECURRENT_OPERANDS == 2

typedef __bf16 VARIANT(BrainVector) __attribute__((vector_size(64)));
typedef uint16_t VARIANT(HalfWords) __attribute__((ext_vector_type(32)));

// x[2 k] and x[2 k + 1] of 32 numbers.
INLINE Words VARIANT(neighbours)(Vector first, Vector second) {
  const VARIANT(BrainVector) both = __builtin_ia32_cvtne2ps2bf16_512(second, first);
  Words words;
  memcpy(&words, &both, sizeof words);
  return words;
}

// x[k] and y[k].
INLINE Words VARIANT(joined)(Vector x, Vector y) {
  const VARIANT(BrainVector) both = __builtin_ia32_cvtne2ps2bf16_512(y, x);
  VARIANT(HalfWords) halves;
  memcpy(&halves, &both, sizeof halves);
  halves = __builtin_shufflevector(halves, halves, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22,
                                   7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                   31);
  Words words;
  memcpy(&words, &halves, sizeof words);
  return words;
}

#else

// The nearest bfloat16, to even on a tie, in the lower half of each word. NaN stays NaN.
INLINE Words VARIANT(rounded)(Vector x) {
  Words bits;
  memcpy(&bits, &x, sizeof bits);
  const Words nearest = bits + 0x7FFF + ((bits >> 16) & 1);
  const Words quiet = bits | 0x400000;
  const IntegerVector is_nan = x != x;
  return (is_nan ? quiet : nearest) >> 16;
}

// x[2 k] and x[2 k + 1] of 32 numbers.
INLINE Words VARIANT(neighbours)(Vector first, Vector second) {
  const Words a = VARIANT(rounded)(first);
  const Words b = VARIANT(rounded)(second);
  const Words even = __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24,
                                             26, 28, 30);
  const Words odd = __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25,
                                            27, 29, 31);
  return even | odd << 16;
}

// x[k] and y[k].
INLINE Words VARIANT(joined)(Vector x, Vector y) {
  return VARIANT(rounded)(x) | VARIANT(rounded)(y) << 16;
}

#endif

void VARIANT(column_pairs)(ptrdiff_t rows, ptrdiff_t columns, const float *source,
                           ptrdiff_t row_stride, float *pairs, ptrdiff_t pair_row_stride) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *x = source + r * row_stride;
    float *y = pairs + r * pair_row_stride;
    ptrdiff_t k = 0;
    for (; k + 2 * LANES <= columns; k += 2 * LANES) {
      const Words words = VARIANT(neighbours)(load(x + k), load(x + k + LANES));
      memcpy(y + k / 2, &words, sizeof words);
    }
    if (k < columns) {
      const ptrdiff_t left = columns - k;
      const Vector first = load_some(x + k, left < LANES ? left : LANES, 0.0f);
      const Vector second =
          left > LANES ? load_some(x + k + LANES, left - LANES, 0.0f) : splat(0.0f);
      const Words words = VARIANT(neighbours)(first, second);
      memcpy(y + k / 2, &words, (size_t)((left + 1) / 2) * sizeof(float));
    }
  }
}

void VARIANT(row_pairs)(ptrdiff_t rows, ptrdiff_t columns, const float *source,
                        ptrdiff_t row_stride, float *pairs) {
  for (ptrdiff_t r = 0; r < rows; r += 2) {
    const float *x = source + r * row_stride;
    const bool has_second = r + 1 < rows;
    float *y = pairs + r / 2 * columns;
    ptrdiff_t k = 0;
    for (; k + LANES <= columns; k += LANES) {
      const Words words = VARIANT(joined)(
          load(x + k), has_second ? load(x + row_stride + k) : splat(0.0f));
      memcpy(y + k, &words, sizeof words);
    }
    if (k < columns) {
      const ptrdiff_t left = columns - k;
      const Words words = VARIANT(joined)(
          load_some(x + k, left, 0.0f),
          has_second ? load_some(x + row_stride + k, left, 0.0f) : splat(0.0f));
      memcpy(y + k, &words, (size_t)left * sizeof(float));
    }
  }
}

#undef Words

#endif

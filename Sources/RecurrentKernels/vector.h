// Vectors of 16 floats, whatever the processor's registers hold: one register with AVX-512, two
// with AVX2, four with NEON or SSE2. All arithmetic is written with these, so that every
// instruction set rounds alike. Contraction is off: a multiply-add is fused where it says `fused`.

#ifndef RECURRENT_VECTOR_H
#define RECURRENT_VECTOR_H

#include <string.h>

#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

enum { LANES = 16, CACHE_LINE = 64 };

typedef float Vector __attribute__((ext_vector_type(16)));
typedef int32_t IntegerVector __attribute__((ext_vector_type(16)));
typedef double DoubleVector __attribute__((ext_vector_type(8)));
typedef Vector UnalignedVector __attribute__((aligned(4)));

#define fused(a, b, c) __builtin_elementwise_fma(a, b, c)
#define splat(x) ((Vector)(x))

// Runs BODY on 16 elements at a time; in BODY, READ(p) loads from p + n and WRITE(p, v) stores
// there, the last time with fewer than 16.
#define EACH_VECTOR(count, BODY)                                                                   \
  {                                                                                                \
    ptrdiff_t n = 0;                                                                               \
    for (; n + LANES <= (count); n += LANES) BODY(READ_ALL, WRITE_ALL);                            \
    if (n < (count)) {                                                                             \
      const ptrdiff_t left = (count) - n;                                                          \
      BODY(READ_SOME, WRITE_SOME);                                                                 \
    }                                                                                              \
  }
#define READ_ALL(p) load((p) + n)
#define WRITE_ALL(p, v) store((p) + n, v)
#define READ_SOME(p) load_some((p) + n, left, 1.0f)
#define WRITE_SOME(p, v) store_some((p) + n, left, v)

#endif

#ifdef RECURRENT_VARIANT

#define load VARIANT(load)
#define load_some VARIANT(load_some)
#define store VARIANT(store)
#define store_some VARIANT(store_some)
#define sum_lanes VARIANT(sum_lanes)
#define maximum_lane VARIANT(maximum_lane)

// A load of the first n of 16 elements; the others are `rest`.
INLINE Vector load_some(const float *p, ptrdiff_t n, float rest) {
  Vector v = splat(rest);
  memcpy(&v, p, (size_t)n * sizeof(float));
  return v;
}

INLINE Vector load(const float *p) { return *(const UnalignedVector *)p; }

INLINE void store(float *p, Vector v) { *(UnalignedVector *)p = v; }

INLINE void store_some(float *p, ptrdiff_t n, Vector v) {
  memcpy(p, &v, (size_t)n * sizeof(float));
}

// ((0 + 8) + (4 + 12)) + ...: halves are added until one number is left.
INLINE float sum_lanes(Vector v) {
  __typeof__(v.lo) eight = v.lo + v.hi;
  __typeof__(eight.lo) four = eight.lo + eight.hi;
  __typeof__(four.lo) two = four.lo + four.hi;
  return two.x + two.y;
}

INLINE float maximum_lane(Vector v) {
  __typeof__(v.lo) eight = v.lo > v.hi ? v.lo : v.hi;
  __typeof__(eight.lo) four = eight.lo > eight.hi ? eight.lo : eight.hi;
  __typeof__(four.lo) two = four.lo > four.hi ? four.lo : four.hi;
  return two.x > two.y ? two.x : two.y;
}

#endif

// Functions of every element, and sums of many.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "elementwise.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"

void VARIANT(map)(RecurrentFunction function, ptrdiff_t count, const float *x, float *y) {
  switch (function) {
#define BODY(READ, WRITE) WRITE(y, sigmoid(READ(x)))
    case RECURRENT_SIGMOID: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE) WRITE(y, hyperbolic_tangent(READ(x)))
    case RECURRENT_TANH: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    const Vector v = READ(x);                                                                      \
    WRITE(y, v <= splat(0.0f) ? splat(0.0f) : v);                                                  \
  }
    case RECURRENT_RELU: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE) WRITE(y, exponential(READ(x)))
    case RECURRENT_EXP: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE) WRITE(y, logarithm(READ(x)))
    case RECURRENT_LOG: EACH_VECTOR(count, BODY) break;
#undef BODY
  }
}

void VARIANT(map_gradient)(RecurrentFunction function, ptrdiff_t count, const float *y,
                           const float *dy, float *dx) {
  switch (function) {
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    const Vector v = READ(y);                                                                      \
    WRITE(dx, READ(dy) * (v * (splat(1.0f) - v)));                                                 \
  }
    case RECURRENT_SIGMOID: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    const Vector v = READ(y);                                                                      \
    WRITE(dx, READ(dy) * fused(-v, v, splat(1.0f)));                                               \
  }
    case RECURRENT_TANH: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE) WRITE(dx, READ(y) > splat(0.0f) ? READ(dy) : splat(0.0f))
    case RECURRENT_RELU: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE) WRITE(dx, READ(dy) * READ(y))
    case RECURRENT_EXP: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE) WRITE(dx, READ(dy) / READ(y))
    case RECURRENT_LOG: EACH_VECTOR(count, BODY) break;
#undef BODY
  }
}

// a and b with their steps: a step of 0 repeats one number.
#define OPERAND(READ, p, step) ((step) ? READ(p) : splat(*(p)))

void VARIANT(combine)(RecurrentOperation operation, ptrdiff_t count, const float *a,
                      ptrdiff_t a_step, const float *b, ptrdiff_t b_step, float *y) {
  switch (operation) {
#define BODY(READ, WRITE) WRITE(y, OPERAND(READ, a, a_step) + OPERAND(READ, b, b_step))
    case RECURRENT_ADD: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE) WRITE(y, OPERAND(READ, a, a_step) - OPERAND(READ, b, b_step))
    case RECURRENT_SUBTRACT: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE) WRITE(y, OPERAND(READ, a, a_step) * OPERAND(READ, b, b_step))
    case RECURRENT_MULTIPLY: EACH_VECTOR(count, BODY) break;
#undef BODY
#define BODY(READ, WRITE) WRITE(y, OPERAND(READ, a, a_step) / OPERAND(READ, b, b_step))
    case RECURRENT_DIVIDE: EACH_VECTOR(count, BODY) break;
#undef BODY
  }
}

void VARIANT(add_scaled)(ptrdiff_t count, float scale, const float *x, float *y) {
#define BODY(READ, WRITE) WRITE(y, fused(splat(scale), READ(x), READ(y)))
  EACH_VECTOR(count, BODY)
#undef BODY
}

// Sums wait, one for each level of the tree, for the sum of their right-hand neighbour.
void VARIANT(sum_tree)(ptrdiff_t count, ptrdiff_t sources, const float *const *x, float *y) {
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    Vector waiting[sizeof(ptrdiff_t) * 8];                                                         \
    int level = 0;                                                                                 \
    for (ptrdiff_t s = 0; s < sources; s++) {                                                      \
      Vector sum = READ(x[s]);                                                                     \
      level = 0;                                                                                   \
      for (ptrdiff_t pairs = s; pairs & 1; pairs >>= 1) sum = waiting[level++] + sum;              \
      waiting[level] = sum;                                                                        \
    }                                                                                              \
    WRITE(y, waiting[level]);                                                                      \
  }
  EACH_VECTOR(count, BODY)
#undef BODY
}

void VARIANT(scale_bytes)(ptrdiff_t count, const uint8_t *bytes, float scale, float *y) {
  typedef uint8_t ByteVector __attribute__((ext_vector_type(16), aligned(1)));
  ptrdiff_t n = 0;
  for (; n + LANES <= count; n += LANES) {
    const ByteVector v = *(const ByteVector *)(bytes + n);
    store(y + n, __builtin_convertvector(v, Vector) * splat(scale));
  }
  for (; n < count; n++) y[n] = (float)bytes[n] * scale;
}

void VARIANT(sum_rows)(ptrdiff_t rows, ptrdiff_t inner, const float *x, float *y) {
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    Vector total = splat(0.0f);                                                                    \
    for (ptrdiff_t r = 0; r < rows; r++) total += READ(x + r * inner);                             \
    WRITE(y, total);                                                                               \
  }
  EACH_VECTOR(inner, BODY)
#undef BODY
}

float VARIANT(sum)(ptrdiff_t count, const float *x) {
  Vector total = splat(0.0f);
  ptrdiff_t n = 0;
  for (; n + LANES <= count; n += LANES) total += load(x + n);
  if (n < count) total += load_some(x + n, count - n, 0.0f);
  return sum_lanes(total);
}

INLINE DoubleVector VARIANT(doubles)(const float *x, ptrdiff_t count) {
  typedef float Eight __attribute__((ext_vector_type(8)));
  Eight v = (Eight)(0.0f);
  memcpy(&v, x, (size_t)count * sizeof(float));
  return __builtin_convertvector(v, DoubleVector);
}

double VARIANT(sum_of_squares)(ptrdiff_t count, const float *x) {
  enum { SUMS = 4, EIGHT = LANES / 2 };
  DoubleVector total[SUMS] = {0};
  ptrdiff_t n = 0;
  for (; n + SUMS * EIGHT <= count; n += SUMS * EIGHT) {
    for (int s = 0; s < SUMS; s++) {
      const DoubleVector d = VARIANT(doubles)(x + n + s * EIGHT, EIGHT);
      total[s] = fused(d, d, total[s]);
    }
  }
  for (int s = 0; n < count; s++, n += EIGHT) {
    const DoubleVector d = VARIANT(doubles)(x + n, count - n < EIGHT ? count - n : EIGHT);
    total[s] = fused(d, d, total[s]);
  }
  const DoubleVector eight = (total[0] + total[2]) + (total[1] + total[3]);
  __typeof__(eight.lo) four = eight.lo + eight.hi;
  __typeof__(four.lo) two = four.lo + four.hi;
  return two.x + two.y;
}

#undef OPERAND

#endif

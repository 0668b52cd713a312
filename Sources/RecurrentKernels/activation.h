// Exponential, logarithm, sigmoid and tanh of 16 numbers.
//
// Goals, in this order: the same bits on every instruction set; at most 2 units in the last place
// from the true value for every float; exact limits (sigmoid(-inf) = 0, tanh(inf) = 1); NaN in,
// NaN out; speed. All of exp, sigmoid and tanh reduce x = n ln 2 + r with |r| <= ln 2 / 2 and use
// one polynomial for exp(r) - 1, a minimax fit with relative error 1e-10.

#ifdef RECURRENT_VARIANT

#define exponential VARIANT(exponential)
#define logarithm VARIANT(logarithm)
#define sigmoid VARIANT(sigmoid)
#define hyperbolic_tangent VARIANT(hyperbolic_tangent)

INLINE Vector VARIANT(as_numbers)(IntegerVector bits) {
  Vector numbers;
  memcpy(&numbers, &bits, sizeof numbers);
  return numbers;
}

INLINE IntegerVector VARIANT(as_bits)(Vector numbers) {
  IntegerVector bits;
  memcpy(&bits, &numbers, sizeof bits);
  return bits;
}

// A whole number n, as a number and within the bits of 1.5 2^23 + n.
typedef struct {
  Vector whole;
  IntegerVector bits;
} VARIANT(Exponent);

// 2^n for -127 < n < 128.
INLINE Vector VARIANT(power_of_two)(VARIANT(Exponent) n) {
  return VARIANT(as_numbers)((n.bits - (0x4B400000 - 127)) << 23);
}

// p 2^n for 1/2 < p < 2 and n > -152, rounded once.
INLINE Vector VARIANT(scaled)(Vector p, VARIANT(Exponent) n) {
#if RECURRENT_LANES == 16
  return (Vector)__builtin_ia32_scalefps512_mask(p, n.whole, p, (uint16_t)-1, 4);
#else
  // In two halves, so that neither power leaves the range of normal numbers.
  const IntegerVector exponent = n.bits - 0x4B400000;
  const IntegerVector half = exponent >> 1;
  return p * VARIANT(as_numbers)((half + 127) << 23) *
         VARIANT(as_numbers)((exponent - half + 127) << 23);
#endif
}

// Splits x into n ln 2 + r, and returns exp(r) - 1. |x| must be below 2^21.
INLINE Vector VARIANT(reduced_exponential)(Vector x, VARIANT(Exponent) *n) {
  const float shift = 0x1.8p23f;  // adding and taking it away rounds to a whole number
  const Vector shifted = fused(x, splat(0x1.715476p0f), splat(shift));
  n->whole = shifted - splat(shift);
  n->bits = VARIANT(as_bits)(shifted);
  // ln 2 in two parts: the first has trailing zeros, so that the product is exact.
  Vector r = fused(n->whole, splat(-0x1.62e400p-1f), x);
  r = fused(n->whole, splat(-0x1.7f7d1cp-20f), r);
  Vector q = splat(0x1.a1a164p-13f);
  q = fused(q, r, splat(0x1.6d7486p-10f));
  q = fused(q, r, splat(0x1.111090p-7f));
  q = fused(q, r, splat(0x1.5554aep-5f));
  q = fused(q, r, splat(0x1.555556p-3f));
  q = fused(q, r, splat(0.5f));
  return fused(r * r, q, r);
}

// exp(x) for x <= 89.
INLINE Vector VARIANT(exponential_below)(Vector x) {
  x = x < splat(-104.0f) ? splat(-104.0f) : x;
  VARIANT(Exponent) n;
  const Vector p = VARIANT(reduced_exponential)(x, &n) + splat(1.0f);
  return VARIANT(scaled)(p, n);
}

INLINE Vector exponential(Vector x) {
  x = x > splat(89.0f) ? splat(89.0f) : x;
  return VARIANT(exponential_below)(x);
}

// 1 / (1 + exp(-x)) for x >= 0 and exp(x) / (1 + exp(x)) below, so that nothing overflows. What
// 1 + e loses to rounding is put back, as if 1 / (1 + e) were 1: that is so where it matters most.
INLINE Vector sigmoid(Vector x) {
  const Vector one = splat(1.0f);
  const Vector e = VARIANT(exponential_below)(-__builtin_elementwise_abs(x));
  const Vector divisor = one + e;
  const Vector lost = e - (divisor - one);
  const Vector quotient = (x < splat(0.0f) ? e : one) / divisor;
  return fused(-quotient, lost, quotient);
}

// t / (t + 2) with t = exp(2|x|) - 1. One step of refinement puts back what the sum, the
// reciprocal and the product lose to rounding.
INLINE Vector hyperbolic_tangent(Vector x) {
  Vector magnitude = __builtin_elementwise_abs(x);
  magnitude = magnitude > splat(10.0f) ? splat(10.0f) : magnitude;
  VARIANT(Exponent) n;
  const Vector p = VARIANT(reduced_exponential)(magnitude + magnitude, &n);
  const Vector power = VARIANT(power_of_two)(n);
  const Vector t = fused(power, p, power - splat(1.0f));
  const Vector divisor = t + splat(2.0f);
  const Vector lost = t - (divisor - splat(2.0f));
  const Vector reciprocal = splat(1.0f) / divisor;
  const Vector quotient = t * reciprocal;
  const Vector remainder = fused(-quotient, lost, fused(-quotient, divisor, t));
  return __builtin_elementwise_copysign(fused(remainder, reciprocal, quotient), x);
}

// ln x = e ln 2 + ln m with m in [sqrt(1/2), sqrt(2)).
INLINE Vector logarithm(Vector x) {
  IntegerVector is_small = x < splat(0x1p-126f);
  Vector scaled = is_small ? x * splat(0x1p24f) : x;
  IntegerVector bits;
  memcpy(&bits, &scaled, sizeof bits);
  IntegerVector offset = bits - 0x3F3504F3;  // sqrt(1/2)
  IntegerVector exponent = offset >> 23;
  IntegerVector significand = bits - (exponent << 23);
  Vector m;
  memcpy(&m, &significand, sizeof m);
  Vector e = __builtin_convertvector(exponent, Vector) - (is_small ? splat(24.0f) : splat(0.0f));
  Vector f = m - splat(1.0f);
  Vector q = splat(0.0691554067f);
  q = fused(q, f, splat(-0.1178986442f));
  q = fused(q, f, splat(0.1187292563f));
  q = fused(q, f, splat(-0.1238433522f));
  q = fused(q, f, splat(0.1421866386f));
  q = fused(q, f, splat(-0.1666925181f));
  q = fused(q, f, splat(0.2000222632f));
  q = fused(q, f, splat(-0.2499998658f));
  q = fused(q, f, splat(0.3333331045f));
  Vector square = f * f;
  Vector tail = fused(square * f, q, e * splat(-0x1.05c610p-29f));
  tail = fused(square, splat(-0.5f), tail);
  Vector result = fused(e, splat(0x1.62e430p-1f), f + tail);
  result = x == splat(0.0f) ? splat(-__builtin_inff()) : result;
  result = x < splat(0.0f) ? splat(__builtin_nanf("")) : result;
  return x == splat(__builtin_inff()) || x != x ? x : result;
}

#endif

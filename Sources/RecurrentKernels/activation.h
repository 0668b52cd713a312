// Exponential, logarithm, sigmoid and tanh of 16 numbers.
//
// Goals, in this order: the same bits on every instruction set; at most 2 units in the last place
// from the true value, for every float whose result is a normal number; exact limits
// (sigmoid(-inf) = 0, tanh(inf) = 1); NaN in, NaN out; speed. exp, sigmoid and tanh all reduce
// their argument to |r| <= ln 2 / 2 and use one polynomial for 1 - exp(-r), a minimax fit with
// relative error 3e-9. The order of the sums matters: in another one the same formulas are up to 3
// units off.

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
  Vector number;
  IntegerVector bits;
} VARIANT(Whole);

enum { VARIANT(shifted_zero) = 0x4B400000 };  // the bits of 1.5 2^23

// The whole number nearest to x / scale, where that is below 2^22.
INLINE VARIANT(Whole) VARIANT(nearest_whole)(Vector x, float inverse_scale) {
  const Vector shift = splat(0x1.8p23f);  // adding and taking it away rounds to a whole number
  const Vector shifted = fused(x, splat(inverse_scale), shift);
  return (VARIANT(Whole)){shifted - shift, VARIANT(as_bits)(shifted)};
}

// 2^(k - n) for -128 < n - k < 127, and 0 for n - k = 127.
INLINE Vector VARIANT(inverse_power_of_two)(VARIANT(Whole) n, int k) {
  return VARIANT(as_numbers)((VARIANT(shifted_zero) + 127 + k - n.bits) << 23);
}

// p 2^n for 1/2 < p < 2 and n > -152, rounded once.
INLINE Vector VARIANT(scaled)(Vector p, VARIANT(Whole) n) {
#if RECURRENT_LANES == 16
  return (Vector)__builtin_ia32_scalefps512_mask(p, n.number, p, (uint16_t)-1, 4);
#else
  // In two halves, so that neither power leaves the range of normal numbers.
  const IntegerVector exponent = n.bits - VARIANT(shifted_zero);
  const IntegerVector half = exponent >> 1;
  return p * VARIANT(as_numbers)((half + 127) << 23) *
         VARIANT(as_numbers)((exponent - half + 127) << 23);
#endif
}

#define INVERSE_LN_2 0x1.715476p0f
// ln 2 in two parts: the first ends in zeros, so that its product with a whole number is exact.
#define LN_2_HIGH 0x1.62e400p-1f
#define LN_2_LOW 0x1.7f7d1cp-20f
#define LN_2 0x1.62e430p-1f

// 1 - exp(-r) for |r| <= ln 2 / 2.
INLINE Vector VARIANT(decay)(Vector r) {
  const Vector square = r * r;
  const Vector low = fused(splat(0x1.555492p-3f), r, splat(-0x1.fffffcp-2f));
  const Vector high = fused(splat(0x1.12399cp-7f), r, splat(-0x1.5558b0p-5f));
  const Vector tail = fused(fused(splat(-0x1.6a4ed2p-10f), square, high), square, low);
  return fused(tail, square, r);
}

// exp(x) = 2^n (1 - p) with p = 1 - exp(-r) and r = n ln 2 - x.
INLINE Vector exponential(Vector x) {
  x = x > splat(89.0f) ? splat(89.0f) : x;
  x = x < splat(-104.0f) ? splat(-104.0f) : x;
  const VARIANT(Whole) n = VARIANT(nearest_whole)(x, INVERSE_LN_2);
  const Vector r = fused(n.number, splat(LN_2_LOW), fused(n.number, splat(LN_2_HIGH), -x));
  return VARIANT(scaled)(splat(1.0f) - VARIANT(decay)(r), n);
}

// 1 / (1 + exp(-x)) = u / (u + 1 - p) with exp(-x) = 2^n (1 - p) and u = 2^-n. From the smaller of
// u and 1 the subtraction of p loses least. Results below 2^-126 may be zero.
INLINE Vector sigmoid(Vector x) {
  const Vector one = splat(1.0f);
  x = x < splat(-88.0f) ? splat(-88.0f) : x;
  x = x > splat(88.0f) ? splat(88.0f) : x;
  const VARIANT(Whole) n = VARIANT(nearest_whole)(x, -INVERSE_LN_2);
  const Vector u = VARIANT(inverse_power_of_two)(n, 0);
  const Vector r = fused(n.number, splat(LN_2_LOW), fused(n.number, splat(LN_2_HIGH), x));
  const Vector p = VARIANT(decay)(r);
  return u / (((u < one ? u : one) - p) + (u < one ? one : u));
}

// (1 - exp(-2|x|)) / (1 + exp(-2|x|)), both halved, with exp(-2|x|) = 2^-n (1 - p).
INLINE Vector hyperbolic_tangent(Vector x) {
  const Vector half = splat(0.5f);
  const Vector magnitude = __builtin_elementwise_abs(x);
  Vector twice = magnitude + magnitude;
  twice = twice > splat(20.0f) ? splat(20.0f) : twice;
  const VARIANT(Whole) n = VARIANT(nearest_whole)(twice, INVERSE_LN_2);
  const Vector u = VARIANT(inverse_power_of_two)(n, -1);
  // n is 29 at most: what ln 2 loses as one float does not matter.
  const Vector p = VARIANT(decay)(fused(n.number, splat(-LN_2), twice));
  const Vector quotient = fused(u, p, half - u) / fused(-u, p, half + u);
  return __builtin_elementwise_copysign(quotient, x);
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

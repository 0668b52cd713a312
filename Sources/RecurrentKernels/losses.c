// Losses of rows of logits, and their gradients.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "losses.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"

// Runs BODY for 16 classes at a time; `left` is the number of classes, at most 16.
#define EACH_CLASS(classes, BODY)                                                                  \
  for (ptrdiff_t n = 0; n < (classes); n += LANES) {                                               \
    const ptrdiff_t left = (classes) - n < LANES ? (classes) - n : LANES;                          \
    BODY                                                                                           \
  }

INLINE float VARIANT(row_maximum)(ptrdiff_t classes, const float *x) {
  const float infinity = __builtin_inff();
  Vector most = splat(-infinity);
  EACH_CLASS(classes, {
    const Vector v = load_some(x + n, left, -infinity);
    most = v > most ? v : most;
  })
  return maximum_lane(most);
}

// The sum of exp(x - maximum).
INLINE float VARIANT(sum_of_powers)(ptrdiff_t classes, const float *x, float maximum) {
  Vector total = splat(0.0f);
  EACH_CLASS(classes, {
    total += exponential(load_some(x + n, left, -__builtin_inff()) - splat(maximum));
  })
  return sum_lanes(total);
}

// One row with a label: loss and, unless null, the gradient.
INLINE float VARIANT(label_row)(const RecurrentCrossEntropy *s, const float *x, ptrdiff_t label,
                                float *d) {
  const float smoothing = s->label_smoothing;
  const float maximum = VARIANT(row_maximum)(s->classes, x);
  const float sum = VARIANT(sum_of_powers)(s->classes, x, maximum);
  const float logarithm_of_sum = logarithm(splat(sum)).x;
  float loss = logarithm_of_sum - (x[label] - maximum);
  if (smoothing != 0) {
    Vector total = splat(0.0f);
    EACH_CLASS(s->classes, { total += load_some(x + n, left, maximum) - splat(maximum); })
    const float mean = sum_lanes(total) / (float)s->classes;
    loss = fused(smoothing, logarithm_of_sum - mean, (1 - smoothing) * loss);
  }
  if (d) {
    const Vector shared = splat(smoothing / (float)s->classes);
    EACH_CLASS(s->classes, {
      const Vector e = exponential(load_some(x + n, left, -__builtin_inff()) - splat(maximum));
      store_some(d + n, left, (e / splat(sum) - shared) * splat(s->scale));
    })
    d[label] -= s->scale * (1 - smoothing);
  }
  return loss;
}

// One row with a weight for every class.
INLINE float VARIANT(target_row)(const RecurrentCrossEntropy *s, const float *x, const float *t,
                                 float *d) {
  const Vector zero = splat(0.0f);
  const float maximum = VARIANT(row_maximum)(s->classes, x);
  const float sum = VARIANT(sum_of_powers)(s->classes, x, maximum);
  Vector weights = zero, products = zero;
  EACH_CLASS(s->classes, {
    const Vector target = load_some(t + n, left, 0.0f);
    const Vector distance = load_some(x + n, left, maximum) - splat(maximum);
    weights += target;
    products += target == zero ? zero : target * distance;
  })
  const float weight = sum_lanes(weights);
  if (d) {
    EACH_CLASS(s->classes, {
      const Vector e = exponential(load_some(x + n, left, -__builtin_inff()) - splat(maximum));
      const Vector target = load_some(t + n, left, 0.0f);
      store_some(d + n, left, fused(e / splat(sum), splat(weight), -target) * splat(s->scale));
    })
  }
  return fused(weight, logarithm(splat(sum)).x, -sum_lanes(products));
}

void VARIANT(softmax_cross_entropy)(const RecurrentCrossEntropy *s) {
  for (ptrdiff_t r = 0; r < s->rows; r++) {
    const float *x = s->logits + r * s->classes;
    float *d = s->gradient ? s->gradient + r * s->classes : NULL;
    if (s->targets) {
      s->losses[r] = VARIANT(target_row)(s, x, s->targets + r * s->classes, d);
    } else if (s->labels[r] >= 0) {
      s->losses[r] = VARIANT(label_row)(s, x, s->labels[r], d);
    } else {
      s->losses[r] = 0;
      if (d) memset(d, 0, (size_t)s->classes * sizeof(float));
    }
  }
}

#undef EACH_CLASS

#endif

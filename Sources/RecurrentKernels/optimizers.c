// Steps of optimizers: each changes parameters in place, element by element.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "optimizers.c"
#include "variants.h"

#else

#include "vector.h"

void VARIANT(gradient_descent)(ptrdiff_t count, float learning_rate, const float *gradients,
                               float *parameters) {
#define BODY(READ, WRITE)                                                                          \
  WRITE(parameters, fused(splat(-learning_rate), READ(gradients), READ(parameters)))
  EACH_VECTOR(count, BODY)
#undef BODY
}

// The gradient g with the pull of the weights w towards zero, if there is one.
#define DECAYED(g, w) (s->weight_decay != 0 ? fused(splat(s->weight_decay), w, g) : g)

void VARIANT(momentum)(const RecurrentMomentumStep *s) {
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    const Vector w = READ(s->parameters);                                                          \
    const Vector g = DECAYED(READ(s->gradients), w);                                               \
    Vector direction = g;                                                                          \
    if (s->velocities) {                                                                           \
      const Vector part = splat(s->gradient_share) * g;                                            \
      const Vector velocity = fused(splat(s->momentum), READ(s->velocities), part);                \
      WRITE(s->velocities, velocity);                                                              \
      direction = s->is_nesterov ? fused(splat(s->momentum), velocity, g) : velocity;              \
    }                                                                                              \
    WRITE(s->parameters, fused(splat(-s->learning_rate), direction, w));                           \
  }
  EACH_VECTOR(s->count, BODY)
#undef BODY
}

void VARIANT(adam)(const RecurrentAdamStep *s) {
  const Vector one = splat(1.0f);
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    const Vector w = READ(s->parameters);                                                          \
    const Vector g = DECAYED(READ(s->gradients), w);                                               \
    const Vector m = fused(splat(s->beta1), READ(s->first_moments), (one - splat(s->beta1)) * g);  \
    Vector v =                                                                                     \
        fused(splat(s->beta2), READ(s->second_moments), (one - splat(s->beta2)) * (g * g));        \
    WRITE(s->first_moments, m);                                                                    \
    WRITE(s->second_moments, v);                                                                   \
    if (s->greatest_second_moments) {                                                              \
      const Vector greatest = READ(s->greatest_second_moments);                                    \
      v = greatest > v ? greatest : v;                                                             \
      WRITE(s->greatest_second_moments, v);                                                        \
    }                                                                                              \
    const Vector root = __builtin_elementwise_sqrt(v);                                             \
    const Vector scale = fused(root, splat(s->second_moment_scale), splat(s->epsilon));            \
    WRITE(s->parameters,                                                                           \
          fused(splat(-s->step_size), m / scale, w * splat(s->parameter_scale)));                  \
  }
  EACH_VECTOR(s->count, BODY)
#undef BODY
}

void VARIANT(rmsprop)(const RecurrentRMSpropStep *s) {
  const Vector zero = splat(0.0f);
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    const Vector w = READ(s->parameters);                                                          \
    const Vector g = DECAYED(READ(s->gradients), w);                                               \
    Vector square = fused(splat(s->decay), READ(s->squares), splat(s->gain) * (g * g));            \
    WRITE(s->squares, square);                                                                     \
    if (s->means) {                                                                                \
      const Vector mean = fused(splat(s->decay), READ(s->means), splat(s->gain) * g);              \
      WRITE(s->means, mean);                                                                       \
      square = fused(-mean, mean, square);                                                         \
      square = square < zero ? zero : square;                                                      \
    }                                                                                              \
    const Vector epsilon = splat(s->epsilon);                                                      \
    const Vector divisor = s->is_epsilon_inside                                                    \
                               ? __builtin_elementwise_sqrt(square + epsilon)                      \
                               : __builtin_elementwise_sqrt(square) + epsilon;                     \
    Vector direction = g / divisor;                                                                \
    if (s->velocities) {                                                                           \
      direction = fused(splat(s->momentum), READ(s->velocities), direction);                       \
      WRITE(s->velocities, direction);                                                             \
    }                                                                                              \
    WRITE(s->parameters, fused(splat(-s->learning_rate), direction, w));                           \
  }
  EACH_VECTOR(s->count, BODY)
#undef BODY
}

void VARIANT(lion)(const RecurrentLionStep *s) {
  const Vector one = splat(1.0f), zero = splat(0.0f);
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    const Vector g = READ(s->gradients);                                                           \
    const Vector m = READ(s->moments);                                                             \
    const Vector c = fused(splat(s->beta1), m, (one - splat(s->beta1)) * g);                       \
    const Vector sign = c > zero ? one : (c < zero ? -one : c);                                    \
    const Vector w = READ(s->parameters) * splat(s->parameter_scale);                              \
    WRITE(s->parameters, fused(splat(-s->learning_rate), sign, w));                                \
    WRITE(s->moments, fused(splat(s->beta2), m, (one - splat(s->beta2)) * g));                     \
  }
  EACH_VECTOR(s->count, BODY)
#undef BODY
}

#undef DECAYED

void VARIANT(average)(ptrdiff_t count, float share, const float *x, float *y) {
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    const Vector before = READ(y);                                                                 \
    WRITE(y, fused(splat(share), READ(x) - before, before));                                       \
  }
  EACH_VECTOR(count, BODY)
#undef BODY
}

void VARIANT(clamp)(ptrdiff_t count, float low, float high, float *x) {
  const Vector least = splat(low), most = splat(high);
#define BODY(READ, WRITE)                                                                          \
  {                                                                                                \
    const Vector v = READ(x);                                                                      \
    WRITE(x, v > most ? most : (v < least ? least : v));                                           \
  }
  EACH_VECTOR(count, BODY)
#undef BODY
}

#endif

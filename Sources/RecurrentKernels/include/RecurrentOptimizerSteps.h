// What one step of each optimizer is told. Parameters and the optimizer's memory are changed in
// place; every array has `count` elements.

#ifndef RECURRENT_OPTIMIZER_STEPS_H
#define RECURRENT_OPTIMIZER_STEPS_H

#include <stdbool.h>
#include <stddef.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

/// Gradient descent with momentum (B. T. Polyak, 1964), as PyTorch's SGD has it:
/// g += weight_decay w; v = momentum v + gradient_share g; w -= learning_rate d, where d is v, or
/// g + momentum v for Nesterov's, or g where there are no velocities.
typedef struct {
  ptrdiff_t count;
  float *parameters;
  const float *gradients;
  float *_Nullable velocities;
  float learning_rate;
  float momentum;
  /// 1 - dampening; 1 at the first step, where the velocities are zero.
  float gradient_share;
  float weight_decay;
  bool is_nesterov;
} RecurrentMomentumStep;

/// One step of Adam (D. P. Kingma, J. Ba, 2015, algorithm 1), perhaps with decay: of the gradient,
/// g += weight_decay w, or of the weights themselves, w *= parameter_scale.
typedef struct {
  ptrdiff_t count;
  float *parameters;
  const float *gradients;
  float *first_moments;
  float *second_moments;
  /// The largest second moments so far, which then take their place (AMSGrad); null without.
  float *_Nullable greatest_second_moments;
  float beta1;
  float beta2;
  float epsilon;
  float weight_decay;
  /// 1 - learning rate * decoupled decay; 1 without.
  float parameter_scale;
  /// learning rate / (1 - beta1^t).
  float step_size;
  /// 1 / sqrt(1 - beta2^t).
  float second_moment_scale;
} RecurrentAdamStep;

/// One step of RMSprop (G. Hinton, 2012): g += weight_decay w; v = decay v + gain g^2;
/// d = g / (sqrt(v) + epsilon), or g / sqrt(v + epsilon) with the epsilon inside.
///
/// Adagrad is the case decay = gain = 1.
typedef struct {
  ptrdiff_t count;
  float *parameters;
  const float *gradients;
  float *squares;
  /// m = decay m + gain g, whose square is taken from v; null without centring.
  float *_Nullable means;
  /// u = momentum u + d, which then takes d's place; null without momentum.
  float *_Nullable velocities;
  float learning_rate;
  float decay;
  float gain;
  float momentum;
  float epsilon;
  float weight_decay;
  bool is_epsilon_inside;
} RecurrentRMSpropStep;

/// One step of Lion (X. Chen et al., 2023, algorithm 2):
/// w = parameter_scale w - learning_rate sign(beta1 m + (1 - beta1) g); m = beta2 m + (1 - beta2) g.
typedef struct {
  ptrdiff_t count;
  float *parameters;
  const float *gradients;
  float *moments;
  float learning_rate;
  float beta1;
  float beta2;
  /// 1 - learning rate * decay; 1 without.
  float parameter_scale;
} RecurrentLionStep;

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif

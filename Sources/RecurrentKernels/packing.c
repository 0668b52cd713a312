// Copies between the layouts people see and the panels the products read. No arithmetic.

#include <string.h>

#include "RecurrentKernels.h"

enum { PANEL = RECURRENT_PANEL };

typedef float Four __attribute__((ext_vector_type(4)));
typedef Four UnalignedFour __attribute__((aligned(4)));

// target[k][j] = source[j][k] for 4 x 4 numbers.
static inline void transpose_four(const float *source, ptrdiff_t source_stride, float *target,
                                  ptrdiff_t target_stride) {
  const Four a = *(const UnalignedFour *)source;
  const Four b = *(const UnalignedFour *)(source + source_stride);
  const Four c = *(const UnalignedFour *)(source + 2 * source_stride);
  const Four d = *(const UnalignedFour *)(source + 3 * source_stride);
  const Four ab = __builtin_shufflevector(a, b, 0, 4, 1, 5);
  const Four cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
  const Four ab_high = __builtin_shufflevector(a, b, 2, 6, 3, 7);
  const Four cd_high = __builtin_shufflevector(c, d, 2, 6, 3, 7);
  *(UnalignedFour *)target = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
  *(UnalignedFour *)(target + target_stride) = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
  *(UnalignedFour *)(target + 2 * target_stride) =
      __builtin_shufflevector(ab_high, cd_high, 0, 1, 4, 5);
  *(UnalignedFour *)(target + 3 * target_stride) =
      __builtin_shufflevector(ab_high, cd_high, 2, 3, 6, 7);
}

// target[k * target_stride + j] = source[j * source_stride + k] for j < rows, k < columns.
static void transpose(ptrdiff_t rows, ptrdiff_t columns, const float *source,
                      ptrdiff_t source_stride, float *target, ptrdiff_t target_stride) {
  ptrdiff_t j = 0;
  for (; j + 4 <= rows; j += 4) {
    ptrdiff_t k = 0;
    for (; k + 4 <= columns; k += 4)
      transpose_four(source + j * source_stride + k, source_stride, target + k * target_stride + j,
                     target_stride);
    for (; k < columns; k++)
      for (ptrdiff_t n = j; n < j + 4; n++)
        target[k * target_stride + n] = source[n * source_stride + k];
  }
  for (; j < rows; j++)
    for (ptrdiff_t k = 0; k < columns; k++)
      target[k * target_stride + j] = source[j * source_stride + k];
}

void recurrent_pack(ptrdiff_t inputs, ptrdiff_t outputs, const float *matrix,
                    ptrdiff_t input_stride, ptrdiff_t output_stride, const float *bias,
                    float *packed) {
  const ptrdiff_t panels = (outputs + PANEL - 1) / PANEL;
  for (ptrdiff_t p = 0; p < panels; p++) {
    float *panel = packed + p * (1 + inputs) * PANEL;
    const ptrdiff_t left = outputs - p * PANEL;
    const ptrdiff_t width = left < PANEL ? left : PANEL;
    if (width < PANEL || !bias) memset(panel, 0, PANEL * sizeof(float));
    if (bias) memcpy(panel, bias + p * PANEL, (size_t)width * sizeof(float));
    const float *source = matrix + p * PANEL * output_stride;
    if (input_stride == 1 && width == PANEL) {
      transpose(width, inputs, source, output_stride, panel + PANEL, PANEL);
      continue;
    }
    for (ptrdiff_t k = 0; k < inputs; k++) {
      float *row = panel + (1 + k) * PANEL;
      for (ptrdiff_t j = 0; j < width; j++) row[j] = source[k * input_stride + j * output_stride];
      for (ptrdiff_t j = width; j < PANEL; j++) row[j] = 0;
    }
  }
}

void recurrent_unpack(ptrdiff_t inputs, ptrdiff_t outputs, const float *packed, float *matrix,
                      ptrdiff_t input_stride, ptrdiff_t output_stride) {
  const ptrdiff_t panels = (outputs + PANEL - 1) / PANEL;
  for (ptrdiff_t p = 0; p < panels; p++) {
    const float *panel = packed + p * (1 + inputs) * PANEL + PANEL;
    const ptrdiff_t left = outputs - p * PANEL;
    const ptrdiff_t width = left < PANEL ? left : PANEL;
    float *target = matrix + p * PANEL * output_stride;
    if (input_stride == 1) {
      transpose(inputs, width, panel, PANEL, target, output_stride);
      continue;
    }
    for (ptrdiff_t k = 0; k < inputs; k++)
      for (ptrdiff_t j = 0; j < width; j++)
        target[k * input_stride + j * output_stride] = panel[k * PANEL + j];
  }
}

// The hidden units of panel p, fewer than a panel holds in the last one.
static ptrdiff_t units_in_panel(ptrdiff_t units, ptrdiff_t hidden_size, ptrdiff_t p) {
  const ptrdiff_t left = hidden_size - p * units;
  return left < units ? left : units;
}

static ptrdiff_t gate_panels(ptrdiff_t units, ptrdiff_t hidden_size) {
  return (hidden_size + units - 1) / units;
}

static bool is_whole(const RecurrentGate *gate, const RecurrentGateSizes *q) {
  return gate->bias && gate->input && (gate->recurrent || q->recurrent_size == 0);
}

void recurrent_pack_gates(const RecurrentGateSizes *q, const RecurrentGate *gates, float *packed) {
  const ptrdiff_t depth = 1 + q->input_size + q->recurrent_size;
  const ptrdiff_t panels = gate_panels(q->units, q->hidden_size);
  bool fills = q->gates * q->units == PANEL;
  for (ptrdiff_t g = 0; g < q->gates; g++) fills = fills && is_whole(&gates[g], q);
  for (ptrdiff_t p = 0; p < panels; p++) {
    float *panel = packed + p * depth * PANEL;
    const ptrdiff_t units = units_in_panel(q->units, q->hidden_size, p);
    if (units < q->units || !fills) memset(panel, 0, (size_t)(depth * PANEL) * sizeof(float));
    for (ptrdiff_t g = 0; g < q->gates; g++) {
      const ptrdiff_t row = p * q->units;
      float *target = panel + g * q->units;
      if (gates[g].bias) memcpy(target, gates[g].bias + row, (size_t)units * sizeof(float));
      target += PANEL;
      if (gates[g].input)
        transpose(units, q->input_size, gates[g].input + row * q->input_size, q->input_size,
                  target, PANEL);
      target += q->input_size * PANEL;
      if (gates[g].recurrent)
        transpose(units, q->recurrent_size, gates[g].recurrent + row * q->recurrent_size,
                  q->recurrent_size, target, PANEL);
    }
  }
}

void recurrent_pack_gates_transposed(ptrdiff_t gates, ptrdiff_t units, ptrdiff_t hidden_size,
                                     ptrdiff_t columns, const float *const *matrices,
                                     float *packed) {
  const ptrdiff_t panels = gate_panels(units, hidden_size);
  const ptrdiff_t blocks = (columns + PANEL - 1) / PANEL;
  const ptrdiff_t depth = 1 + panels * gates * units;
  for (ptrdiff_t b = 0; b < blocks; b++) {
    float *target = packed + b * depth * PANEL;
    const ptrdiff_t left = columns - b * PANEL;
    const size_t width = (size_t)(left < PANEL ? left : PANEL);
    memset(target, 0, PANEL * sizeof(float));
    for (ptrdiff_t p = 0; p < panels; p++) {
      const ptrdiff_t held = units_in_panel(units, hidden_size, p);
      for (ptrdiff_t g = 0; g < gates; g++) {
        const float *matrix = matrices[g];
        for (ptrdiff_t u = 0; u < units; u++) {
          target += PANEL;
          const bool has_row = matrix && u < held;
          if (!has_row || width < PANEL) memset(target, 0, PANEL * sizeof(float));
          if (has_row)
            memcpy(target, matrix + (p * units + u) * columns + b * PANEL, width * sizeof(float));
        }
      }
    }
  }
}

void recurrent_unpack_gates(const RecurrentGateSizes *q, const float *packed,
                            const RecurrentGateGradient *gates) {
  const ptrdiff_t depth = 1 + q->input_size + q->recurrent_size;
  const ptrdiff_t panels = gate_panels(q->units, q->hidden_size);
  for (ptrdiff_t p = 0; p < panels; p++) {
    const ptrdiff_t units = units_in_panel(q->units, q->hidden_size, p);
    const ptrdiff_t row = p * q->units;
    for (ptrdiff_t g = 0; g < q->gates; g++) {
      const float *source = packed + p * depth * PANEL + g * q->units;
      if (gates[g].bias) memcpy(gates[g].bias + row, source, (size_t)units * sizeof(float));
      source += PANEL;
      if (gates[g].input)
        transpose(q->input_size, units, source, PANEL, gates[g].input + row * q->input_size,
                  q->input_size);
      source += q->input_size * PANEL;
      if (gates[g].recurrent)
        transpose(q->recurrent_size, units, source, PANEL,
                  gates[g].recurrent + row * q->recurrent_size, q->recurrent_size);
    }
  }
}

void recurrent_rows_to_panels(ptrdiff_t rows, ptrdiff_t panel_rows, ptrdiff_t size,
                              ptrdiff_t units, const float *source, ptrdiff_t row_stride,
                              float *panels) {
  const ptrdiff_t count = (size + units - 1) / units;
  for (ptrdiff_t p = 0; p < count; p++) {
    const ptrdiff_t left = size - p * units;
    const ptrdiff_t width = left < units ? left : units;
    for (ptrdiff_t r = 0; r < rows; r++) {
      float *target = panels + (p * panel_rows + r) * units;
      memcpy(target, source + r * row_stride + p * units, (size_t)width * sizeof(float));
      if (width < units) memset(target + width, 0, (size_t)(units - width) * sizeof(float));
    }
  }
}

void recurrent_panels_to_rows(ptrdiff_t rows, ptrdiff_t panel_rows, ptrdiff_t size,
                              ptrdiff_t units, const float *panels, float *target,
                              ptrdiff_t row_stride) {
  const ptrdiff_t count = (size + units - 1) / units;
  for (ptrdiff_t p = 0; p < count; p++) {
    const ptrdiff_t left = size - p * units;
    const ptrdiff_t width = left < units ? left : units;
    for (ptrdiff_t r = 0; r < rows; r++)
      memcpy(target + r * row_stride + p * units, panels + (p * panel_rows + r) * units,
             (size_t)width * sizeof(float));
  }
}

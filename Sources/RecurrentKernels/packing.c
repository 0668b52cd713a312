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
static ptrdiff_t units_in_panel(ptrdiff_t gates, ptrdiff_t hidden_size, ptrdiff_t p) {
  const ptrdiff_t units = PANEL / gates;
  const ptrdiff_t left = hidden_size - p * units;
  return left < units ? left : units;
}

static ptrdiff_t gate_panels(ptrdiff_t gates, ptrdiff_t hidden_size) {
  const ptrdiff_t units = PANEL / gates;
  return (hidden_size + units - 1) / units;
}

void recurrent_pack_gates(ptrdiff_t gates, ptrdiff_t input_size, ptrdiff_t hidden_size,
                          const float *weight_ih, const float *weight_hh, const float *bias,
                          float *packed) {
  const ptrdiff_t depth = 1 + input_size + hidden_size;
  const ptrdiff_t panels = gate_panels(gates, hidden_size);
  for (ptrdiff_t p = 0; p < panels; p++) {
    float *panel = packed + p * depth * PANEL;
    const ptrdiff_t units = units_in_panel(gates, hidden_size, p);
    if (units < PANEL / gates || !bias) memset(panel, 0, (size_t)(depth * PANEL) * sizeof(float));
    for (ptrdiff_t g = 0; g < gates; g++) {
      const ptrdiff_t row = g * hidden_size + p * (PANEL / gates);
      float *target = panel + g * (PANEL / gates);
      if (bias) memcpy(target, bias + row, (size_t)units * sizeof(float));
      target += PANEL;
      transpose(units, input_size, weight_ih + row * input_size, input_size, target, PANEL);
      target += input_size * PANEL;
      transpose(units, hidden_size, weight_hh + row * hidden_size, hidden_size, target, PANEL);
    }
  }
}

// Where column j of panel p stands among the G H rows of a recurrent weight, or -1 for padding.
static ptrdiff_t gate_row(ptrdiff_t gates, ptrdiff_t hidden_size, ptrdiff_t p, ptrdiff_t j) {
  const ptrdiff_t units = PANEL / gates;
  return j % units < units_in_panel(gates, hidden_size, p)
             ? j / units * hidden_size + p * units + j % units
             : -1;
}

void recurrent_pack_gates_transposed(ptrdiff_t gates, ptrdiff_t hidden_size, ptrdiff_t columns,
                                     const float *weight, float *packed) {
  const ptrdiff_t panels = gate_panels(gates, hidden_size);
  const ptrdiff_t blocks = (columns + PANEL - 1) / PANEL;
  for (ptrdiff_t b = 0; b < blocks; b++) {
    float *block = packed + b * (1 + panels * PANEL) * PANEL;
    const ptrdiff_t left = columns - b * PANEL;
    const size_t width = (size_t)(left < PANEL ? left : PANEL);
    memset(block, 0, PANEL * sizeof(float));
    for (ptrdiff_t p = 0; p < panels; p++) {
      for (ptrdiff_t j = 0; j < PANEL; j++) {
        float *target = block + (1 + p * PANEL + j) * PANEL;
        const ptrdiff_t row = gate_row(gates, hidden_size, p, j);
        if (row < 0 || width < PANEL) memset(target, 0, PANEL * sizeof(float));
        if (row >= 0) memcpy(target, weight + row * columns + b * PANEL, width * sizeof(float));
      }
    }
  }
}

void recurrent_unpack_gates(ptrdiff_t gates, ptrdiff_t input_size, ptrdiff_t hidden_size,
                            const float *packed, float *weight_ih, float *weight_hh,
                            float *bias) {
  const ptrdiff_t depth = 1 + input_size + hidden_size;
  const ptrdiff_t panels = gate_panels(gates, hidden_size);
  for (ptrdiff_t p = 0; p < panels; p++) {
    const ptrdiff_t units = units_in_panel(gates, hidden_size, p);
    for (ptrdiff_t g = 0; g < gates; g++) {
      const ptrdiff_t row = g * hidden_size + p * (PANEL / gates);
      const float *source = packed + p * depth * PANEL + g * (PANEL / gates);
      if (bias) memcpy(bias + row, source, (size_t)units * sizeof(float));
      source += PANEL;
      transpose(input_size, units, source, PANEL, weight_ih + row * input_size, input_size);
      source += input_size * PANEL;
      transpose(hidden_size, units, source, PANEL, weight_hh + row * hidden_size, hidden_size);
    }
  }
}

void recurrent_rows_to_panels(ptrdiff_t rows, ptrdiff_t size, ptrdiff_t units,
                              const float *source, ptrdiff_t row_stride, float *panels) {
  const ptrdiff_t count = (size + units - 1) / units;
  for (ptrdiff_t p = 0; p < count; p++) {
    const ptrdiff_t left = size - p * units;
    const ptrdiff_t width = left < units ? left : units;
    for (ptrdiff_t r = 0; r < rows; r++) {
      float *target = panels + (p * rows + r) * units;
      memcpy(target, source + r * row_stride + p * units, (size_t)width * sizeof(float));
      if (width < units) memset(target + width, 0, (size_t)(units - width) * sizeof(float));
    }
  }
}

void recurrent_panels_to_rows(ptrdiff_t rows, ptrdiff_t size, ptrdiff_t units,
                              const float *panels, float *target, ptrdiff_t row_stride) {
  const ptrdiff_t count = (size + units - 1) / units;
  for (ptrdiff_t p = 0; p < count; p++) {
    const ptrdiff_t left = size - p * units;
    const ptrdiff_t width = left < units ? left : units;
    for (ptrdiff_t r = 0; r < rows; r++)
      memcpy(target + r * row_stride + p * units, panels + (p * rows + r) * units,
             (size_t)width * sizeof(float));
  }
}

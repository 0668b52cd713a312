// Copies between the layouts people see and the panels the products read. No arithmetic.

#include <string.h>

#include "RecurrentKernels.h"

enum { PANEL = RECURRENT_PANEL };

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
    for (ptrdiff_t k = 0; k < inputs; k++) {
      float *row = panel + (1 + k) * PANEL;
      for (ptrdiff_t j = 0; j < width; j++) row[j] = source[k * input_stride + j * output_stride];
      for (ptrdiff_t j = width; j < PANEL; j++) row[j] = 0;
    }
  }
}

// Where column j of panel p stands among the G H rows of a recurrent weight, or -1 for padding.
static ptrdiff_t gate_row(ptrdiff_t gates, ptrdiff_t hidden_size, ptrdiff_t p, ptrdiff_t j) {
  const ptrdiff_t units = PANEL / gates;
  const ptrdiff_t unit = p * units + j % units;
  return unit < hidden_size ? j / units * hidden_size + unit : -1;
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
    for (ptrdiff_t j = 0; j < PANEL; j++) {
      float *column = packed + p * depth * PANEL + j;
      const ptrdiff_t row = gate_row(gates, hidden_size, p, j);
      column[0] = row >= 0 && bias ? bias[row] : 0;
      float *input = column + PANEL;
      float *hidden = input + input_size * PANEL;
      for (ptrdiff_t k = 0; k < input_size; k++)
        input[k * PANEL] = row >= 0 ? weight_ih[row * input_size + k] : 0;
      for (ptrdiff_t k = 0; k < hidden_size; k++)
        hidden[k * PANEL] = row >= 0 ? weight_hh[row * hidden_size + k] : 0;
    }
  }
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
    for (ptrdiff_t j = 0; j < PANEL; j++) {
      const float *column = packed + p * depth * PANEL + j;
      const ptrdiff_t row = gate_row(gates, hidden_size, p, j);
      if (row < 0) continue;
      if (bias) bias[row] = column[0];
      const float *input = column + PANEL;
      const float *hidden = input + input_size * PANEL;
      for (ptrdiff_t k = 0; k < input_size; k++)
        weight_ih[row * input_size + k] = input[k * PANEL];
      for (ptrdiff_t k = 0; k < hidden_size; k++)
        weight_hh[row * hidden_size + k] = hidden[k * PANEL];
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

// Rounds packed weights to 8 bits.

#include <string.h>

#include "RecurrentKernels.h"

enum { PANEL = RECURRENT_PANEL };

void recurrent_pack_int8(ptrdiff_t panels, ptrdiff_t depth, const float *packed,
                         ptrdiff_t panel_stride, int8_t *weights, float *scales) {
  const float shift = 0x1.8p23f;  // adding and taking it away rounds to a whole number
  for (ptrdiff_t p = 0; p < panels; p++) {
    const float *panel = packed + p * panel_stride;
    int8_t *target = weights + p * ((depth + 1) / 2) * 2 * PANEL;
    memset(target, 0, (size_t)((depth + 1) / 2 * 2 * PANEL));
    for (ptrdiff_t j = 0; j < PANEL; j++) {
      float largest = 0, nothing = 0;
      for (ptrdiff_t k = 0; k < depth; k++) {
        const float weight = panel[k * PANEL + j];
        const float magnitude = weight < 0 ? -weight : weight;
        if (magnitude > largest) largest = magnitude;
        nothing += weight - weight;
      }
      const bool is_finite = nothing == 0;
      const float scale = is_finite ? largest / 127 : __builtin_nanf("");
      scales[p * PANEL + j] = scale;
      if (!is_finite || scale == 0) continue;
      for (ptrdiff_t k = 0; k < depth; k++) {
        const float whole = (panel[k * PANEL + j] / scale + shift) - shift;
        const float kept = whole > 127 ? 127 : whole < -127 ? -127 : whole;
        target[k / 2 * 2 * PANEL + 2 * j + k % 2] = (int8_t)kept;
      }
    }
  }
}

// The LSTM step with layer normalisation (J. L. Ba, J. R. Kiros, G. E. Hinton, 2016, equations 20
// to 22). N is taken over a row's sums, all gates' together, or over its cells:
//
//   z = u N(x W) + v N(h' U) + b,  then i, f, g, o and c as in lstm.c,  h = o tanh(w N(c) + a)
//
// so that backward the sums over the input and those over the hidden state have gradients of their
// own.
//
// A panel is [i | f | g | o] of 16 units, coupled [f | g | o | unused]. There are three sections of
// panels: sums over x and sums over h, whose place their gradients take, and gates. The parameters
// of single units are b, u and v of each gate, w, a, and the peepholes.

#ifndef RECURRENT_VARIANT

#define RECURRENT_FAMILY "normalised_lstm.c"
#include "variants.h"

#else

#include "vector.h"
#include "activation.h"
#include "tile.h"
#include "recurrence.h"
#include "normalisation.h"

#define UNITS RECURRENT_UNITS

// Where the mean and s of x W, h U and c lie among a row's statistics.
enum { VARIANT(of_input) = 0, VARIANT(of_hidden) = 2, VARIANT(of_cell) = 4 };

// What differs between the cells, constants wherever they are passed on.
#define Kind VARIANT(Kind)
typedef struct {
  bool is_coupled;
  bool has_peepholes;
} Kind;

INLINE int VARIANT(gate_count)(Kind kind) { return kind.is_coupled ? 3 : 4; }

INLINE void VARIANT(keep_sums)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                               ptrdiff_t panel, float *z) {
  float *target = s->gates + (panel * s->panel_rows + first) * RECURRENT_PANEL;
  for (ptrdiff_t n = 0; n < rows * RECURRENT_PANEL; n += LANES) store(target + n, load(z + n));
}

// The products, which all cells of as many gates share. Out of line: each is much code.

__attribute__((noinline)) static void VARIANT(four_sums)(const RecurrentForwardStep *s) {
  VARIANT(forward_step)(s, (Blocks){UNITS, {0, 4}, {0, 4}}, VARIANT(keep_sums));
}

__attribute__((noinline)) static void VARIANT(three_sums)(const RecurrentForwardStep *s) {
  VARIANT(forward_step)(s, (Blocks){UNITS, {0, 3}, {0, 3}}, VARIANT(keep_sums));
}

// x W and h U, each by a step that has nothing else to multiply.
INLINE void VARIANT(both_sums)(const RecurrentForwardStep *s, Kind kind) {
  void (*const sums)(const RecurrentForwardStep *) =
      kind.is_coupled ? VARIANT(three_sums) : VARIANT(four_sums);
  RecurrentForwardStep part = *s;
  part.previous_hidden = NULL;
  part.hidden_size = 0;
  sums(&part);
  part.gates += s->panels * s->panel_rows * RECURRENT_PANEL;
  if (!s->previous_hidden) {
    for (ptrdiff_t p = 0; p < s->panels; p++)
      memset(part.gates + p * s->panel_rows * RECURRENT_PANEL, 0,
             (size_t)(s->rows * RECURRENT_PANEL) * sizeof(float));
    return;
  }
  part.weights += s->panels * (1 + s->input_size) * RECURRENT_PANEL;
  part.input = s->previous_hidden;
  part.input_row_stride = s->previous_hidden_row_stride;
  part.input_size = s->hidden_size;
  sums(&part);
}

// Gates and cells of `rows` rows of one panel; a cell is left where its hidden state will be.
INLINE void VARIANT(gates)(const RecurrentForwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                           ptrdiff_t panel, Kind kind) {
  const ptrdiff_t section = s->panels * s->panel_rows * RECURRENT_PANEL;
  const ptrdiff_t unit = panel * UNITS;
  const ptrdiff_t padded = s->panels * UNITS;
  const int count = VARIANT(gate_count)(kind);
  const float *parameters = s->unit_parameters + unit;
  const float *peepholes = parameters + (3 * count + 2) * padded;
  for (ptrdiff_t row = first; row < first + rows; row++) {
    const ptrdiff_t place = panel * s->panel_rows + row;
    float *gates = s->gates + place * RECURRENT_PANEL;
    const float *statistics = s->statistics + row * RECURRENT_STATISTICS;
    Vector z[4];
    UNROLL for (int g = 0; g < count; g++) {
      const Vector x =
          VARIANT(normalised)(load(gates + g * UNITS), statistics + VARIANT(of_input));
      const Vector h = VARIANT(normalised)(load(gates + section + g * UNITS),
                                           statistics + VARIANT(of_hidden));
      z[g] = fused(h, load(parameters + (2 * count + g) * padded),
                   fused(x, load(parameters + (count + g) * padded),
                         load(parameters + g * padded)));
    }
    gates += 2 * section;
    const Vector old = s->previous_states ? load(s->previous_states + place * UNITS) : splat(0.0f);
    const int forget = kind.is_coupled ? 0 : 1;
    if (kind.has_peepholes)
      UNROLL for (int g = 0; g <= forget; g++)
        z[g] = fused(load(peepholes + g * padded), old, z[g]);
    const Vector f = sigmoid(z[forget]);
    const Vector i = kind.is_coupled ? splat(1.0f) - f : sigmoid(z[0]);
    const Vector g = hyperbolic_tangent(z[forget + 1]);
    const Vector c = fused(f, old, i * g);
    Vector sum_o = z[forget + 2];
    if (kind.has_peepholes) sum_o = fused(load(peepholes + (forget + 1) * padded), c, sum_o);
    if (!kind.is_coupled) store(gates, i);
    gates += forget * UNITS;
    store(gates, f);
    store(gates + UNITS, g);
    store(gates + 2 * UNITS, sigmoid(sum_o));
    store(s->hidden + row * s->hidden_row_stride + unit, c);
    store(s->states + place * UNITS,
          s->cell_zoneout ? VARIANT(zoned)(s->cell_zoneout, s->cell_zoneout_row_stride, row, unit,
                                           old, c)
                          : c);
  }
}

INLINE void VARIANT(forward)(const RecurrentForwardStep *s, Kind kind) {
  const ptrdiff_t section = s->panels * s->panel_rows * RECURRENT_PANEL;
  const ptrdiff_t padded = s->panels * UNITS;
  const int count = VARIANT(gate_count)(kind);
  VARIANT(both_sums)(s, kind);
  for (ptrdiff_t first = 0; first < s->rows; first += ROWS_TOGETHER) {
    const ptrdiff_t left = s->rows - first;
    const ptrdiff_t rows = left < ROWS_TOGETHER ? left : ROWS_TOGETHER;
    const float *sums = s->gates + first * RECURRENT_PANEL;
    float *statistics = s->statistics + first * RECURRENT_STATISTICS;
    VARIANT(find_statistics)
    (sums, s->panel_rows * RECURRENT_PANEL, RECURRENT_PANEL, count, s->panels, rows, s->unit_count,
     statistics + VARIANT(of_input));
    VARIANT(find_statistics)
    (sums + section, s->panel_rows * RECURRENT_PANEL, RECURRENT_PANEL, count, s->panels, rows,
     s->unit_count, statistics + VARIANT(of_hidden));
    for (ptrdiff_t p = 0; p < s->panels; p++) VARIANT(gates)(s, first, rows, p, kind);
    VARIANT(find_statistics)
    (s->hidden + first * s->hidden_row_stride, UNITS, s->hidden_row_stride, 1, s->panels, rows,
     s->unit_count, statistics + VARIANT(of_cell));
    for (ptrdiff_t p = 0; p < s->panels; p++) {
      const float *parameters = s->unit_parameters + 3 * count * padded + p * UNITS;
      for (ptrdiff_t r = 0; r < rows; r++) {
        const float *gates =
            s->gates + 2 * section + (p * s->panel_rows + first + r) * RECURRENT_PANEL;
        const Vector o = load(gates + (count - 1) * UNITS);
        const Vector c = load(s->hidden + (first + r) * s->hidden_row_stride + p * UNITS);
        const Vector seen =
            fused(VARIANT(normalised)(
                      c, statistics + r * RECURRENT_STATISTICS + VARIANT(of_cell)),
                  load(parameters), load(parameters + padded));
        VARIANT(write_hidden)(s, first + r, p * UNITS, o * hyperbolic_tangent(seen));
      }
    }
  }
}

// The gradient of the hidden units, gathered.
INLINE void VARIANT(gather)(const RecurrentBackwardStep *s, ptrdiff_t row, ptrdiff_t panel,
                            const float *product) {
  const ptrdiff_t unit = panel * UNITS;
  const HiddenGradient hidden = VARIANT(gradient_of_hidden)(s, product, row, unit);
  store(s->d_units + row * s->d_units_row_stride + unit, hidden.dh);
  if (s->hidden_zoneout) VARIANT(carry)(s, row, unit, hidden.kept);
}

__attribute__((noinline)) static void VARIANT(gather_all)(const RecurrentBackwardStep *s) {
  VARIANT(backward_step)(s, UNITS, s->panels, VARIANT(gather));
}

// What a step backward reads of 16 units of one row.
#define Unit VARIANT(Unit)
typedef struct {
  Vector i, f, g;
  Vector before, c;
  // N(c).
  Vector normal;
} Unit;

INLINE Unit VARIANT(read_unit)(const RecurrentBackwardStep *s, ptrdiff_t row, ptrdiff_t panel,
                               Kind kind) {
  const ptrdiff_t place = panel * s->panel_rows + row;
  const float *gates =
      s->gates + (2 * s->panels * s->panel_rows + place) * RECURRENT_PANEL;
  const float *forget = gates + (kind.is_coupled ? 0 : UNITS);
  Unit unit;
  unit.f = load(forget);
  unit.g = load(forget + UNITS);
  unit.i = kind.is_coupled ? splat(1.0f) - unit.f : load(gates);
  unit.before = s->previous_states ? load(s->previous_states + place * UNITS) : splat(0.0f);
  // With zoneout the state kept is not the one the gates gave.
  unit.c = s->cell_zoneout ? fused(unit.f, unit.before, unit.i * unit.g)
                           : load(s->states + place * UNITS);
  unit.normal = VARIANT(normalised)(
      unit.c, s->statistics + row * RECURRENT_STATISTICS + VARIANT(of_cell));
  return unit;
}

// From dh of a panel's rows to what arrives at w N(c) + a, in its place, and dz of the output gate.
INLINE void VARIANT(output_gradient)(const RecurrentBackwardStep *s, ptrdiff_t first,
                                     ptrdiff_t rows, ptrdiff_t panel, Kind kind, Means *of_cell) {
  const Vector one = splat(1.0f);
  const ptrdiff_t unit = panel * UNITS;
  const ptrdiff_t padded = s->panels * UNITS;
  const int count = VARIANT(gate_count)(kind);
  const Vector gain = load(s->unit_parameters + 3 * count * padded + unit);
  const Vector bias = load(s->unit_parameters + (3 * count + 1) * padded + unit);
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t row = first + r;
    float *gate_o =
        s->gates + ((2 * s->panels + panel) * s->panel_rows + row) * RECURRENT_PANEL +
        (count - 1) * UNITS;
    const Unit now = VARIANT(read_unit)(s, row, panel, kind);
    const Vector seen = hyperbolic_tangent(fused(now.normal, gain, bias));
    const Vector o = load(gate_o);
    float *place = s->d_units + row * s->d_units_row_stride + unit;
    const Vector dh = load(place);
    const Vector d_seen = dh * o * fused(-seen, seen, one);
    VARIANT(add_to_units)(s, 3 * count, padded, unit, d_seen, now.normal);
    VARIANT(add_to_units)(s, 3 * count + 1, padded, unit, d_seen, one);
    store(gate_o, dh * seen * (o * (one - o)));
    store(place, d_seen * gain);
    VARIANT(add)(of_cell + r, d_seen * gain, now.normal);
  }
}

// From what arrives at N(c) to dz, and what is summed of it for the gradients of the sums.
INLINE void VARIANT(gates_gradient)(const RecurrentBackwardStep *s, ptrdiff_t first,
                                    ptrdiff_t rows, ptrdiff_t panel, Kind kind,
                                    const Means *of_cell, Means *of_input, Means *of_hidden) {
  const Vector one = splat(1.0f);
  const ptrdiff_t unit = panel * UNITS;
  const ptrdiff_t padded = s->panels * UNITS;
  const ptrdiff_t section = padded / UNITS * s->panel_rows * RECURRENT_PANEL;
  const int count = VARIANT(gate_count)(kind);
  const int forget = kind.is_coupled ? 0 : 1;
  const float *parameters = s->unit_parameters + unit;
  const int first_peephole = 3 * count + 2;
  const float *peepholes = parameters + first_peephole * padded;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const ptrdiff_t row = first + r;
    const ptrdiff_t place = panel * s->panel_rows + row;
    const float *statistics = s->statistics + row * RECURRENT_STATISTICS;
    float *sums = s->gates + place * RECURRENT_PANEL;
    float *gates = sums + 2 * section;
    const Unit now = VARIANT(read_unit)(s, row, panel, kind);
    Vector arriving = load(s->d_states + place * UNITS);
    Vector kept = splat(0.0f);
    if (s->cell_zoneout) {
      kept = arriving * load(s->cell_zoneout + row * s->cell_zoneout_row_stride + unit);
      arriving -= kept;
    }
    const Vector d_normal = load(s->d_units + row * s->d_units_row_stride + unit);
    Vector dc = arriving + VARIANT(through)(of_cell + r, statistics + VARIANT(of_cell), d_normal,
                                            now.normal);
    dc = VARIANT(first_of)(dc, s->output_size - unit);
    Vector dz[4];
    dz[forget + 2] = load(gates + (forget + 2) * UNITS);
    if (kind.has_peepholes) {
      dc = fused(dz[forget + 2], load(peepholes + (forget + 1) * padded), dc);
      VARIANT(add_to_units)
      (s, first_peephole + forget + 1, padded, unit, dz[forget + 2], now.c);
    }
    const Vector share = kind.is_coupled ? now.before - now.g : now.before;
    if (!kind.is_coupled) dz[0] = dc * now.g * (now.i * (one - now.i));
    dz[forget] = dc * share * (now.f * (one - now.f));
    dz[forget + 1] = dc * now.i * fused(-now.g, now.g, one);
    Vector d_before = dc * now.f;
    if (s->cell_zoneout) d_before += kept;
    if (kind.has_peepholes) {
      UNROLL for (int g = 0; g <= forget; g++) {
        d_before = fused(dz[g], load(peepholes + g * padded), d_before);
        VARIANT(add_to_units)(s, first_peephole + g, padded, unit, dz[g], now.before);
      }
    }
    store(s->d_states + place * UNITS, d_before);
    UNROLL for (int g = 0; g < count; g++) {
      const Vector x = VARIANT(normalised)(load(sums + g * UNITS), statistics + VARIANT(of_input));
      const Vector h = VARIANT(normalised)(load(sums + section + g * UNITS),
                                           statistics + VARIANT(of_hidden));
      VARIANT(add)(of_input + r, dz[g] * load(parameters + (count + g) * padded), x);
      VARIANT(add)(of_hidden + r, dz[g] * load(parameters + (2 * count + g) * padded), h);
      VARIANT(add_to_units)(s, g, padded, unit, dz[g], one);
      VARIANT(add_to_units)(s, count + g, padded, unit, dz[g], x);
      VARIANT(add_to_units)(s, 2 * count + g, padded, unit, dz[g], h);
      store(gates + g * UNITS, dz[g]);
    }
  }
}

// From dz to the gradients of the sums of one section, in their place.
INLINE void VARIANT(sums_gradient)(const RecurrentBackwardStep *s, ptrdiff_t first, ptrdiff_t rows,
                                   ptrdiff_t panel, Kind kind, int section, const Means *means) {
  const ptrdiff_t size = s->panels * s->panel_rows * RECURRENT_PANEL;
  const int count = VARIANT(gate_count)(kind);
  const float *gains =
      s->unit_parameters + (1 + section) * count * s->panels * UNITS + panel * UNITS;
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *statistics =
        s->statistics + (first + r) * RECURRENT_STATISTICS +
        (section == 0 ? VARIANT(of_input) : VARIANT(of_hidden));
    const float *gates =
        s->gates + 2 * size + (panel * s->panel_rows + first + r) * RECURRENT_PANEL;
    float *sums = s->gates + section * size + (panel * s->panel_rows + first + r) * RECURRENT_PANEL;
    UNROLL for (int g = 0; g < count; g++) {
      const Vector dy = load(gates + g * UNITS) * load(gains + g * s->panels * UNITS);
      const Vector y = VARIANT(normalised)(load(sums + g * UNITS), statistics);
      store(sums + g * UNITS,
            VARIANT(first_of)(VARIANT(through)(means + r, statistics, dy, y),
                              s->output_size - panel * UNITS));
    }
  }
}

INLINE void VARIANT(backward)(const RecurrentBackwardStep *s, Kind kind) {
  const float count = (float)(VARIANT(gate_count)(kind) * s->output_size);
  VARIANT(gather_all)(s);
  for (ptrdiff_t first = 0; first < s->rows; first += ROWS_TOGETHER) {
    const ptrdiff_t left = s->rows - first;
    const ptrdiff_t rows = left < ROWS_TOGETHER ? left : ROWS_TOGETHER;
    Means of_cell[ROWS_TOGETHER], of_input[ROWS_TOGETHER], of_hidden[ROWS_TOGETHER];
    for (ptrdiff_t r = 0; r < rows; r++)
      of_cell[r] = of_input[r] = of_hidden[r] = (Means){splat(0.0f), splat(0.0f)};
    for (ptrdiff_t p = 0; p < s->panels; p++)
      VARIANT(output_gradient)(s, first, rows, p, kind, of_cell);
    VARIANT(divide)(of_cell, rows, (float)s->output_size);
    for (ptrdiff_t p = 0; p < s->panels; p++)
      VARIANT(gates_gradient)(s, first, rows, p, kind, of_cell, of_input, of_hidden);
    VARIANT(divide)(of_input, rows, count);
    VARIANT(divide)(of_hidden, rows, count);
    for (ptrdiff_t p = 0; p < s->panels; p++) {
      VARIANT(sums_gradient)(s, first, rows, p, kind, 0, of_input);
      VARIANT(sums_gradient)(s, first, rows, p, kind, 1, of_hidden);
    }
  }
}

#define KERNELS(name, is_coupled, has_peepholes)                                                   \
  void VARIANT(name##_forward)(const RecurrentForwardStep *s) {                                    \
    VARIANT(forward)(s, (Kind){is_coupled, has_peepholes});                                        \
  }                                                                                                \
  void VARIANT(name##_backward)(const RecurrentBackwardStep *s) {                                  \
    VARIANT(backward)(s, (Kind){is_coupled, has_peepholes});                                       \
  }

KERNELS(normalised_lstm, false, false)
KERNELS(normalised_lstm_peephole, false, true)
KERNELS(normalised_lstm_coupled, true, false)
KERNELS(normalised_lstm_coupled_peephole, true, true)

#undef KERNELS
#undef UNITS

#endif

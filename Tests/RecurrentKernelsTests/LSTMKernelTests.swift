import Foundation
import RecurrentKernels
import RecurrentTestSupport
import Testing

struct LSTMKernelTests {
  static let sizes = (1...30).map { StepSizes(seed: $0) }

  @Test(arguments: sizes)
  func `a step forward follows the equations`(sizes: StepSizes) {
    var numbers = SeededNumbers(sizes.seed + 300)
    let (rows, inputSize, hiddenSize) = (sizes.rows, sizes.inputSize, sizes.hiddenSize)
    let panels = sizes.panels(gates: 4)
    let padded = panels * 16
    let input = numbers.floats(rows * inputSize)
    let weightInput = numbers.floats(4 * hiddenSize * inputSize, in: -0.5...0.5)
    let weightHidden = numbers.floats(4 * hiddenSize * hiddenSize, in: -0.5...0.5)
    let bias = numbers.floats(4 * hiddenSize)
    let hidden = numbers.floats(rows * hiddenSize).map { sizes.hasHidden ? $0 : 0 }
    let cell = numbers.floats(rows * hiddenSize).map { sizes.hasCell ? $0 : 0 }
    var weights = [Float](repeating: 0, count: panels * (1 + inputSize + hiddenSize) * 64)
    packGates(4, inputSize, hiddenSize, weightInput, weightHidden, bias, &weights)

    /// Gates, new cell and hidden state, without padding.
    func run(_ kernels: RecurrentKernels, keepsGates: Bool, cellInPlace: Bool) -> [Float] {
      var input = GuardedFloats(strided(input, columns: inputSize, stride: inputSize + 1))
      var before = GuardedFloats(strided(hidden, columns: hiddenSize, stride: hiddenSize + 2))
      var cellBefore = GuardedFloats(panelled(cell, rows: rows, units: 16))
      var weights = GuardedFloats(weights)
      var gates = GuardedFloats(count: panels * rows * 64)
      var cellAfter = GuardedFloats(count: panels * rows * 16)
      var after = GuardedFloats(count: rows * padded)
      input.withPointer { input in
        before.withPointer { before in
          cellBefore.withPointer { cellBefore in
            weights.withPointer { weights in
              gates.withPointer { gates in
                cellAfter.withPointer { cellAfter in
                  after.withPointer { after in
                    var step = RecurrentForwardStep(
                      rows: rows,
                      panel_rows: rows,
                      panels: panels,
                      input_size: inputSize,
                      input: input,
                      input_row_stride: inputSize + 1,
                      hidden_size: hiddenSize,
                      previous_hidden: sizes.hasHidden ? before : nil,
                      previous_hidden_row_stride: hiddenSize + 2,
                      previous_output: nil,
                      previous_output_row_stride: 0,
                      hidden_mask: nil,
                      hidden_mask_row_stride: 0,
                      previous_states: sizes.hasCell || cellInPlace ? cellBefore : nil,
                      states: cellInPlace ? cellBefore : cellAfter,
                      state_stride: 0,
                      weights: weights,
                      unit_parameters: nil,
                      gates: keepsGates ? gates : nil,
                      statistics: nil,
                      unit_count: 0,
                      hidden: after,
                      hidden_row_stride: padded,
                      second: nil,
                      second_row_stride: 0,
                      hidden_zoneout: nil,
                      hidden_zoneout_row_stride: 0,
                      cell_zoneout: nil,
                      cell_zoneout_row_stride: 0,
                      activation: RECURRENT_TANH,
                      time_step: 1
                    )
                    kernels.cells[Int(RECURRENT_CELL_LSTM.rawValue)].forward(&step)
                  }
                }
              }
            }
          }
        }
      }
      #expect(gates.isIntact && cellBefore.isIntact && cellAfter.isIntact && after.isIntact)
      let states = after.values
      for row in 0..<rows {
        #expect(states[row * padded + hiddenSize..<(row + 1) * padded].allSatisfy { $0 == 0 })
      }
      var newCell = [Float](repeating: 0, count: rows * hiddenSize)
      recurrent_panels_to_rows(
        rows,
        rows,
        hiddenSize,
        16,
        (cellInPlace ? cellBefore : cellAfter).values,
        &newCell,
        hiddenSize
      )
      let kept = keepsGates ? gates.values : []
      return newCell + (0..<rows).flatMap { states[$0 * padded..<$0 * padded + hiddenSize] }
        + (keepsGates
          ? (0..<4).flatMap { gate($0, of: 4, in: kept, rows: rows, hiddenSize: hiddenSize) } : [])
    }

    let got = InstructionSet.agreed { run($0, keepsGates: true, cellInPlace: false) }
    let size = rows * hiddenSize
    let inPlace = InstructionSet.agreed { run($0, keepsGates: false, cellInPlace: true) }
    #expect(haveSameBits(inPlace, Array(got[..<(2 * size)])))
    let want = Reference.lstm(
      Reference.sequences(input.map(Double.init), steps: 1, features: inputSize),
      Reference.Weights(
        input: weightInput.map(Double.init),
        recurrent: weightHidden.map(Double.init),
        bias: bias.map(Double.init),
        inputSize: inputSize
      ),
      hidden: Reference.rows(hidden.map(Double.init), of: hiddenSize),
      cell: Reference.rows(cell.map(Double.init), of: hiddenSize)
    )
    // Sums of up to ninety products below 1, then activations good to 2 ulp.
    #expect(mismatch(Array(got[..<size]), want.cell.flatMap(\.self), tolerance: 2e-6) == nil)
    #expect(
      mismatch(Array(got[size..<2 * size]), want.hidden.flatMap(\.self), tolerance: 2e-6) == nil
    )
    // From the gates kept, the states follow.
    let gates = (2..<6).map { Array(got[$0 * size..<($0 + 1) * size]).map(Double.init) }
    let states = (0..<size).map { gates[1][$0] * Double(cell[$0]) + gates[0][$0] * gates[2][$0] }
    #expect(mismatch(Array(got[..<size]), states, tolerance: 3e-7) == nil)
  }

  @Test(arguments: sizes)
  func `a step backward follows the equations`(sizes: StepSizes) {
    var numbers = SeededNumbers(sizes.seed + 400)
    let (rows, hiddenSize) = (sizes.rows, sizes.hiddenSize)
    let size = rows * hiddenSize
    let panels = sizes.panels(gates: 4)
    let weight = numbers.floats(4 * hiddenSize * hiddenSize, in: -0.5...0.5)
    let nextDz = (0..<4).map { _ in numbers.floats(size) }
    let gates = [
      numbers.floats(size, in: 0...1), numbers.floats(size, in: 0...1), numbers.floats(size),
      numbers.floats(size, in: 0...1),
    ]
    let (cell, before) = (numbers.floats(size), numbers.floats(size))
    let (dOutput, dHidden, dCell) = (
      numbers.floats(size), numbers.floats(size), numbers.floats(size)
    )
    let isLast = !sizes.hasHidden
    var packed = [Float](
      repeating: 0,
      count: (hiddenSize + 63) / 64 * (1 + panels * 64) * 64
    )
    packGatesTransposed(4, hiddenSize, hiddenSize, weight, &packed)

    let got = InstructionSet.agreed { kernels in
      var next = GuardedFloats(panelled(gates: nextDz, rows: rows, hiddenSize: hiddenSize))
      var packed = GuardedFloats(packed)
      var output = GuardedFloats(strided(dOutput, columns: hiddenSize, stride: hiddenSize + 1))
      var hidden = GuardedFloats(dHidden)
      var dz = GuardedFloats(panelled(gates: gates, rows: rows, hiddenSize: hiddenSize))
      var cellNow = GuardedFloats(panelled(cell, rows: rows, units: 16))
      var cellBefore = GuardedFloats(panelled(before, rows: rows, units: 16))
      var dc = GuardedFloats(panelled(dCell, rows: rows, units: 16))
      next.withPointer { next in
        packed.withPointer { packed in
          output.withPointer { output in
            hidden.withPointer { hidden in
              dz.withPointer { dz in
                cellNow.withPointer { cellNow in
                  cellBefore.withPointer { cellBefore in
                    dc.withPointer { dc in
                      var step = RecurrentBackwardStep(
                        rows: rows,
                        panel_rows: rows,
                        next_rows: isLast ? 0 : rows,
                        panels: panels,
                        output_size: hiddenSize,
                        next_dz: isLast ? nil : next,
                        dz_columns: allColumns,
                        weights: packed,
                        hidden_mask: nil,
                        hidden_mask_row_stride: 0,
                        d_output: output,
                        d_output_row_stride: hiddenSize + 1,
                        d_hidden: isLast ? hidden : nil,
                        d_hidden_row_stride: hiddenSize,
                        d_carried: nil,
                        d_carried_row_stride: 0,
                        gates: dz,
                        statistics: nil,
                        d_units: nil,
                        d_units_row_stride: 0,
                        states: cellNow,
                        previous_states: sizes.hasCell ? cellBefore : nil,
                        state_stride: 0,
                        d_states: dc,
                        previous_output: nil,
                        previous_output_row_stride: 0,
                        unit_parameters: nil,
                        d_unit_parameters: nil,
                        d_second: nil,
                        d_staged: nil,
                        d_staged_row_stride: 0,
                        hidden_zoneout: nil,
                        hidden_zoneout_row_stride: 0,
                        cell_zoneout: nil,
                        cell_zoneout_row_stride: 0,
                        activation: RECURRENT_TANH,
                        time_step: 1
                      )
                      kernels.cells[Int(RECURRENT_CELL_LSTM.rawValue)].backward(&step)
                    }
                  }
                }
              }
            }
          }
        }
      }
      #expect(dz.isIntact && dc.isIntact)
      var rowsOfCell = [Float](repeating: 0, count: size)
      recurrent_panels_to_rows(rows, rows, hiddenSize, 16, dc.values, &rowsOfCell, hiddenSize)
      let values = dz.values
      return rowsOfCell
        + (0..<4).flatMap { gate($0, of: 4, in: values, rows: rows, hiddenSize: hiddenSize) }
    }

    var want = [[Double]](repeating: [], count: 5)
    for row in 0..<rows {
      for unit in 0..<hiddenSize {
        let place = row * hiddenSize + unit
        var dh = Double(dOutput[place])
        if isLast {
          dh += Double(dHidden[place])
        } else {
          for gate in 0..<4 {
            for other in 0..<hiddenSize {
              dh +=
                Double(nextDz[gate][row * hiddenSize + other])
                * Double(weight[(gate * hiddenSize + other) * hiddenSize + unit])
            }
          }
        }
        let (i, f, g, o) = (
          Double(gates[0][place]), Double(gates[1][place]), Double(gates[2][place]),
          Double(gates[3][place])
        )
        let c = tanh(Double(cell[place]))
        let dc = Double(dCell[place]) + dh * o * (1 - c * c)
        want[0].append(dc * f)
        want[1].append(dc * g * i * (1 - i))
        want[2].append(sizes.hasCell ? dc * Double(before[place]) * f * (1 - f) : 0)
        want[3].append(dc * i * (1 - g * g))
        want[4].append(dh * c * o * (1 - o))
      }
    }
    // Sums of up to 280 products below 1/2.
    #expect(mismatch(got, want.flatMap(\.self), tolerance: 2e-6) == nil)
  }
}

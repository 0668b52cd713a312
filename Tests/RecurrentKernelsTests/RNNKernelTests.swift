import Foundation
import RecurrentKernels
import RecurrentTestSupport
import Testing

struct RNNKernelTests {
  static let sizes = (31...55).map { StepSizes(seed: $0) }

  @Test(arguments: sizes, [RECURRENT_TANH, RECURRENT_RELU])
  func `a step forward follows the equation`(sizes: StepSizes, activation: RecurrentFunction) {
    var numbers = SeededNumbers(sizes.seed + 300)
    let (rows, inputSize, hiddenSize) = (sizes.rows, sizes.inputSize, sizes.hiddenSize)
    let panels = sizes.panels(gates: 1)
    let padded = panels * 64
    let input = numbers.floats(rows * inputSize)
    let weightInput = numbers.floats(hiddenSize * inputSize, in: -0.5...0.5)
    let weightHidden = numbers.floats(hiddenSize * hiddenSize, in: -0.5...0.5)
    let bias = numbers.floats(hiddenSize)
    let hidden = numbers.floats(rows * hiddenSize).map { sizes.hasHidden ? $0 : 0 }
    var weights = [Float](repeating: 0, count: panels * (1 + inputSize + hiddenSize) * 64)
    packGates(1, inputSize, hiddenSize, weightInput, weightHidden, bias, &weights)
    let got = InstructionSet.agreed { kernels in
      var input = GuardedFloats(strided(input, columns: inputSize, stride: inputSize + 1))
      var before = GuardedFloats(strided(hidden, columns: hiddenSize, stride: hiddenSize + 2))
      var weights = GuardedFloats(weights)
      var gates = GuardedFloats(count: panels * rows * 64)
      var after = GuardedFloats(count: rows * padded)
      input.withPointer { input in
        before.withPointer { before in
          weights.withPointer { weights in
            gates.withPointer { gates in
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
                  previous_states: nil,
                  states: nil,
                  state_stride: 0,
                  weights: weights,
                  unit_parameters: nil,
                  gates: gates,
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
                  activation: activation,
                  time_step: 1
                )
                kernels.cells[Int(RECURRENT_CELL_RNN.rawValue)].forward(&step)
              }
            }
          }
        }
      }
      #expect(gates.isIntact && after.isIntact)
      let states = after.values
      for row in 0..<rows {
        #expect(states[row * padded + hiddenSize..<(row + 1) * padded].allSatisfy { $0 == 0 })
      }
      let result = (0..<rows).flatMap { states[$0 * padded..<$0 * padded + hiddenSize] }
      let kept = gate(0, of: 1, in: gates.values, rows: rows, hiddenSize: hiddenSize)
      #expect(haveSameBits(kept, result))
      return result
    }
    let want = Reference.rnn(
      Reference.sequences(input.map(Double.init), steps: 1, features: inputSize),
      Reference.Weights(
        input: weightInput.map(Double.init),
        recurrent: weightHidden.map(Double.init),
        bias: bias.map(Double.init),
        inputSize: inputSize
      ),
      hidden: Reference.rows(hidden.map(Double.init), of: hiddenSize),
      activation: activation == RECURRENT_TANH ? { Foundation.tanh($0) } : Reference.relu
    )
    // Sums of up to ninety products below 1/2.
    #expect(mismatch(got, want.hidden.flatMap(\.self), tolerance: 2e-6) == nil)
  }

  @Test(arguments: sizes, [RECURRENT_TANH, RECURRENT_RELU])
  func `a step backward follows the equation`(sizes: StepSizes, activation: RecurrentFunction) {
    var numbers = SeededNumbers(sizes.seed + 400)
    let (rows, hiddenSize) = (sizes.rows, sizes.hiddenSize)
    let size = rows * hiddenSize
    let panels = sizes.panels(gates: 1)
    let weight = numbers.floats(hiddenSize * hiddenSize, in: -0.5...0.5)
    let nextDz = numbers.floats(size)
    let state = numbers.floats(size).map { activation == RECURRENT_RELU ? max($0, 0) : $0 }
    let (dOutput, dHidden) = (numbers.floats(size), numbers.floats(size))
    let isLast = !sizes.hasHidden
    var packed = [Float](
      repeating: 0,
      count: (hiddenSize + 63) / 64 * (1 + panels * 64) * 64
    )
    packGatesTransposed(1, hiddenSize, hiddenSize, weight, &packed)
    let got = InstructionSet.agreed { kernels in
      var next = GuardedFloats(panelled(gates: [nextDz], rows: rows, hiddenSize: hiddenSize))
      var packed = GuardedFloats(packed)
      var output = GuardedFloats(strided(dOutput, columns: hiddenSize, stride: hiddenSize + 1))
      var hidden = GuardedFloats(dHidden)
      var dz = GuardedFloats(panelled(gates: [state], rows: rows, hiddenSize: hiddenSize))
      next.withPointer { next in
        packed.withPointer { packed in
          output.withPointer { output in
            hidden.withPointer { hidden in
              dz.withPointer { dz in
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
                  d_output: sizes.hasCell ? output : nil,
                  d_output_row_stride: hiddenSize + 1,
                  d_hidden: isLast ? hidden : nil,
                  d_hidden_row_stride: hiddenSize,
                  d_carried: nil,
                  d_carried_row_stride: 0,
                  gates: dz,
                  statistics: nil,
                  d_units: nil,
                  d_units_row_stride: 0,
                  states: nil,
                  previous_states: nil,
                  state_stride: 0,
                  d_states: nil,
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
                  activation: activation,
                  time_step: 1
                )
                kernels.cells[Int(RECURRENT_CELL_RNN.rawValue)].backward(&step)
              }
            }
          }
        }
      }
      #expect(dz.isIntact)
      return gate(0, of: 1, in: dz.values, rows: rows, hiddenSize: hiddenSize)
    }
    var want: [Double] = []
    for row in 0..<rows {
      for unit in 0..<hiddenSize {
        let place = row * hiddenSize + unit
        var dh = sizes.hasCell ? Double(dOutput[place]) : 0
        if isLast {
          dh += Double(dHidden[place])
        } else {
          for other in 0..<hiddenSize {
            dh +=
              Double(nextDz[row * hiddenSize + other])
              * Double(weight[other * hiddenSize + unit])
          }
        }
        let h = Double(state[place])
        want.append(activation == RECURRENT_TANH ? dh * (1 - h * h) : h > 0 ? dh : 0)
      }
    }
    // Sums of up to seventy products below 1/2.
    #expect(mismatch(got, want, tolerance: 2e-6) == nil)
  }
}

import RecurrentKernels
import RecurrentTestSupport
import Testing

struct WeightGradientTests {
  /// What a weight gradient is taken over.
  struct Sizes: Sendable, CustomTestStringConvertible {
    let seed: UInt64
    let steps: Int
    let rows: Int
    let panels: Int
    let inputSize: Int
    let hiddenSize: Int
    var testDescription: String {
      "\(steps) steps, \(rows) rows, \(panels) panels, input \(inputSize), hidden \(hiddenSize)"
    }

    init(seed: UInt64) {
      self.seed = seed
      var numbers = SeededNumbers(seed)
      steps = numbers.integer(in: 1...4)
      rows = numbers.integer(in: 1...9)
      panels = numbers.integer(in: 1...3)
      inputSize = numbers.integer(in: 1...20)
      hiddenSize = seed % 4 == 0 ? 0 : numbers.integer(in: 1...20)
    }
  }

  // dz times what each weight multiplied, from the last step to the first and the first row to the
  // last, each step fused, so the bits are known.
  @Test(arguments: (1...24).map { Sizes(seed: $0) }, [false, true])
  func `a weight gradient is added up in its documented order`(sizes: Sizes, skipsFirst: Bool) {
    var numbers = SeededNumbers(sizes.seed + 200)
    let (steps, rows, panels) = (sizes.steps, sizes.rows, sizes.panels)
    let (inputSize, hiddenSize) = (sizes.inputSize, sizes.hiddenSize)
    let depth = 1 + inputSize + hiddenSize
    let input = numbers.floats(steps * rows * inputSize)
    let hidden = numbers.floats(steps * rows * hiddenSize)
    let dz = numbers.floats(steps * panels * rows * 64)
    let start = numbers.floats(panels * depth * 64)
    let starts = sizes.seed % 2 == 0
    let got = InstructionSet.agreed { kernels in
      var input = GuardedFloats(strided(input, columns: inputSize, stride: inputSize + 2))
      var hidden = GuardedFloats(
        hiddenSize == 0 ? [] : strided(hidden, columns: hiddenSize, stride: hiddenSize + 3)
      )
      var (dz, gradient) = (GuardedFloats(dz), GuardedFloats(start))
      input.withPointer { input in
        hidden.withPointer { hidden in
          dz.withPointer { dz in
            gradient.withPointer { gradient in
              var request = RecurrentWeightGradient(
                steps: steps,
                rows: rows,
                panels: panels,
                input_size: inputSize,
                input_columns: allColumns,
                input: input,
                input_row_stride: inputSize + 2,
                input_step_stride: rows * (inputSize + 2),
                hidden_size: hiddenSize,
                hidden_columns: allColumns,
                previous_hidden: hiddenSize == 0
                  ? nil : hidden + (skipsFirst ? rows * (hiddenSize + 3) : 0),
                hidden_row_stride: hiddenSize + 3,
                hidden_step_stride: rows * (hiddenSize + 3),
                skips_first_hidden: skipsFirst,
                dz: dz,
                dz_step_stride: panels * rows * 64,
                dz_panel_stride: rows * 64,
                gradient: gradient,
                starts: starts
              )
              kernels.weight_gradient(&request)
            }
          }
        }
      }
      #expect(gradient.isIntact)
      return gradient.values
    }
    var want = starts ? start.map { _ in 0 } : start
    for panel in 0..<panels {
      for weight in 0..<depth {
        for column in 0..<64 {
          let place = (panel * depth + weight) * 64 + column
          for step in stride(from: steps - 1, through: 0, by: -1) {
            for row in 0..<rows {
              let arriving = dz[((step * panels + panel) * rows + row) * 64 + column]
              let index = step * rows + row
              if weight == 0 {
                want[place] += arriving
              } else if weight <= inputSize {
                want[place].addProduct(input[index * inputSize + weight - 1], arriving)
              } else if step > 0 || !skipsFirst {
                want[place].addProduct(
                  hidden[index * hiddenSize + weight - 1 - inputSize],
                  arriving
                )
              }
            }
          }
        }
      }
    }
    #expect(haveSameBits(got, want))
  }
}

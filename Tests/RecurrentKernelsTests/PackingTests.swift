import RecurrentKernels
import RecurrentTestSupport
import Testing

struct PackingTests {
  @Test(arguments: [1, 3, 20], [1, 63, 64, 65, 130])
  func `a matrix is packed in panels with its bias`(inputs: Int, outputs: Int) {
    checkPacking(inputs: inputs, outputs: outputs, hasBias: true)
    checkPacking(inputs: inputs, outputs: outputs, hasBias: false)
  }

  @Test(arguments: [1, 3, 20], [1, 63, 64, 65, 130])
  func `unpacking a matrix undoes packing it`(inputs: Int, outputs: Int) {
    var numbers = SeededNumbers(18)
    let matrix = numbers.floats(inputs * outputs)
    let panels = (outputs + 63) / 64
    for (inputStride, outputStride) in [(1, inputs), (outputs, 1)] {
      var packed = [Float](repeating: 0, count: panels * (1 + inputs) * 64)
      recurrent_pack(inputs, outputs, matrix, inputStride, outputStride, nil, &packed)
      var unpacked = GuardedFloats(count: matrix.count)
      unpacked.withPointer {
        recurrent_unpack(inputs, outputs, packed, $0, inputStride, outputStride)
      }
      #expect(unpacked.isIntact)
      #expect(haveSameBits(unpacked.values, matrix))
    }
  }

  private func checkPacking(inputs: Int, outputs: Int, hasBias: Bool) {
    var numbers = SeededNumbers(13)
    let matrix = numbers.floats(inputs * outputs)
    let bias = numbers.floats(outputs)
    let panels = (outputs + 63) / 64
    var packed = GuardedFloats(count: panels * (1 + inputs) * 64)
    // Kept as [outputs][inputs], as layers have it.
    packed.withPointer { packed in
      recurrent_pack(inputs, outputs, matrix, 1, inputs, hasBias ? bias : nil, packed)
    }
    #expect(packed.isIntact)
    var want: [Float] = []
    for panel in 0..<panels {
      for row in 0...inputs {
        for column in panel * 64..<panel * 64 + 64 {
          guard column < outputs else {
            want.append(0)
            continue
          }
          want.append(row > 0 ? matrix[column * inputs + row - 1] : hasBias ? bias[column] : 0)
        }
      }
    }
    #expect(haveSameBits(packed.values, want))
  }

  @Test(arguments: [1, 4], [1, 15, 16, 17, 64, 65])
  func `unpacking gates undoes packing them`(gates: Int, hiddenSize: Int) {
    var numbers = SeededNumbers(14)
    let inputSize = 3
    let rows = gates * hiddenSize
    let input = numbers.floats(rows * inputSize)
    let recurrent = numbers.floats(rows * hiddenSize)
    let bias = numbers.floats(rows)
    let units = 64 / gates
    let panels = (hiddenSize + units - 1) / units
    let depth = 1 + inputSize + hiddenSize
    var packed = GuardedFloats(count: panels * depth * 64)
    packed.withPointer {
      packGates(gates, inputSize, hiddenSize, input, recurrent, bias, $0)
    }
    #expect(packed.isIntact)
    // Panel 0 holds the first units of each gate, side by side; columns of padding are zero.
    let values = packed.values
    for panel in 0..<panels {
      for column in 0..<64 {
        let (gate, unit) = (column / units, panel * units + column % units)
        let got = values[panel * depth * 64 + column]
        #expect(got == (unit < hiddenSize ? bias[gate * hiddenSize + unit] : 0))
      }
    }
    var unpackedInput = GuardedFloats(count: input.count)
    var unpackedRecurrent = GuardedFloats(count: recurrent.count)
    var unpackedBias = GuardedFloats(count: rows)
    unpackedInput.withPointer { input in
      unpackedRecurrent.withPointer { recurrent in
        unpackedBias.withPointer { bias in
          unpackGates(gates, inputSize, hiddenSize, values, input, recurrent, bias)
        }
      }
    }
    #expect(unpackedInput.isIntact && unpackedRecurrent.isIntact && unpackedBias.isIntact)
    #expect(unpackedInput.values == input)
    #expect(unpackedRecurrent.values == recurrent)
    #expect(unpackedBias.values == bias)
  }

  @Test(arguments: [1, 5, 16, 17, 70], [16, 64])
  func `rows and panels are copies of each other`(size: Int, units: Int) {
    var numbers = SeededNumbers(15)
    let rows = 3
    let values = numbers.floats(rows * size)
    let panelCount = (size + units - 1) / units
    var source = GuardedFloats(strided(values, columns: size, stride: size + 2))
    var panels = GuardedFloats(count: panelCount * rows * units)
    source.withPointer { source in
      panels.withPointer { recurrent_rows_to_panels(rows, rows, size, units, source, size + 2, $0) }
    }
    #expect(panels.isIntact)
    for panel in 0..<panelCount {
      for row in 0..<rows {
        for unit in 0..<units {
          let column = panel * units + unit
          let want = column < size ? values[row * size + column] : 0
          #expect(panels.values[(panel * rows + row) * units + unit] == want)
        }
      }
    }
    var back = GuardedFloats(count: rows * size)
    panels.withPointer { panels in
      back.withPointer { recurrent_panels_to_rows(rows, rows, size, units, panels, $0, size) }
    }
    #expect(back.isIntact && back.values == values)
  }
}

import RecurrentKernels
import RecurrentTestSupport

/// The sizes of one step of a recurrent layer, with random numbers for it.
struct StepSizes: Sendable, CustomStringConvertible {
  let seed: UInt64
  let rows: Int
  let inputSize: Int
  let hiddenSize: Int
  let hasHidden: Bool
  let hasCell: Bool

  /// Random sizes, hidden sizes among those around the ends of panels.
  init(seed: UInt64) {
    self.seed = seed
    var numbers = SeededNumbers(seed)
    let hiddenSizes = [1, 7, 15, 16, 17, 33, 63, 64, 65, 70]
    rows = numbers.integer(in: 1...14)
    inputSize = numbers.integer(in: 1...20)
    hiddenSize = hiddenSizes[Int(seed) % hiddenSizes.count]
    hasHidden = seed % 3 != 0
    hasCell = seed % 4 != 0
  }

  var description: String {
    """
    \(rows) rows, input \(inputSize), hidden \(hiddenSize)\(hasHidden ? "" : ", no hidden state")\
    \(hasCell ? "" : ", no cell state")
    """
  }

  /// The number of panels of a layer of this many gates.
  func panels(gates: Int) -> Int {
    let units = 64 / gates
    return (hiddenSize + units - 1) / units
  }
}

/// Numbers of each hidden unit, `[rows][hidden]`, in panels `[panel][rows][units]`.
func panelled(_ values: [Float], rows: Int, units: Int) -> [Float] {
  let size = values.count / rows
  var panels = [Float](repeating: 0, count: (size + units - 1) / units * rows * units)
  recurrent_rows_to_panels(rows, rows, size, units, values, size, &panels)
  return panels
}

/// The numbers of gate `gate` of `gates`, `[rows][hidden]`, of gates in panels.
func gate(
  _ gate: Int,
  of gates: Int,
  in panels: [Float],
  rows: Int,
  hiddenSize: Int
) -> [Float] {
  let units = 64 / gates
  return (0..<rows).flatMap { row in
    (0..<hiddenSize).map { unit in
      panels[(unit / units * rows + row) * 64 + gate * units + unit % units]
    }
  }
}

/// Gates `[gate][rows * hidden]` in panels, padding zero.
func panelled(gates: [[Float]], rows: Int, hiddenSize: Int) -> [Float] {
  let units = 64 / gates.count
  var panels = [Float](repeating: 0, count: (hiddenSize + units - 1) / units * rows * 64)
  for (gate, values) in gates.enumerated() {
    for row in 0..<rows {
      for unit in 0..<hiddenSize {
        panels[(unit / units * rows + row) * 64 + gate * units + unit % units] =
          values[row * hiddenSize + unit]
      }
    }
  }
  return panels
}

/// Packs weights `[gates * hidden][...]` of a layer whose gates all read input and hidden state.
func packGates(
  _ gates: Int,
  _ inputSize: Int,
  _ hiddenSize: Int,
  _ weightInput: UnsafePointer<Float>,
  _ weightHidden: UnsafePointer<Float>,
  _ bias: UnsafePointer<Float>?,
  _ packed: UnsafeMutablePointer<Float>
) {
  var sizes = RecurrentGateSizes(
    gates: gates,
    units: 64 / gates,
    input_size: inputSize,
    recurrent_size: hiddenSize,
    hidden_size: hiddenSize
  )
  let sources = (0..<gates).map { gate in
    RecurrentGate(
      input: weightInput + gate * hiddenSize * inputSize,
      recurrent: weightHidden + gate * hiddenSize * hiddenSize,
      bias: bias.map { $0 + gate * hiddenSize }
    )
  }
  recurrent_pack_gates(&sizes, sources, packed)
}

/// Packs a weight `[gates * hidden][columns]` for the way back.
func packGatesTransposed(
  _ gates: Int,
  _ hiddenSize: Int,
  _ columns: Int,
  _ weight: UnsafePointer<Float>,
  _ packed: UnsafeMutablePointer<Float>
) {
  let matrices: [UnsafePointer<Float>?] = (0..<gates).map { weight + $0 * hiddenSize * columns }
  recurrent_pack_gates_transposed(gates, 64 / gates, hiddenSize, columns, matrices, packed)
}

/// The inverse of `packGates`, for gradients.
func unpackGates(
  _ gates: Int,
  _ inputSize: Int,
  _ hiddenSize: Int,
  _ packed: UnsafePointer<Float>,
  _ weightInput: UnsafeMutablePointer<Float>,
  _ weightHidden: UnsafeMutablePointer<Float>,
  _ bias: UnsafeMutablePointer<Float>?
) {
  var sizes = RecurrentGateSizes(
    gates: gates,
    units: 64 / gates,
    input_size: inputSize,
    recurrent_size: hiddenSize,
    hidden_size: hiddenSize
  )
  let targets = (0..<gates).map { gate in
    RecurrentGateGradient(
      input: weightInput + gate * hiddenSize * inputSize,
      recurrent: weightHidden + gate * hiddenSize * hiddenSize,
      bias: bias.map { $0 + gate * hiddenSize }
    )
  }
  recurrent_unpack_gates(&sizes, packed, targets)
}

/// The columns of a whole panel.
let allColumns = RecurrentColumns(from: 0, to: 4)

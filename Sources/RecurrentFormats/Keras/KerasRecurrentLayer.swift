import Recurrent

/// A recurrent layer of Keras as a file's arrays have it: sizes first, numbers when asked for.
///
/// Keras multiplies from the other side, so that its kernels are transposed. Its LSTM has the gates i, f,
/// c, o, which is our order; its GRU has z, r, h, and ours is r, z, n. A GRU's bias `[2, 3 H]` is one for
/// the input and one for the hidden state, of a reset after the product; a bias `[3 H]` is of a reset
/// before it. The forget bias of 1 that Keras begins with is part of the bias.
///
/// Source: <https://keras.io/api/layers/recurrent_layers/>.
struct KerasRecurrentLayer {
  /// What the arrays do not say.
  struct Options {
    var activation: RNNCell.Activation
    /// Of a GRU without biases, and of others if it is known.
    var convention: GRUCell.Convention
    var isConventionKnown = false
    var isReversed = false
    var merge: Merge = .concatenate
  }

  private let arrays: NamedArrays
  private let directions: [[KerasVariables.Role: String]]
  private let name: String
  let gates: Int
  let inputSize: Int
  let hiddenSize: Int

  /// Looks at the shapes of a layer's arrays.
  init(_ name: String, of variables: KerasVariables) throws(FileError) {
    self.name = name
    arrays = variables.arrays
    let found = variables.layers[name] ?? [:]
    let both: [KerasVariables.Direction] =
      found[.single] == nil ? [.forward, .backward] : [.single]
    guard Set(found.keys) == Set(both) else {
      throw arrays.problem("has the layer '\(name)' in one direction where two are wanted")
    }
    directions = both.compactMap { found[$0] }
    var sizes: [[Int]] = []
    for direction in directions {
      guard let kernel = direction[.kernel], let recurrent = direction[.recurrent] else {
        throw arrays.problem("has the layer '\(name)' without a kernel or a recurrent kernel")
      }
      let (input, square) = (try arrays.matrixShape(kernel), try arrays.matrixShape(recurrent))
      let gates = square.columns / square.rows
      guard square.columns.isMultiple(of: square.rows), [1, 3, 4].contains(gates),
        input.columns == square.columns
      else {
        throw arrays.problem("has the layer '\(name)' whose kernels are of no kind that is known")
      }
      sizes.append([gates, input.rows, square.rows])
    }
    guard Set(sizes).count == 1 else {
      throw arrays.problem("has the layer '\(name)' whose directions do not fit")
    }
    (gates, inputSize, hiddenSize) = (sizes[0][0], sizes[0][1], sizes[0][2])
  }

  var isBidirectional: Bool { directions.count == 2 }

  func outputSize(_ merge: Merge = .concatenate) -> Int {
    isBidirectional && merge == .concatenate ? 2 * hiddenSize : hiddenSize
  }

  /// The layer with its numbers; `embedding`, `[words, features]`, comes before its kernel.
  func layer(_ options: Options, embedding: Tensor?) throws(FileError) -> any RecurrentLayer {
    switch gates {
    case 1:
      try assembled(options) { direction throws(FileError) in
        RNNCell(try weights(direction, embedding), activation: options.activation)
      }
    case 3:
      try assembled(options) { direction throws(FileError) in
        try unit(direction, options, embedding)
      }
    default:
      try assembled(options) { direction throws(FileError) in
        LSTMCell(try weights(direction, embedding))
      }
    }
  }

  private func assembled<LayerCell: BuiltInCell>(
    _ options: Options,
    _ cell: (_ direction: [KerasVariables.Role: String]) throws(FileError) -> LayerCell
  ) throws(FileError) -> any RecurrentLayer {
    var forward = CellLayer(try cell(directions[0]))
    guard isBidirectional else {
      forward.isReversed = options.isReversed
      return forward
    }
    let backward = CellLayer(try cell(directions[1]))
    return Bidirectional(forward: forward, backward: backward, merge: options.merge)
  }

  private func weights(
    _ direction: [KerasVariables.Role: String],
    _ embedding: Tensor?,
    bias: Tensor? = nil
  ) throws(FileError) -> RecurrentWeights {
    let columns = gates * hiddenSize
    let kernel = try arrays.tensor(direction[.kernel] ?? "")
    let input = (embedding.map { matmul($0, kernel) } ?? kernel).transposed()
    let recurrent = try arrays.tensor(direction[.recurrent] ?? "").transposed()
    var bias = bias
    if bias == nil, let name = direction[.bias] { bias = try arrays.tensor(name, [columns]) }
    return RecurrentWeights(
      input: gates == 3 ? Self.exchangingFirstGates(input) : input,
      recurrent: gates == 3 ? Self.exchangingFirstGates(recurrent) : recurrent,
      bias: bias ?? .zeros([columns]),
      gates: gates
    )
  }

  private func unit(
    _ direction: [KerasVariables.Role: String],
    _ options: Options,
    _ embedding: Tensor?
  ) throws(FileError) -> GRUCell {
    let rows = 3 * hiddenSize
    guard let name = direction[.bias] else {
      return GRUCell(try weights(direction, embedding), convention: options.convention)
    }
    let isAfter = arrays.shapes[name]?.count == 2
    if options.isConventionKnown, isAfter != (options.convention == .resetAfter) {
      throw arrays.problem("has the layer '\(self.name)' with a bias that does not fit reset_after")
    }
    if isAfter {
      let biases = try arrays.tensor(name, [2, rows])
      let weights = try weights(direction, embedding, bias: .zeros([rows]))
      return GRUCell(
        input: weights.input,
        recurrent: weights.recurrent,
        inputBias: Self.exchangingFirstGates(biases.slice(at: 0, along: 0)),
        recurrentBias: Self.exchangingFirstGates(biases.slice(at: 1, along: 0))
      )
    }
    let bias = Self.exchangingFirstGates(try arrays.tensor(name, [rows]))
    return GRUCell(
      try weights(direction, embedding, bias: bias),
      convention: .resetBefore
    )
  }

  /// From z, r, h to r, z, n along the first axis, and back.
  static func exchangingFirstGates(_ tensor: Tensor) -> Tensor {
    let gates = tensor.split(into: 3, along: 0)
    return .concatenated([gates[1], gates[0], gates[2]], along: 0)
  }
}

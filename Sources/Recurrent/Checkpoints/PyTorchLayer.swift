/// One layer of a PyTorch module as a file's arrays have it: sizes first, numbers when asked for.
///
/// PyTorch keeps two biases where one would do. Ours is their sum; where one of the two is +0 it is the
/// other as it stands, so that what was written with a bias of zeros comes back bit for bit.
struct PyTorchLayer {
  private let names: PyTorchModules.LayerNames
  private let file: SafetensorsFile
  /// 1 for a simple recurrent layer, 3 for gated recurrent units, 4 for an LSTM.
  let gates: Int
  let hiddenSize: Int
  let inputSize: Int
  /// The features that one direction gives.
  private let recurrentSize: Int

  /// The features that the layer gives.
  var outputSize: Int { names.isBidirectional ? 2 * recurrentSize : recurrentSize }

  /// Looks at the shapes of a layer's arrays.
  ///
  /// - Throws: `FileError` where they are no layer's.
  init(_ names: PyTorchModules.LayerNames, of file: SafetensorsFile) throws(FileError) {
    self.names = names
    self.file = file
    let inputName = names.prefix + "weight_ih" + names.suffix
    let recurrentName = names.prefix + "weight_hh" + names.suffix
    let input = try file.matrixShape(named: inputName)
    let recurrent = try file.matrixShape(named: recurrentName)
    let projectionName = names.prefix + "weight_hr" + names.suffix
    let projection =
      file.entries[projectionName] == nil ? nil : try file.matrixShape(named: projectionName)
    let units = projection?.columns ?? recurrent.columns
    gates = recurrent.rows / units
    guard input.rows == recurrent.rows, recurrent.rows.isMultiple(of: units),
      projection == nil ? [1, 3, 4].contains(gates) : gates == 4,
      projection.map({ $0.rows == recurrent.columns }) ?? true
    else {
      throw file.problem(
        """
        array '\(inputName)' of shape [\(input.rows), \(input.columns)] does not fit \
        '\(recurrentName)' of [\(recurrent.rows), \(recurrent.columns)]
        """
      )
    }
    (hiddenSize, inputSize, recurrentSize) = (units, input.columns, recurrent.columns)
  }

  /// The layer with its numbers; `embedding`, `[words, features]`, is what the input weights are
  /// multiplied by first.
  func layer(
    activation: RNNCell.Activation,
    embedding: Tensor?
  ) throws(FileError) -> any RecurrentLayer {
    switch gates {
    case 1:
      try assembled { suffix throws(FileError) in
        RNNCell(try weights(suffix, embedding), activation: activation)
      }
    case 3:
      try assembled { suffix throws(FileError) in
        let weights = try weights(suffix, embedding)
        let recurrentBias = try bias("bias_hh", suffix)
        let inner = recurrentBias?.slice(2 * hiddenSize..<3 * hiddenSize, along: 0)
        return GRUCell(weights, innerBias: inner)
      }
    default:
      try assembled { suffix throws(FileError) in
        let name = names.prefix + "weight_hr" + suffix
        let isProjected = file.entries[names.prefix + "weight_hr" + names.suffix] != nil
        let projection =
          isProjected ? try file.convertedMatrix(named: name, [recurrentSize, hiddenSize]) : nil
        return LSTMCell(try weights(suffix, embedding), projection: projection)
      }
    }
  }

  private func assembled<LayerCell: BuiltInCell>(
    _ cell: (_ suffix: String) throws(FileError) -> LayerCell
  ) throws(FileError) -> any RecurrentLayer {
    let forward = CellLayer(try cell(names.suffix))
    guard names.isBidirectional else { return forward }
    return Bidirectional(
      forward: forward,
      backward: CellLayer(try cell(names.suffix + "_reverse"))
    )
  }

  private func weights(
    _ suffix: String,
    _ embedding: Tensor?
  ) throws(FileError) -> RecurrentWeights {
    let rows = gates * hiddenSize
    var input = try file.convertedMatrix(
      named: names.prefix + "weight_ih" + suffix,
      [rows, inputSize]
    )
    if let embedding { input = matmul(input, embedding, transposingSecond: true) }
    let recurrent = try file.convertedMatrix(
      named: names.prefix + "weight_hh" + suffix,
      [rows, recurrentSize]
    )
    var recurrentBias = try bias("bias_hh", suffix) ?? .zeros([rows])
    // The candidate's of a GRU is a bias of its own.
    if gates == 3 { recurrentBias = recurrentBias.keepingFirst(2 * hiddenSize) }
    let sum = (try bias("bias_ih", suffix) ?? .zeros([rows])).addingBias(recurrentBias)
    return RecurrentWeights(input: input, recurrent: recurrent, bias: sum, gates: gates)
  }

  private func bias(_ kind: String, _ suffix: String) throws(FileError) -> Tensor? {
    let name = names.prefix + kind + suffix
    return file.entries[name] == nil
      ? nil : try file.convertedVector(named: name, count: gates * hiddenSize)
  }
}

extension Tensor {
  /// The sum with another bias, but for elements where one of the two is +0: those are the other's.
  package func addingBias(_ other: Tensor) -> Tensor {
    Tensor(
      zip(elements, other.elements).map { a, b in
        b.bitPattern == 0 ? a : a.bitPattern == 0 ? b : a + b
      },
      shape: shape
    )
  }

  /// The first elements of a vector, and zeros in the place of the others.
  func keepingFirst(_ kept: Int) -> Tensor {
    Tensor(elements.enumerated().map { $0 < kept ? $1 : 0 }, shape: shape)
  }
}

extension SafetensorsFile {
  /// The rows and columns of a matrix.
  func matrixShape(named name: String) throws(FileError) -> (rows: Int, columns: Int) {
    guard let entry = entries[name] else { throw problem("has no array named '\(name)'") }
    guard entry.shape.count == 2, !entry.shape.contains(0) else {
      throw problem("array '\(name)' has shape \(entry.shape), and a matrix is wanted")
    }
    return (entry.shape[0], entry.shape[1])
  }

  func convertedMatrix(named name: String, _ shape: Shape) throws(FileError) -> Tensor {
    let (rows, columns) = try matrixShape(named: name)
    guard [rows, columns] == shape else {
      throw problem("array '\(name)' has shape [\(rows), \(columns)], and \(shape) is wanted")
    }
    return try convertedTensor(named: name)
  }

  func convertedVector(named name: String, count: Int) throws(FileError) -> Tensor {
    let tensor = try convertedTensor(named: name)
    guard tensor.shape == [count] else {
      throw problem("array '\(name)' has shape \(tensor.shape), and [\(count)] is wanted")
    }
    return tensor
  }
}

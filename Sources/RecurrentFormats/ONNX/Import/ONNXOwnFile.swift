import Foundation
import Recurrent

/// A file written here, which says what its layers are: their arrays are found by name.
struct ONNXOwnFile {
  let model: SequenceModel

  init(_ file: ONNXModel, path: String) throws(FileError) {
    let text = file.metadata[ONNXMetadata.layers] ?? ""
    guard
      let descriptions = try? JSONDecoder().decode([LayerDescription].self, from: Data(text.utf8))
    else {
      throw FileError("describes its layers in a way that this version does not read", file: path)
    }
    var arrays = SafetensorsFile(metadata: ["layers": text])
    arrays.metadata["summary"] = file.metadata[ONNXMetadata.summary]
    arrays.metadata["reading"] = file.metadata[ONNXMetadata.reading]
    arrays.metadata["head_dropout"] = file.metadata[ONNXMetadata.headDropout]
    for (index, description) in descriptions.enumerated() {
      for (place, direction) in description.directions.enumerated() {
        let found = OwnDirection(
          file.graph.arrays,
          direction,
          layer: index,
          place: place
        )
        for (name, value) in found.parameters { arrays.add(value, named: name) }
      }
    }
    for name in ["head.weight", "head.bias"] {
      guard let value = file.graph.arrays[name]?.tensor else { continue }
      arrays.add(value, named: name)
    }
    do throws(FileError) {
      model = try SequenceModel(arrays)
    } catch {
      // What is wrong is the same; the arrays have no file of their own.
      throw FileError(error.problem, file: path, advice: error.advice)
    }
  }
}

/// The arrays of one direction of a layer.
private struct OwnDirection {
  private(set) var parameters: [(name: String, value: Tensor)] = []

  init(
    _ arrays: [String: ONNXArray],
    _ direction: LayerDescription.Direction,
    layer: Int,
    place: Int
  ) {
    let kind = direction.kind.rawValue
    let ending = place == 0 ? "_l\(layer)" : "_l\(layer)_reverse"
    let first = "\(kind).weight_ih_l\(layer)"
    // Both directions may be one operation, whose arrays have the name of the first.
    let own = "\(kind).weight_ih\(ending)"
    let (base, part) = arrays["\(own).W"] == nil ? (first, place) : (own, 0)
    if let weights = Self.native(arrays, base, part, direction),
      let cell = Self.cell(weights, direction)
    {
      parameters = cell.parameters.map { ("\(kind).\($0.name)\(ending)", $0.value) }
    } else {
      let start = "\(kind)."
      for (name, value) in arrays
      where name.hasPrefix(start) && name.hasSuffix(ending)
        && !name.contains("weight_ih_l\(layer).")
      {
        if let value = value.tensor { parameters.append((name, value)) }
      }
    }
    guard direction.learnsState else { return }
    for (part, name) in Self.stateNames(direction.kind).enumerated() {
      guard let value = arrays["initial_\(name)\(ending)"]?.tensor else { continue }
      parameters.append(("\(kind).state_\(part)\(ending)", value))
    }
  }

  private static func stateNames(_ kind: LayerDescription.Kind) -> [String] {
    let names =
      switch kind {
      case .lstm: LSTMCell.State.tensorNames
      case .lem: LEMCell.State.tensorNames
      case .slstm: SLSTMCell.State.tensorNames
      case .rnn, .gru, .indrnn, .mingru, .minlstm: Tensor.tensorNames
      }
    return names.map { String($0.prefix { $0 != " " }) }
  }

  /// What an operation has for one of its directions; nil if there is none, or its shapes do not fit.
  private static func native(
    _ arrays: [String: ONNXArray],
    _ base: String,
    _ part: Int,
    _ direction: LayerDescription.Direction
  ) -> ONNXNativeWeights? {
    func tensor(_ name: String) -> Tensor? {
      guard let array = arrays["\(base).\(name)"], let first = array.shape.first, part < first
      else {
        return nil
      }
      return array.slice(part).tensor
    }
    guard let input = tensor("W"), let recurrent = tensor("R"), let bias = tensor("B"),
      var weights = ONNXNativeWeights(
        checking: direction.kind.rawValue.uppercased(),
        input,
        recurrent,
        bias,
        tensor("P")
      )
    else { return nil }
    weights.isCoupled = direction.options?.isCoupled ?? false
    weights.isLinearBeforeReset = direction.convention != .resetBefore
    weights.activation = direction.activation ?? .tanh
    return weights
  }

  private static func cell(
    _ weights: ONNXNativeWeights,
    _ direction: LayerDescription.Direction
  ) -> (any BuiltInCell)? {
    switch direction.kind {
    case .rnn: weights.rnn
    case .lstm: weights.lstm
    case .gru: try? weights.gru.converted(to: direction.convention ?? .resetAfter)
    default: nil
    }
  }
}

extension ONNXNativeWeights {
  /// Creates weights from arrays that may not fit one another; nil where they do not.
  init?(
    checking operation: String,
    _ input: Tensor,
    _ recurrent: Tensor,
    _ bias: Tensor,
    _ peepholes: Tensor?
  ) {
    let gates = ["LSTM": 4, "GRU": 3, "RNN": 1][operation]
    guard let gates, recurrent.shape.rank == 2, input.shape.rank == 2 else { return nil }
    let size = recurrent.shape[1]
    let (rows, isTooLarge) = size.multipliedReportingOverflow(by: gates)
    guard size > 0, !isTooLarge, recurrent.shape[0] == rows, input.shape[0] == rows,
      input.shape[1] > 0, bias.shape == [2 * rows],
      peepholes.map({ $0.shape == [3 * size] }) ?? true
    else { return nil }
    self.init(
      operation: operation,
      input: input,
      recurrent: recurrent,
      bias: bias,
      peepholes: peepholes
    )
  }
}

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

// A model whose layers a file describes beside its arrays; see LayerDescription.
extension SequenceModel {
  /// Reads a model whose layers are described in the file, by `text`.
  ///
  /// - Throws: `FileError` when the arrays are not those of such layers.
  init(_ file: SafetensorsFile, layers text: String) throws(FileError) {
    guard
      let descriptions = try? JSONDecoder().decode([LayerDescription].self, from: Data(text.utf8)),
      !descriptions.isEmpty
    else { throw file.problem("describes its layers in a way that this version does not read") }
    var unread = Set(file.entries.keys)
    let elements = file.entries.values.reduce(0) { $0 + $1.shape.reduce(1, *) }
    var layers: [any RecurrentLayer] = []
    for (index, description) in descriptions.enumerated() {
      guard var layer = description.makeLayer(elements: elements),
        layers.last.map({ $0.outputSize == layer.inputSize }) ?? true
      else { throw file.problem("describes a layer \(index) that cannot be, or does not fit") }
      let arrays = DescribedArrays(file: file, biases: description.recurrentBias)
      var problem: FileError?
      layer.visitParameters(asLayer: index) { name, parameter in
        guard problem == nil else { return }
        do throws(FileError) {
          parameter = try arrays.parameter(name, parameter.shape, &unread)
        } catch { problem = error }
      }
      if let problem { throw problem }
      layers.append(layer)
    }
    let weight = try file.strictTensor(named: "head.weight")
    guard weight.shape.rank == 2, weight.count > 0 else {
      throw file.problem("array 'head.weight' has shape \(weight.shape), and a matrix is wanted")
    }
    let bias = try file.strictTensor(named: "head.bias", [weight.shape[0]])
    guard unread.subtracting(["head.weight", "head.bias"]).isEmpty,
      layers.last?.outputSize == weight.shape[1]
    else { throw file.problem("has arrays that no layer uses, or a head that does not fit") }
    self.init(
      reading: try file.reading(),
      layers: layers,
      summary: file.summary ?? .lastOutput,
      headDropout: file.metadata["head_dropout"].flatMap(Float.init).flatMap {
        (0..<1).contains($0) ? $0 : nil
      } ?? 0,
      head: Dense(weight: weight, bias: bias)
    )
  }
}

/// The arrays of one described layer, with PyTorch's second bias where they have it.
///
/// Before it was written with that, a GRU had its inner bias under "bias_hn".
private struct DescribedArrays {
  let file: SafetensorsFile
  let biases: LayerDescription.RecurrentBias

  func parameter(
    _ name: String,
    _ shape: Shape,
    _ unread: inout Set<String>
  ) throws(FileError) -> Tensor {
    if file.entries[name] == nil, biases == .ofCandidate, name.contains("bias_hn") {
      // What "bias_ih" took of it are the other two thirds.
      let both = name.replacing("bias_hn", with: "bias_hh")
      let bias = try file.strictTensor(named: both, [3 * shape.count])
      return bias.slice(2 * shape.count..<3 * shape.count, along: 0)
    }
    let value = try file.strictTensor(named: name, shape)
    unread.remove(name)
    guard biases != .none, name.contains("bias_ih") else { return value }
    let second = name.replacing("bias_ih", with: "bias_hh")
    guard file.entries[second] != nil else { return value }
    unread.remove(second)
    let bias = try file.strictTensor(named: second, shape)
    return value.addingBias(
      biases == .ofCandidate ? bias.keepingFirst(shape.count / 3 * 2) : bias
    )
  }
}

extension LayerDescription {
  /// What PyTorch's second bias of such layers is for.
  enum RecurrentBias {
    /// PyTorch has no such layers.
    case none
    /// Its sum with the first.
    case sum
    /// Of a GRU's candidate it stands for itself.
    case ofCandidate
  }

  /// What PyTorch's second bias of such layers is for.
  var recurrentBias: RecurrentBias {
    guard let direction = directions.first else { return .none }
    switch direction.kind {
    case .rnn: return .sum
    case .lstm:
      return (direction.options ?? .init()).isPyTorchs ? .sum : .none
    case .gru:
      switch direction.convention ?? .resetAfter {
      case .resetAfter: return .ofCandidate
      case .resetAfterOuterBias: return .sum
      case .resetBefore: return .none
      }
    case .indrnn, .mingru, .minlstm, .lem, .slstm: return .none
    }
  }

  /// Whether PyTorch has such a layer, so that its arrays say all there is to say.
  var isPyTorchs: Bool {
    guard let first = directions.first, recurrentBias != .none, !isResidual, sweep == nil,
      directions.allSatisfy({
        !$0.learnsState && $0.regularization == Regularization()
          && ($0.convention ?? .resetAfter) == .resetAfter
      })
    else { return false }
    guard directions.count == 2 else { return !first.isReversed }
    var second = directions[1]
    second.isReversed = first.isReversed
    return second == first && (merge ?? .concatenate) == .concatenate
  }
}

extension LSTMCell.Options {
  /// Whether PyTorch has such LSTMs: plain ones, and projected ones.
  fileprivate var isPyTorchs: Bool { self == Self(projectionSize: projectionSize) }
}

extension SafetensorsFile {
  /// The array of 32-bit floats of this name and, if it is given, of this shape.
  fileprivate func strictTensor(
    named name: String,
    _ shape: Shape? = nil
  ) throws(FileError) -> Tensor {
    let value = try tensor(named: name)
    if let shape, value.shape != shape {
      throw problem("array '\(name)' has shape \(value.shape), and \(shape) is wanted")
    }
    return value
  }
}

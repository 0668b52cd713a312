public import Recurrent

extension SequenceModel {
  /// The layers and the head in a few words: "2 bidirectional LSTM layers 28 -> 128 -> 64, head 10".
  ///
  /// Layers of one kind that follow on one another are counted together.
  public var structure: String {
    var groups: [(kind: String, sizes: [Int])] = []
    for layer in layers {
      let kind = layer.kind
      if let last = groups.indices.last, groups[last].kind == kind {
        groups[last].sizes.append(layer.outputSize)
      } else {
        groups.append((kind, [layer.inputSize, layer.outputSize]))
      }
    }
    let words = groups.map { group in
      let count = group.sizes.count - 1
      let sizes = group.sizes.map { "\($0)" }.joined(separator: " -> ")
      return "\(count) \(group.kind) layer\(count == 1 ? "" : "s") \(sizes)"
    }
    return (words + ["head \(head.outputSize)"]).joined(separator: ", ")
  }
}

extension RecurrentLayer {
  fileprivate var kind: String {
    guard let description = SequenceModel.description(of: self),
      let direction = description.directions.first
    else { return "\(Self.self)" }
    var words: [String] = []
    if description.isResidual { words.append("residual") }
    if description.directions.count == 2 {
      words.append("bidirectional")
    } else if direction.isReversed {
      words.append("reversed")
    }
    if direction.options?.projectionSize != nil { words.append("projected") }
    if direction.kind == .rnn, direction.activation == .relu { words.append("relu") }
    return (words + [direction.kind.rawValue.uppercased()]).joined(separator: " ")
  }
}

/// Where the states of a model's layers lie in one block of floats.
///
/// [hidden state of each layer | the same again | further states of each layer that has some |
/// what a step of a layer needs room for], every part padded to whole panels. There are two hidden
/// states because a step may not write the one it reads; further states are changed in place.
final class StreamingLayout: Sendable {
  let cells: [FusedCell]
  /// Where each layer's hidden state begins, and the other one `hiddenCount` floats after it.
  let hidden: [Int]
  /// Where each layer's further states begin; means nothing for a layer without any.
  let states: [Int]
  let hiddenCount: Int
  /// Where the room of each layer's step begins.
  let scratch: [Int]
  /// The floats of all states and of the room for a step.
  let count: Int

  init(_ layers: [FusedLayerPlan]) {
    cells = layers.map { $0.directions[0].cell }
    var places: [Int] = []
    var end = 0
    for cell in cells {
      places.append(end)
      end += cell.paddedOutputSize
    }
    hidden = places
    hiddenCount = end
    end *= 2
    places = []
    for cell in cells {
      places.append(end)
      end += cell.stateCount * cell.layout.paddedHiddenSize
    }
    states = places
    places = []
    for layer in layers {
      places.append(end)
      end += Self.scratchCount(of: layer)
    }
    scratch = places
    count = end
  }
}

extension StreamingLayout {
  /// The floats that a step of a layer needs room for: an output with the input added, then gates,
  /// what a second product reads, and what it gives.
  private static func scratchCount(of layer: FusedLayerPlan) -> Int {
    let cell = layer.directions[0].cell
    let residual = layer.isResidual ? cell.paddedOutputSize : 0
    let gates = cell.needsGates ? cell.gateCount(rows: 1) : 0
    guard cell.second != nil else { return residual + gates }
    return residual + gates + cell.layout.paddedHiddenSize + cell.paddedOutputSize
  }
}

extension StreamingLayout: Equatable, CustomStringConvertible {
  static func == (a: StreamingLayout, b: StreamingLayout) -> Bool { a.cells == b.cells }

  /// The layers and their sizes, such as "LSTM 28 -> 128, RNN 128 -> 16".
  var description: String {
    cells.map { "\($0.name) \($0.inputSize) -> \($0.outputSize)" }.joined(separator: ", ")
  }
}

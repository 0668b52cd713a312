/// Where the states of a model's layers lie in one block of floats.
///
/// [hidden state of each layer | the same again | further states of each layer that has some |
/// what a step of a layer needs room for | what products in 8 bits need room for], every state padded
/// to whole panels. There are two hidden states because a step may not write the one it reads; further
/// states are changed in place. Of R rows that take a step together everything is R times as far and
/// as large: hidden states are [R][padded], further states and gates [panel][R][units].
final class StreamingLayout: Sendable {
  let cells: [FusedCell]
  let weights: StreamingWeights
  /// Where each layer's hidden state begins, and the other one `hiddenCount` floats after it.
  let hidden: [Int]
  /// Where each layer's further states begin; means nothing for a layer without any.
  let states: [Int]
  let hiddenCount: Int
  /// Where the room of each layer's step begins.
  let scratch: [Int]
  /// Where the room of products in 8 bits begins, the most sums that a layer has, and the most numbers
  /// that one of the products reads.
  let int8Room: (offset: Int, sumCount: Int, depth: Int)
  /// The floats of the states alone.
  let stateCount: Int
  /// The floats of all states and of the room for a step.
  let count: Int

  init(_ layers: [FusedLayerPlan], weights: StreamingWeights, headDepth: Int) {
    cells = layers.map { $0.directions[0].cell }
    self.weights = weights
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
    stateCount = end
    places = []
    for layer in layers {
      places.append(end)
      end += Self.scratchCount(of: layer)
    }
    scratch = places
    let depth = max(headDepth, cells.map(Int8Layer.depth).max() ?? 0)
    int8Room = (end, cells.map(Int8Layer.sumCount).max() ?? 0, depth)
    count =
      end + (weights == .int8 ? int8Room.sumCount + Int8Panels.roomCount(depth: depth) : 0)
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
  static func == (a: StreamingLayout, b: StreamingLayout) -> Bool {
    a.cells == b.cells && a.weights == b.weights && a.count == b.count
  }

  /// The layers and their sizes, such as "LSTM 28 -> 128, RNN 128 -> 16".
  var description: String {
    cells.map { "\($0.name) \($0.inputSize) -> \($0.outputSize)" }.joined(separator: ", ")
      + (weights == .int8 ? " in 8 bits" : "")
  }
}

/// Where the states of a model's layers lie in one block of floats.
///
/// [hidden state of each layer | the same again | cell state of each layer that has one], every
/// part padded to whole panels. There are two hidden states because a step may not write the one it
/// reads; a cell state is changed in place.
final class StreamingLayout: Sendable {
  let cells: [FusedCell]
  /// Where each layer's hidden state begins, and the other one `hiddenCount` floats after it.
  let hidden: [Int]
  /// Where each layer's cell state begins; means nothing for a layer without one.
  let cell: [Int]
  let hiddenCount: Int
  /// The floats of all states.
  let count: Int

  init(_ cells: [FusedCell]) {
    self.cells = cells
    var places: [Int] = []
    var end = 0
    for cell in cells {
      places.append(end)
      end += cell.layout.paddedHiddenSize
    }
    hidden = places
    hiddenCount = end
    end *= 2
    places = []
    for cell in cells {
      places.append(end)
      if cell.hasCellState { end += cell.layout.paddedHiddenSize }
    }
    cell = places
    count = end
  }
}

extension StreamingLayout: Equatable, CustomStringConvertible {
  static func == (a: StreamingLayout, b: StreamingLayout) -> Bool { a.cells == b.cells }

  /// The layers and their sizes, such as "LSTM 28 -> 128, RNN 128 -> 16".
  var description: String {
    cells.map { "\($0.kind == .lstm ? "LSTM" : "RNN") \($0.inputSize) -> \($0.hiddenSize)" }
      .joined(separator: ", ")
  }
}

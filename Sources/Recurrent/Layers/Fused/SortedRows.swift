/// The rows of a batch in the order in which the engine takes them: by length, the longest first.
struct SortedRows: Sendable {
  /// The batch's row of each sorted row.
  let order: [Int]
  let steps: Int
  /// The lengths of the sorted rows; nil where all have all steps.
  private let lengths: [Int]?

  init(_ lengths: [Int]?, batch: Int, steps: Int) {
    self.steps = steps
    guard let lengths, lengths.contains(where: { $0 != steps }) else {
      order = Array(0..<batch)
      self.lengths = nil
      return
    }
    order = Self.order(of: lengths)
    self.lengths = order.map { lengths[$0] }
  }

  /// The places of lengths from the longest to the shortest; equal ones as they come.
  static func order(of lengths: [Int]) -> [Int] {
    lengths.indices.sorted { (lengths[$0], $1) > (lengths[$1], $0) }
  }

  /// The number of rows that have each step, of lengths from the longest to the shortest.
  static func running(_ lengths: [Int], steps: Int) -> [Int] {
    var running = [Int](repeating: 0, count: steps)
    var rows = lengths.count
    for step in 0..<steps {
      while rows > 0 && lengths[rows - 1] <= step { rows -= 1 }
      running[step] = rows
    }
    return running
  }

  var count: Int { order.count }

  func length(ofSorted row: Int) -> Int { lengths?[row] ?? steps }

  func extent(isReversed: Bool) -> FusedSequence.Extent {
    FusedSequence.Extent(
      rows: count,
      steps: steps,
      running: lengths.map { Self.running($0, steps: steps) },
      isReversed: isReversed
    )
  }

  /// A tensor's rows in this order.
  func sorted(_ tensor: Tensor) -> Tensor {
    lengths == nil ? tensor : tensor.detached.gathered(at: order)
  }

  /// The rows of a sorted tensor in the batch's order.
  func unsorted(_ tensor: Tensor) -> Tensor {
    guard lengths != nil else { return tensor }
    var places = [Int](repeating: 0, count: count)
    for (sorted, row) in order.enumerated() { places[row] = sorted }
    return tensor.detached.gathered(at: places)
  }
}

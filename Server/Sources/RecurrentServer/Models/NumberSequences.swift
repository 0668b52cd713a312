/// Sequences of steps of as many numbers each, one after another.
struct NumberSequences: Sendable, Equatable {
  /// The numbers of one step.
  let width: Int
  /// All numbers, `[step, width]`.
  var values: [Float] = []
  /// The steps of each sequence.
  private(set) var lengths: [Int] = []
  private var ended = 0

  init(width: Int) { self.width = width }

  /// Sequences of these numbers, all of one length.
  init(width: Int, values: [Float], count: Int) {
    self.width = width
    self.values = values
    lengths = Array(repeating: values.count / (width * count), count: count)
    ended = values.count
  }

  /// Makes a sequence of the numbers that came since the last one.
  mutating func endSequence() {
    lengths.append((values.count - ended) / width)
    ended = values.count
  }

  /// The numbers of each sequence.
  var parts: [ArraySlice<Float>] {
    var start = 0
    return lengths.map { length in
      defer { start += length * width }
      return values[start..<start + length * width]
    }
  }
}

/// How much is read at once.
struct SequenceLimits: Sendable {
  var sequences: Int
  var steps: Int
  /// The numbers that are read, or answered, for one request.
  var numbers: Int

  /// Checks that so many steps of so many numbers are not too many.
  ///
  /// - Throws: `Problem` where they are.
  func check(steps: Int, numbers count: Int) throws(Problem) {
    let (product, isTooLarge) = steps.multipliedReportingOverflow(by: count)
    guard !isTooLarge, product <= numbers else {
      throw .tooLarge(
        "\(steps) steps are \(count) numbers each, too many for one request; send fewer at once"
      )
    }
  }
}

extension SequenceDataset {
  /// What is to be answered about the sequences.
  public enum Targets: Sendable {
    /// The class of each example, from 0 on.
    case classes([Int])
    /// The class of each step, `[example, time]`; -1 where none is known.
    case classesOfSteps([Int32])
    /// Numbers about each example, `[example, output]`; NaN where one is not known.
    case numbers([Float])
    /// Numbers about each step, `[example, time, output]`; NaN where one is not known.
    case numbersOfSteps([Float])
    /// The token that follows each step; for sequences of tokens.
    case nextTokens
    /// The row that follows each step, of rows beside those that are read; NaN where a number is not
    /// known. The steps of each example before its own of `firstSteps` have nothing to be answered.
    case nextRows(NumberRows, firstSteps: [Int])
  }

  /// Whether the answers are classes rather than numbers.
  public var answersAreClasses: Bool {
    switch targets {
    case .classes, .classesOfSteps, .nextTokens: true
    case .numbers, .numbersOfSteps, .nextRows: false
    }
  }

  /// Whether there is an answer for each step rather than one for each sequence.
  public var answersEachStep: Bool {
    switch targets {
    case .classesOfSteps, .numbersOfSteps, .nextTokens, .nextRows: true
    case .classes, .numbers: false
    }
  }

  /// The class of each example; empty where the answers are others.
  public var labels: [Int] {
    if case .classes(let labels) = targets { labels } else { [] }
  }

  /// What each class is called; empty where the answers are numbers.
  public var classNames: [String] { answersAreClasses ? outputNames : [] }

  /// The number of answers that are known about the examples at `indices`.
  ///
  /// A batch's cost is the mean over them.
  public func answerCount(at indices: some Collection<Int>) -> Int {
    let outputs = outputNames.count
    switch targets {
    case .classes: return indices.count
    case .nextTokens: return indices.reduce(0) { $0 + length(ofExample: $1) }
    case .numbers(let numbers):
      return indices.reduce(0) { sum, index in
        sum + numbers[index * outputs..<(index + 1) * outputs].count { !$0.isNaN }
      }
    case .classesOfSteps(let labels):
      return indices.reduce(0) { sum, index in
        let first = index * steps
        return sum + labels[first..<first + length(ofExample: index)].count { $0 >= 0 }
      }
    case .numbersOfSteps(let numbers):
      return indices.reduce(0) { sum, index in
        let first = index * steps * outputs
        return sum
          + numbers[first..<first + length(ofExample: index) * outputs].count { !$0.isNaN }
      }
    case .nextRows(let rows, let firstSteps):
      return indices.reduce(0) { sum, index in
        sum
          + (firstSteps[index]..<length(ofExample: index)).reduce(0) { known, step in
            let row = rowAhead(ofExample: index, step: step)
            return known + (0..<outputs).count { !rows[row, $0].isNaN }
          }
      }
    }
  }

  /// The row that follows a step of an example of windows.
  func rowAhead(ofExample index: Int, step: Int) -> Int {
    guard case .windows(let windows) = elements else { return 0 }
    return windows.starts[index] + step + 1
  }

  /// Traps unless the targets fit `count` examples.
  func requireFit(_ targets: Targets, count: Int) {
    let outputs = outputNames.count
    func requireCount(_ found: Int, _ wanted: Int) {
      require(
        found == wanted,
        "a SequenceDataset of \(count) examples needs \(wanted) targets, got \(found)"
      )
    }
    func requireClasses(_ areInRange: Bool, orNone: Bool) {
      require(
        areInRange,
        "SequenceDataset labels must be from 0 to \(outputs - 1)\(orNone ? ", or -1 for none" : "")"
      )
    }
    require(outputs > 0, "a SequenceDataset needs a name for each class or number to be answered")
    switch targets {
    case .classes(let labels):
      requireCount(labels.count, count)
      requireClasses(labels.allSatisfy { 0..<outputs ~= $0 }, orNone: false)
    case .classesOfSteps(let labels):
      requireCount(labels.count, count * steps)
      requireClasses(labels.allSatisfy { -1..<outputs ~= Int($0) }, orNone: true)
    case .numbers(let numbers): requireCount(numbers.count, count * outputs)
    case .numbersOfSteps(let numbers): requireCount(numbers.count, count * steps * outputs)
    case .nextTokens:
      guard case .tokens(let tokens) = elements else {
        return require(false, "only tokens have a token that follows")
      }
      require(
        (0..<count).allSatisfy { tokens.starts[$0] + length(ofExample: $0) < tokens.text.count },
        "the last step of a sequence has no token that follows"
      )
    case .nextRows(let rows, let firstSteps):
      guard case .windows(let windows) = elements else {
        return require(false, "only windows of rows have a row that follows")
      }
      requireCount(firstSteps.count, count)
      require(
        rows.count == windows.rows.count && rows.columns == outputs,
        """
        rows of \(outputs) numbers to be answered are wanted beside \(windows.rows.count), got \
        \(rows.count) of \(rows.columns)
        """
      )
      require(
        (0..<count).allSatisfy {
          windows.starts[$0] + length(ofExample: $0) < rows.count
            && 0...length(ofExample: $0) ~= firstSteps[$0]
        },
        "the last step of a sequence has no row that follows, or its first is outside of it"
      )
    }
  }

  /// The targets of the examples in `range`, in order.
  func slicedTargets(_ range: Range<Int>) -> Targets {
    func part<Element>(_ all: [Element], _ size: Int) -> [Element] {
      Array(all[range.lowerBound * size..<range.upperBound * size])
    }
    let outputs = outputNames.count
    return switch targets {
    case .classes(let labels): .classes(part(labels, 1))
    case .classesOfSteps(let labels): .classesOfSteps(part(labels, steps))
    case .numbers(let numbers): .numbers(part(numbers, outputs))
    case .numbersOfSteps(let numbers): .numbersOfSteps(part(numbers, steps * outputs))
    case .nextTokens: .nextTokens
    case .nextRows(let rows, let firstSteps): .nextRows(rows, firstSteps: part(firstSteps, 1))
    }
  }

  /// What it holds, for a message.
  var text: String {
    """
    steps of \(features) features and \(outputNames.count) \(answersAreClasses ? "class" : "number")\
    \(outputNames.count == 1 ? "" : answersAreClasses ? "es" : "s") for each \
    \(answersEachStep ? "step" : "sequence")
    """
  }
}

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
  }

  /// Whether the answers are classes rather than numbers.
  public var answersAreClasses: Bool {
    switch targets {
    case .classes, .classesOfSteps, .nextTokens: true
    case .numbers, .numbersOfSteps: false
    }
  }

  /// Whether there is an answer for each step rather than one for each sequence.
  public var answersEachStep: Bool {
    switch targets {
    case .classesOfSteps, .numbersOfSteps, .nextTokens: true
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
    }
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

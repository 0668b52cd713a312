extension SequenceDataset {
  /// The same sequences with the steps of each in random order, its padding left where it is.
  ///
  /// Of a model that answers these as well, nothing shows that it needs the order of steps. What is to
  /// be answered of a step goes with it. Example n is shuffled by a stream of its own, so that the same
  /// seed gives the same order.
  ///
  /// - Precondition: The examples do not go on with one another, and are not asked for what comes next.
  public func shuffledInTime(seed: UInt64) -> SequenceDataset {
    switch targets {
    case .nextTokens:
      require(false, "a text with its tokens in random order has no next token to be told")
    case .nextRows: require(false, "rows in random order have no next row to be told")
    case .classes, .classesOfSteps, .numbers, .numbersOfSteps: break
    }
    require(stream == nil, "examples that go on with one another have no order each of its own")
    let orders = (0..<count).map { index in
      var stream = RandomStream(
        seed: seed,
        purpose: .timeShuffling,
        index: UInt32(truncatingIfNeeded: index)
      )
      return stream.permutation(of: length(ofExample: index))
    }
    let shuffled: Elements =
      switch elements {
      case .bytes(let bytes, let scale):
        .bytes(Self.reordered(bytes, by: orders, steps: steps, width: features), scale: scale)
      case .floats(let values):
        .floats(Self.reordered(values, by: orders, steps: steps, width: features))
      case .tokens(let windows): .tokens(Self.reordered(windows, by: orders))
      case .windows(let windows): .windows(Self.reordered(windows, by: orders))
      }
    return SequenceDataset(
      elements: shuffled,
      count: count,
      steps: steps,
      features: features,
      targets: reorderedTargets(by: orders),
      outputNames: outputNames,
      lengths: lengths
    )
  }

  private func reorderedTargets(by orders: [[Int]]) -> Targets {
    switch targets {
    case .classes, .numbers, .nextTokens, .nextRows: targets
    case .classesOfSteps(let labels):
      .classesOfSteps(Self.reordered(labels, by: orders, steps: steps, width: 1))
    case .numbersOfSteps(let numbers):
      .numbersOfSteps(Self.reordered(numbers, by: orders, steps: steps, width: outputNames.count))
    }
  }

  private static func reordered<Element>(
    _ all: [Element],
    by orders: [[Int]],
    steps: Int,
    width: Int
  ) -> [Element] {
    var result = all
    for (index, order) in orders.enumerated() {
      let first = index * steps * width
      for (step, source) in order.enumerated() where step != source {
        for place in 0..<width {
          result[first + step * width + place] = all[first + source * width + place]
        }
      }
    }
    return result
  }

  /// Windows of new rows that are one after another.
  private static func reordered(_ windows: NumberWindows, by orders: [[Int]]) -> NumberWindows {
    var numbers: [Float] = []
    var starts: [Int] = []
    for (index, order) in orders.enumerated() {
      starts.append(numbers.count / windows.rows.columns)
      for source in order {
        let row = windows.starts[index] + source
        numbers += windows.rows.numbers(in: row..<row + 1)
      }
    }
    return NumberWindows(
      of: NumberRows(numbers, columns: windows.rows.columns),
      startingAt: starts
    )
  }

  /// Windows of a new text that holds one after another.
  private static func reordered(_ windows: TokenWindows, by orders: [[Int]]) -> TokenWindows {
    var tokens: [UInt16] = []
    var starts: [Int] = []
    for (index, order) in orders.enumerated() {
      let start = windows.starts[index]
      let window = windows.text.tokens(in: start..<start + order.count)
      starts.append(tokens.count)
      tokens += order.map { window[$0] }
    }
    return TokenWindows(
      of: TokenText(tokens, vocabulary: windows.text.vocabulary),
      startingAt: starts
    )
  }
}

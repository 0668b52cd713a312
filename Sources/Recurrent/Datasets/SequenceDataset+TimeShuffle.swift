extension SequenceDataset {
  /// The same sequences with the steps of each in random order, its padding left where it is.
  ///
  /// Of a model that answers these as well, nothing shows that it needs the order of steps. What is to
  /// be answered of a step goes with it. Example n is shuffled by a stream of its own, so that the same
  /// seed gives the same order.
  ///
  /// - Precondition: The examples do not go on with one another, and are not asked for the next token.
  public func shuffledInTime(seed: UInt64) -> SequenceDataset {
    if case .nextTokens = targets {
      require(false, "a text with its tokens in random order has no next token to be told")
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
    case .classes, .numbers, .nextTokens: targets
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

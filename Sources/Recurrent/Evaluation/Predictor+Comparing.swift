import Synchronization

extension Predictor {
  /// Compares the model's answers about every example with what is to be answered.
  ///
  /// Windows of a stream are read one after another, with the states carried between them. The
  /// result is the same for any number of threads.
  ///
  /// - Precondition: The model reads such sequences, and answers what is to be answered. The layers of
  ///   one that reads a stream read forward only.
  public func compare(with dataset: SequenceDataset) -> AnswerComparison {
    requireAnswers(to: dataset)
    guard let stream = dataset.stream else {
      let parts = parts(of: dataset)
      return turn.withLock { _ in
        Self.total(of: results(dataset, parts[...], carrying: nil), parts, of: dataset)
      }
    }
    let all = Array(0..<dataset.count)
    let states = CarriedStates(weights.plans, lanes: stream.lanes)
    require(
      states != nil,
      "only layers that read forward carry states from one window to the next"
    )
    let sharding = Sharding(rows: stream.lanes)
    return turn.withLock { _ in
      var total = AnswerComparison()
      for first in stride(from: 0, to: dataset.count, by: stream.lanes) {
        let batch = dataset.sortedByLength(all[first..<first + stream.lanes])
        let shards = (0..<sharding.count).map { shard in
          let range = sharding[shard]
          return batch[batch.startIndex + range.lowerBound..<batch.startIndex + range.upperBound]
        }
        let results = results(dataset, shards[...], carrying: states)
        total.add(Self.total(of: results, shards, of: dataset))
        states?.advance()
      }
      return total
    }
  }

  /// Compares the answers as `compare(with:)` does, to the same bits, each process of a group a share of
  /// them.
  ///
  /// Windows of a stream, which go on with what those before left, are read by every process.
  ///
  /// - Throws: `ProcessLoss` when another process is gone.
  public func compare(
    with dataset: SequenceDataset,
    sharedBy processes: ProcessGroup
  ) throws(ProcessLoss) -> AnswerComparison {
    guard dataset.stream == nil else { return compare(with: dataset) }
    requireAnswers(to: dataset)
    let parts = parts(of: dataset)
    func first(_ process: Int) -> Int { process * parts.count / processes.count }
    let own = first(processes.rank)..<first(processes.rank + 1)
    let ownResults = turn.withLock { _ in results(dataset, parts[own], carrying: nil) }
    var words = [UInt64](repeating: 0, count: 2 * parts.count)
    for (part, result) in zip(own, ownResults) {
      words[2 * part] = result.lossSum.bitPattern
      words[2 * part + 1] = UInt64(bitPattern: Int64(result.correct))
    }
    try processes.gather(in: &words) { 2 * first($0) }
    let all = parts.indices.map { part in
      var result = BatchResult()
      result.lossSum = Double(bitPattern: words[2 * part])
      result.correct = Int(truncatingIfNeeded: Int64(bitPattern: words[2 * part + 1]))
      return result
    }
    return Self.total(of: all, parts, of: dataset)
  }

  /// All examples in the parts that go through the model together.
  private func parts(of dataset: SequenceDataset) -> [ArraySlice<Int>] {
    let indices = Array(dataset.sortedByLength(Array(0..<dataset.count)[...]))
    return (0..<dataset.count).split(by: partSize(of: dataset.count)).map { indices[$0] }
  }

  private func requireAnswers(to dataset: SequenceDataset) {
    require(
      weights.canRead(dataset) && weights.canAnswer(dataset),
      """
      a model that reads \(weights.inputText) and answers with \(weights.outputText) cannot be \
      compared with \(dataset.text)
      """
    )
  }

  /// What came of each part; called by who has the turn.
  private func results(
    _ dataset: SequenceDataset,
    _ parts: ArraySlice<ArraySlice<Int>>,
    carrying states: CarriedStates?
  ) -> [BatchResult] {
    let results = Guarded([BatchResult](repeating: BatchResult(), count: parts.count))
    pool.forEach(
      parts.count,
      nonescaping: { [self] place, worker in
        let part = parts[parts.startIndex + place]
        let result = workers[worker].evaluate(dataset, at: part, carrying: states)
        results.withLock { $0[place] = result }
      }
    )
    return results.withLock(\.self)
  }

  private static func total(
    of results: [BatchResult],
    _ parts: [ArraySlice<Int>],
    of dataset: SequenceDataset
  ) -> AnswerComparison {
    var total = AnswerComparison()
    for (part, result) in zip(parts, results) {
      total.lossSum += result.lossSum
      total.correct += result.correct
      total.count += dataset.answerCount(at: part)
    }
    return total
  }
}

extension GradientExchange {
  /// What came of a batch's shards, of all processes.
  struct Results {
    /// Loss and hits of each shard.
    var shards: [(lossSum: Double, correct: Int)]
    /// Whether a process asks all to pause after the step.
    var isPausing: Bool
  }

  /// Tells all processes what came of this one's shards.
  ///
  /// - Throws: `ProcessLoss` when another process is gone.
  func gather(
    _ own: [(lossSum: Double, correct: Int)],
    isPausing: Bool,
    of allotment: ShardAllotment
  ) throws(ProcessLoss) -> Results {
    // Of each process a word that says whether it asks for a pause, then two for each of its shards.
    func start(_ process: Int) -> Int {
      let shards =
        process == allotment.processes
        ? allotment.shards : allotment.shards(of: process).lowerBound
      return process + 2 * shards
    }
    var words = [UInt64](repeating: 0, count: start(allotment.processes))
    var place = start(processes.rank)
    words[place] = isPausing ? 1 : 0
    for result in own {
      words[place + 1] = result.lossSum.bitPattern
      words[place + 2] = UInt64(bitPattern: Int64(result.correct))
      place += 2
    }
    try processes.gather(in: &words, startingAt: start)
    var results = Results(shards: [], isPausing: false)
    for process in 0..<allotment.processes {
      var place = start(process)
      if words[place] != 0 { results.isPausing = true }
      for _ in allotment.shards(of: process) {
        results.shards.append(
          (
            Double(bitPattern: words[place + 1]),
            Int(truncatingIfNeeded: Int64(bitPattern: words[place + 2]))
          )
        )
        place += 2
      }
    }
    return results
  }
}

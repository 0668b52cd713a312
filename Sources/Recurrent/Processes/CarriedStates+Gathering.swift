extension CarriedStates {
  /// Tells all processes what each of them left in the lanes of its rows after the batch.
  ///
  /// `lanes` has the lane of each row; `start` says at which row a process's rows begin.
  func gather(
    over processes: ProcessGroup,
    lanes: [Int],
    startingAt start: (Int) -> Int
  ) throws(ProcessLoss) {
    let size = sizes.reduce(0, +)
    var numbers = [Float](repeating: 0, count: lanes.count * size)
    let own = start(processes.rank)..<start(processes.rank + 1)
    unsafe copy(rows: own, lanes) { place, state, count in
      for n in 0..<count { numbers[place + n] = unsafe state[n] }
    }
    try processes.gather(in: &numbers) { start($0) * size }
    for rows in [0..<own.lowerBound, own.upperBound..<lanes.count] {
      unsafe copy(rows: rows, lanes) { place, state, count in
        for n in 0..<count { unsafe state[n] = numbers[place + n] }
      }
    }
  }

  /// Calls `body` with the place of each state among the numbers of all rows, and with the state itself.
  private func copy(
    rows: Range<Int>,
    _ lanes: [Int],
    _ body: (Int, UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    var place = rows.lowerBound * sizes.reduce(0, +)
    for row in rows {
      for layer in sizes.indices {
        unsafe body(place, after(layer: layer, lane: lanes[row]), sizes[layer])
        place += sizes[layer]
      }
    }
  }
}

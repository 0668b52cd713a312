// The states that rows carry from one window of a long sequence to the next.
extension FusedLayerRun {
  /// The states before the first step: those of the rows' lanes where they go on, else the learned
  /// ones, or none.
  func initialState(_ weights: FusedLayerWeights) -> FusedSequence.InitialState? {
    guard let rows = carriedRows, rows.anyGoesOn else { return unsafe weights.initialState }
    let cell = weights.direction.cell
    let learned = unsafe weights.initialState
    let base = unsafe carriedStates.reserve(extent.rows * stateSize(of: cell))
    for row in 0..<extent.rows {
      let source = unsafe rows.states.before(layer: layer, lane: rows.lanes[row])
      for part in 0...cell.stateCount {
        let (size, target) = unsafe place(part, row: row, of: cell, in: base)
        if rows.goOn[row] {
          unsafe target.update(from: source + offset(of: part, of: cell), count: size)
        } else if let state = unsafe part == 0 ? learned?.hidden : learned?.state(part - 1) {
          unsafe target.update(from: state.base, count: size)
        } else {
          unsafe target.update(repeating: 0, count: size)
        }
      }
    }
    func state(_ index: Int) -> FusedSequence.Rows? {
      guard index < cell.stateCount else { return nil }
      return unsafe FusedSequence.Rows(
        base: UnsafePointer(place(index + 1, row: 0, of: cell, in: base).start),
        rowStride: cell.hiddenSize
      )
    }
    return unsafe FusedSequence.InitialState(
      hidden: FusedSequence.Rows(base: UnsafePointer(base), rowStride: cell.outputSize),
      states: (state(0), state(1), state(2))
    )
  }

  /// Leaves the states after each row's last step in its lane.
  func storeStates(of rows: CarriedRows) {
    let sequence = sequences[0]
    let cell = sequence.cell
    let base = unsafe carriedStates.reserve(extent.rows * stateSize(of: cell))
    unsafe sequence.readFinalHidden(base)
    for index in 0..<cell.stateCount {
      unsafe sequence.readFinalState(index, place(index + 1, row: 0, of: cell, in: base).start)
    }
    for row in 0..<extent.rows {
      let target = unsafe rows.states.after(layer: layer, lane: rows.lanes[row])
      for part in 0...cell.stateCount {
        let (size, source) = unsafe place(part, row: row, of: cell, in: base)
        unsafe (target + offset(of: part, of: cell)).update(from: source, count: size)
      }
    }
  }

  /// Clears the gradients of the states before the first step in rows that went on: gradients stop
  /// there.
  func clear(_ gradients: UnsafeMutablePointer<Float>, rows: CarriedRows, of cell: FusedCell) {
    for row in 0..<extent.rows where rows.goOn[row] {
      for part in 0...cell.stateCount {
        let (size, target) = unsafe place(part, row: row, of: cell, in: gradients)
        unsafe target.update(repeating: 0, count: size)
      }
    }
  }

  private func stateSize(of cell: FusedCell) -> Int {
    cell.outputSize + cell.stateCount * cell.hiddenSize
  }

  /// Where a part of a lane's state begins: the hidden state, then the further ones.
  private func offset(of part: Int, of cell: FusedCell) -> Int {
    part == 0 ? 0 : cell.outputSize + (part - 1) * cell.hiddenSize
  }

  /// Where a row's part is in memory that has all rows' hidden states, then all rows' first further
  /// states, and so on.
  private func place(
    _ part: Int,
    row: Int,
    of cell: FusedCell,
    in base: UnsafeMutablePointer<Float>
  ) -> (size: Int, start: UnsafeMutablePointer<Float>) {
    let size = part == 0 ? cell.outputSize : cell.hiddenSize
    return unsafe (size, base + extent.rows * offset(of: part, of: cell) + row * size)
  }
}

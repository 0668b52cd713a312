/// One worker's memory for a sweep, and the way of a shard through it.
///
/// A shard's grid is put in order as lines, one after another: those are the rows of the layer that
/// is swept. Across, there is a line for each step of each row, down for each place of each row.
final class FusedSweepRun: FusedRun {
  private let run: FusedLayerRun
  private let sweep: LayerDescription.Sweep
  private var extent = FusedSequence.Extent(rows: 0, steps: 0)
  private var lines = FusedSequence.Extent(rows: 0, steps: 0)
  /// The lines that come before those of each step, and of the step past the last.
  private var firstLines: [Int] = []
  private let inputLines = Buffer()
  private let merged = Buffer()
  private let outputLines = Buffer()
  private let inputGradient = Buffer()

  init(_ run: FusedLayerRun, sweep: LayerDescription.Sweep) {
    self.run = run
    self.sweep = sweep
  }

  private var inputSize: Int { run.plan.inputSize }
  private var outputSize: Int { run.plan.outputSize }

  func forward(
    _ input: FusedSequence.Steps,
    _ extent: FusedSequence.Extent,
    weights: [FusedLayerWeights],
    drawing: MaskStreams?,
    carrying rows: CarriedRows?,
    keeping: FusedSequence.Keeping
  ) -> FusedSequence.Steps {
    measure(extent)
    unsafe gather(input, size: inputSize, into: inputLines)
    let result = unsafe run.forward(
      steps(of: inputLines, size: inputSize),
      lines,
      weights: weights,
      drawing: nil,
      carrying: nil,
      keeping: keeping == .lastOutput ? .outputs : keeping
    )
    unsafe scatter(result, size: outputSize, into: merged)
    return unsafe outputs
  }

  var outputs: FusedSequence.Steps { unsafe grid(merged, size: outputSize) }

  func readFinal(_ target: UnsafeMutablePointer<Float>, input: FusedSequence.Steps) {
    let (size, all) = unsafe (sweep.places * outputSize, outputs)
    for row in 0..<extent.rows {
      unsafe (target + row * size).update(
        from: all.step(extent.length(of: row) - 1) + row * all.rowStride,
        count: size
      )
    }
  }

  func backward(
    _ input: FusedSequence.Steps,
    weights: [FusedLayerWeights],
    outputs: FusedSequence.Steps?,
    final: UnsafePointer<Float>?,
    gradient: UnsafeMutablePointer<Float>,
    wantsInputGradient: Bool
  ) -> FusedSequence.Steps? {
    let size = outputSize
    let arriving = unsafe outputLines.reserve(lines.rows * lines.steps * size)
    if let outputs = unsafe outputs {
      unsafe gather(outputs, size: size, into: outputLines)
    } else {
      unsafe arriving.update(repeating: 0, count: lines.rows * lines.steps * size)
    }
    if let final = unsafe final {
      for row in 0..<extent.rows {
        let last = extent.length(of: row) - 1
        for place in 0..<sweep.places {
          let source = unsafe final + (row * sweep.places + place) * size
          let target = unsafe arriving + self.place(row, last, place) * size
          for unit in 0..<size { unsafe target[unit] += source[unit] }
        }
      }
    }
    let below = unsafe run.backward(
      steps(of: inputLines, size: inputSize),
      weights: weights,
      outputs: steps(of: outputLines, size: size),
      final: nil,
      gradient: gradient,
      wantsInputGradient: wantsInputGradient
    )
    guard let below = unsafe below else { return nil }
    unsafe scatter(below, size: inputSize, into: inputGradient)
    return unsafe grid(inputGradient, size: inputSize)
  }

  // MARK: - The grid and its lines

  private func measure(_ extent: FusedSequence.Extent) {
    self.extent = extent
    switch sweep.axis {
    case .across:
      firstLines.removeAll(keepingCapacity: true)
      firstLines.append(0)
      for step in 0..<extent.steps {
        firstLines.append(firstLines[step] + extent.running(at: step))
      }
      lines = FusedSequence.Extent(rows: firstLines[extent.steps], steps: sweep.places)
    case .down:
      lines = FusedSequence.Extent(rows: extent.rows * sweep.places, steps: extent.steps)
      lines.running = extent.running.map { $0.map { $0 * sweep.places } }
    }
  }

  /// Where the numbers of a place are among the lines': `[step][line]`.
  private func place(_ row: Int, _ step: Int, _ place: Int) -> Int {
    sweep.axis == .across
      ? place * lines.rows + firstLines[step] + row
      : step * lines.rows + row * sweep.places + place
  }

  private func steps(of buffer: Buffer, size: Int) -> FusedSequence.Steps {
    unsafe FusedSequence.Steps(
      base: UnsafePointer(buffer.reserve(lines.rows * lines.steps * size)),
      rowStride: size,
      stepStride: lines.rows * size
    )
  }

  private func grid(_ buffer: Buffer, size: Int) -> FusedSequence.Steps {
    let row = sweep.places * size
    return unsafe FusedSequence.Steps(
      base: UnsafePointer(buffer.reserve(extent.steps * extent.rows * row)),
      rowStride: row,
      stepStride: extent.rows * row
    )
  }

  /// Puts a grid in order as lines.
  private func gather(_ source: FusedSequence.Steps, size: Int, into buffer: Buffer) {
    let target = unsafe buffer.reserve(lines.rows * lines.steps * size)
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        let numbers = unsafe source.step(step) + row * source.rowStride
        for place in 0..<sweep.places {
          unsafe (target + self.place(row, step, place) * size).update(
            from: numbers + place * size,
            count: size
          )
        }
      }
    }
  }

  /// Puts what belongs to lines in order as a grid.
  private func scatter(_ source: FusedSequence.Steps, size: Int, into buffer: Buffer) {
    let width = sweep.places * size
    let target = unsafe buffer.reserve(extent.steps * extent.rows * width)
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        let numbers = unsafe target + (step * extent.rows + row) * width
        for place in 0..<sweep.places {
          let (line, time) =
            sweep.axis == .across
            ? (firstLines[step] + row, place) : (row * sweep.places + place, step)
          unsafe (numbers + place * size).update(
            from: source.step(time) + line * source.rowStride,
            count: size
          )
        }
      }
    }
  }
}

import RecurrentKernels

/// What of the last layer's output a model's head reads, the head, and the loss; forward and back.
///
/// A head answers once for each row, or once for each step of each row; these answers are in the
/// order of steps, those of the rows that have a step one after another.
final class FusedHead {
  let weights: FusedModelWeights
  let loss: AnswerLoss
  var extent = FusedSequence.Extent(rows: 0, steps: 0)
  let summary = Buffer()
  private let mask = Buffer()
  private let rowMask = Buffer()
  let logits = Buffer()
  let losses = Buffer()
  let gradientPanels = Buffer()
  let summaryGradient = Buffer()
  let outputGradient = Buffer()
  /// The steps whose output was the largest, [row][unit].
  private(set) var places: [Int32] = []
  /// The class of each answer.
  var labels: [Int32] = []
  /// The answers before those of each step, where every step is answered; and all of them.
  private(set) var firstAnswers: [Int] = []

  init(_ weights: FusedModelWeights, loss: AnswerLoss) {
    self.weights = weights
    self.loss = loss
  }

  var size: Int { weights.headInputs }
  var answersEachStep: Bool { weights.summary == .allOutputs }
  /// The number of answers.
  var answers: Int { answersEachStep ? firstAnswers[extent.steps] : extent.rows }

  /// Gathers what the head reads of the last layer, [answer][unit].
  func summarize(
    _ layer: any FusedRun,
    input: FusedSequence.Steps,
    outputs: FusedSequence.Steps,
    _ extent: FusedSequence.Extent
  ) {
    self.extent = extent
    if answersEachStep { countAnswers() }
    let target = unsafe summary.reserve(answers * size)
    switch weights.summary {
    case .lastOutput: unsafe layer.readFinal(target, input: input)
    case .allOutputs: unsafe copySteps(outputs, to: target)
    case .meanOutput: unsafe addSteps(outputs, to: target)
    case .maxOutput: unsafe findLargest(outputs, target)
    }
  }

  private func countAnswers() {
    firstAnswers.removeAll(keepingCapacity: true)
    firstAnswers.append(0)
    for step in 0..<extent.steps {
      firstAnswers.append(firstAnswers[step] + extent.running(at: step))
    }
  }

  private func copySteps(_ outputs: FusedSequence.Steps, to target: UnsafeMutablePointer<Float>) {
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        unsafe (target + (firstAnswers[step] + row) * size).update(
          from: outputs.step(step) + row * outputs.rowStride,
          count: size
        )
      }
    }
  }

  private func addSteps(_ outputs: FusedSequence.Steps, to target: UnsafeMutablePointer<Float>) {
    unsafe target.update(repeating: 0, count: extent.rows * size)
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        unsafe kernels.pointee.add_scaled(
          size,
          1,
          outputs.step(step) + row * outputs.rowStride,
          target + row * size
        )
      }
    }
    for row in 0..<extent.rows {
      let length = Float(extent.length(of: row))
      for unit in 0..<size { unsafe target[row * size + unit] /= length }
    }
  }

  private func findLargest(
    _ outputs: FusedSequence.Steps,
    _ target: UnsafeMutablePointer<Float>
  ) {
    if places.count < extent.rows * size {
      places = [Int32](repeating: 0, count: extent.rows * size)
    }
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        let source = unsafe outputs.step(step) + row * outputs.rowStride
        for unit in 0..<size {
          let place = row * size + unit
          guard unsafe step == 0 || source[unit] > target[place] else { continue }
          unsafe target[place] = source[unit]
          places[place] = Int32(step)
        }
      }
    }
  }

  /// Multiplies what was gathered by the head's weights; `target` has rows of an answer each.
  func multiply(into target: UnsafeMutablePointer<Float>) {
    var product = unsafe RecurrentProduct(
      rows: answers,
      columns: weights.outputs,
      a: UnsafePointer(summary.reserve(answers * size)),
      a_row_stride: size,
      segments: 1,
      segment_depth: size,
      segment_stride: 0,
      panels: UnsafePointer(weights.head),
      c: target,
      c_row_stride: weights.outputs,
      c_panel_stride: PanelLayout.width
    )
    unsafe kernels.pointee.product(&product)
  }

  /// Writes the answers about rows, each a row of all its answers with zeros past the row's end.
  func write(into target: UnsafeMutablePointer<Float>, steps: Int) {
    guard answersEachStep else { return unsafe multiply(into: target) }
    let outputs = weights.outputs
    let logits = unsafe logits.reserve(answers * outputs)
    unsafe multiply(into: logits)
    unsafe target.update(repeating: 0, count: extent.rows * steps * outputs)
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        unsafe (target + (row * steps + step) * outputs).update(
          from: logits + (firstAnswers[step] + row) * outputs,
          count: outputs
        )
      }
    }
  }

  // MARK: - Dropout

  func drop(_ drawing: MaskStreams) {
    let rate = weights.headDropout
    guard rate > 0 else { return }
    let mask = unsafe mask.reserve(answers * size)
    for row in 0..<extent.rows {
      let steps = answersEachStep ? extent.length(of: row) : 1
      let drawn = unsafe answersEachStep ? rowMask.reserve(steps * size) : mask + row * size
      unsafe MaskSite(use: .headDropout).draw(
        steps,
        of: size,
        stride: size,
        rate: rate,
        dropped: 0,
        kept: 1 / (1 - rate),
        drawing: drawing,
        row: row,
        into: drawn
      )
      guard answersEachStep else { continue }
      for step in 0..<steps {
        unsafe (mask + (firstAnswers[step] + row) * size).update(
          from: drawn + step * size,
          count: size
        )
      }
    }
    unsafe multiplyByMask(summary.reserve(answers * size))
  }

  func multiplyByMask(_ values: UnsafeMutablePointer<Float>) {
    unsafe kernels.pointee.combine(
      RECURRENT_MULTIPLY,
      answers * size,
      values,
      1,
      mask.reserve(answers * size),
      1,
      values
    )
  }
}

extension FusedSequence.Extent {
  /// The number of steps of a row.
  func length(of row: Int) -> Int {
    guard let running else { return steps }
    var (low, high) = (1, steps)
    while low < high {
      let middle = (low + high + 1) / 2
      if running[middle - 1] > row { low = middle } else { high = middle - 1 }
    }
    return low
  }
}

import RecurrentKernels

// How the outputs of two directions become one, and what arrives there becomes two.
extension FusedLayerRun {
  /// Puts every step's outputs together, and adds the input where it is residual.
  func mergeOutputs(addedTo input: FusedSequence.Steps) {
    let size = plan.outputSize
    let stepSize = extent.rows * size
    let target = unsafe merged.reserve(extent.steps * stepSize)
    let ahead = unsafe sequences[0].outputs
    let back = unsafe sequences[sequences.count - 1].outputs
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        let place = unsafe target + step * stepSize + row * size
        let first = unsafe ahead.step(step) + row * ahead.rowStride
        if sequences.count == 2 {
          unsafe merge(first, back.step(step) + row * back.rowStride, into: place)
        } else {
          unsafe place.update(from: first, count: size)
        }
        guard plan.isResidual else { continue }
        unsafe kernels.pointee.add_scaled(
          size,
          1,
          input.step(step) + row * input.rowStride,
          place
        )
      }
    }
  }

  /// Merges one row's outputs of both directions.
  func merge(
    _ a: UnsafePointer<Float>,
    _ b: UnsafePointer<Float>,
    into target: UnsafeMutablePointer<Float>
  ) {
    let size = sequences[0].cell.outputSize
    switch plan.merge {
    case .concatenate:
      unsafe target.update(from: a, count: size)
      unsafe (target + size).update(from: b, count: sequences[1].cell.outputSize)
    case .sum: unsafe kernels.pointee.combine(RECURRENT_ADD, size, a, 1, b, 1, target)
    case .product: unsafe kernels.pointee.combine(RECURRENT_MULTIPLY, size, a, 1, b, 1, target)
    case .mean: for n in 0..<size { unsafe target[n] = (a[n] + b[n]) * 0.5 }
    }
  }

  /// The final hidden states of both directions, rows of their output sizes.
  func finalStates() -> (UnsafeMutablePointer<Float>, UnsafeMutablePointer<Float>) {
    for (index, sequence) in sequences.enumerated() {
      unsafe sequence.readFinalHidden(
        finals[index].reserve(extent.rows * sequence.cell.outputSize)
      )
    }
    return unsafe (
      finals[0].reserve(extent.rows * sequences[0].cell.outputSize),
      finals[1].reserve(extent.rows * sequences[1].cell.outputSize)
    )
  }

  /// What arrives at one direction of what arrives at the layer.
  func arriving(
    _ index: Int,
    outputs: FusedSequence.Steps?,
    final: UnsafePointer<Float>?
  ) -> FusedSequence.OutputGradients {
    var result = unsafe FusedSequence.OutputGradients()
    if sequences.count == 1 {
      unsafe result.outputs = outputs
      unsafe result.hidden = final
      return unsafe result
    }
    let size = sequences[index].cell.outputSize
    let offset = plan.merge == .concatenate && index == 1 ? sequences[0].cell.outputSize : 0
    if var outputs = unsafe outputs {
      unsafe outputs.base += offset
      unsafe result.outputs = unsafe weighted(outputs, index)
    }
    if let final = unsafe final {
      let target = unsafe finalGradients[index].reserve(extent.rows * size)
      let other =
        unsafe plan.merge == .product
        ? finals[1 - index].reserve(extent.rows * size) : nil
      for row in 0..<extent.rows {
        for unit in 0..<size {
          let place = row * size + unit
          let value = unsafe final[row * plan.outputSize + offset + unit]
          unsafe target[place] =
            plan.merge == .mean ? value * 0.5 : value * (other?[place] ?? 1)
        }
      }
      unsafe result.hidden = UnsafePointer(target)
    }
    return unsafe result
  }

  /// The gradient of one direction's outputs where they are halved or multiplied.
  private func weighted(_ outputs: FusedSequence.Steps, _ index: Int) -> FusedSequence.Steps {
    guard plan.merge == .mean || plan.merge == .product else { return unsafe outputs }
    let size = sequences[index].cell.outputSize
    let stepSize = extent.rows * size
    let target = unsafe outputGradients[index].reserve(extent.steps * stepSize)
    let other = unsafe sequences[1 - index].outputs
    for step in 0..<extent.steps {
      for row in 0..<extent.running(at: step) {
        let source = unsafe outputs.step(step) + row * outputs.rowStride
        let factor = unsafe other.step(step) + row * other.rowStride
        let place = unsafe target + step * stepSize + row * size
        for unit in 0..<size {
          unsafe place[unit] = source[unit] * (plan.merge == .mean ? 0.5 : factor[unit])
        }
      }
    }
    return unsafe FusedSequence.Steps(
      base: UnsafePointer(target),
      rowStride: size,
      stepStride: stepSize
    )
  }
}

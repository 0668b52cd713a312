import RecurrentKernels

extension SequenceDataset {
  /// Writes the elements of the examples at `indices` to `target`, one after another.
  ///
  /// `target` has room for `indices.count * steps * features` floats. With a pass each example is
  /// then changed as its number says, in the worker's own memory for that.
  func gather(
    _ indices: ArraySlice<Int>,
    into target: UnsafeMutablePointer<Float>,
    augmentedBy pass: AugmentationPass? = nil,
    workingIn memory: AugmentationMemory? = nil
  ) {
    let size = steps * features
    switch elements {
    case .bytes(let bytes, let scale):
      unsafe bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        for (row, index) in indices.enumerated() {
          unsafe kernels.pointee.scale_bytes(size, base + index * size, scale, target + row * size)
        }
      }
    case .floats(let values):
      unsafe values.withUnsafeBufferPointer { values in
        guard let base = values.baseAddress else { return }
        for (row, index) in indices.enumerated() {
          unsafe (target + row * size).update(from: base + index * size, count: size)
        }
      }
    case .windows(let windows):
      for (row, index) in indices.enumerated() {
        let place = unsafe target + row * size
        let (start, length) = (windows.starts[index], length(ofExample: index))
        unsafe windows.rows.copy(start..<start + length, into: place)
        let rest = size - length * features
        if rest > 0 { unsafe (place + size - rest).update(repeating: 0, count: rest) }
      }
    case .tokens(let tokens):
      unsafe target.update(repeating: 0, count: indices.count * size)
      for (row, index) in indices.enumerated() {
        let place = unsafe target + row * size
        tokens.forEachToken(of: index, count: length(ofExample: index)) { step, token in
          unsafe place[step * features + token] = 1
        }
      }
    }
    guard let pass else { return }
    let memory = memory ?? AugmentationMemory()
    for (row, index) in indices.enumerated() {
      unsafe pass.change(
        AugmentedExample(
          values: target + row * size,
          steps: length(ofExample: index),
          features: features
        ),
        number: index,
        keeping: valueRange,
        workingIn: memory
      )
    }
  }
}

extension SequenceDataset {
  /// Calls `body` with the examples at `indices` as steps of floats.
  ///
  /// Floats that lie one after another and stay as they are are read where they are; others are
  /// gathered in `buffer`, augmented if there is a pass.
  func withSteps<Result>(
    at indices: ArraySlice<Int>,
    gatheringIn buffer: Buffer,
    augmentedBy pass: AugmentationPass? = nil,
    workingIn memory: AugmentationMemory? = nil,
    _ body: (FusedSequence.Steps) -> Result
  ) -> Result {
    let size = steps * features
    func call(_ base: UnsafePointer<Float>) -> Result {
      unsafe body(FusedSequence.Steps(base: base, rowStride: size, stepStride: features))
    }
    if pass == nil, case .floats(let values) = elements, let first = indices.first, first >= 0,
      first + indices.count <= count,
      indices.enumerated().allSatisfy({ $1 == first + $0 })
    {
      let result = unsafe values.withUnsafeBufferPointer { values in
        unsafe values.baseAddress.map { unsafe call($0 + first * size) }
      }
      if let result { return result }
    }
    let gathered = unsafe buffer.reserve(indices.count * size)
    unsafe gather(indices, into: gathered, augmentedBy: pass, workingIn: memory)
    return unsafe call(UnsafePointer(gathered))
  }
}

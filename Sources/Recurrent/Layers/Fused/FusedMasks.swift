import RecurrentKernels

/// The masks of one direction of a layer as the kernels read them, in memory of their own: rows
/// sorted and padded, steps apart.
@safe final class FusedMasks {
  private(set) var masks = unsafe FusedSequence.Masks()
  private let hidden = Buffer()
  private let hiddenZoneout = Buffer()
  private let cellZoneout = Buffer()

  /// Copies the masks that the tape's layers have as tensors.
  func copy(_ tensors: LayerMasks, rows: SortedRows, for cell: FusedCell) {
    unsafe masks = unsafe FusedSequence.Masks()
    if let mask = tensors.hidden {
      let stride = cell.paddedOutputSize
      let target = unsafe hidden.reserve(rows.count * stride)
      unsafe fill(target, stride, from: mask, rows: rows)
      unsafe masks.hidden = unsafe FusedSequence.Rows(
        base: UnsafePointer(target),
        rowStride: stride
      )
    }
    unsafe masks.hiddenZoneout = tensors.hiddenZoneout.map {
      unsafe steps(of: $0, cell.paddedOutputSize, rows: rows, in: hiddenZoneout)
    }
    unsafe masks.cellZoneout = tensors.cellZoneout.map {
      unsafe steps(of: $0, cell.layout.paddedHiddenSize, rows: rows, in: cellZoneout)
    }
  }

  /// Draws the masks of a direction of a layer in training.
  func draw(
    _ rates: Regularization,
    layer: Int,
    direction: Int,
    drawing: MaskStreams,
    extent: FusedSequence.Extent,
    for cell: FusedCell
  ) {
    unsafe masks = unsafe FusedSequence.Masks()
    if rates.recurrentDropout > 0 {
      let stride = cell.paddedOutputSize
      let target = unsafe hidden.reserve(extent.rows * stride)
      let site = MaskSite(use: .recurrentDropout, layer: layer, direction: direction)
      for row in 0..<extent.rows {
        unsafe site.draw(
          1,
          of: cell.outputSize,
          stride: 0,
          rate: rates.recurrentDropout,
          dropped: 0,
          kept: 1 / (1 - rates.recurrentDropout),
          drawing: drawing,
          row: row,
          into: target + row * stride
        )
      }
      unsafe masks.hidden = unsafe FusedSequence.Rows(
        base: UnsafePointer(target),
        rowStride: stride
      )
    }
    func shares(
      _ rate: Float,
      _ use: MaskSite.Use,
      _ size: Int,
      _ stride: Int,
      _ buffer: Buffer
    ) -> FusedSequence.Steps? {
      guard rate > 0 else { return nil }
      let stepSize = extent.rows * stride
      let target = unsafe buffer.reserve(extent.steps * stepSize)
      let site = MaskSite(use: use, layer: layer, direction: direction)
      for row in 0..<extent.rows {
        unsafe site.draw(
          extent.steps,
          of: size,
          stride: stepSize,
          rate: rate,
          dropped: 1,
          kept: 0,
          drawing: drawing,
          row: row,
          into: target + row * stride
        )
      }
      return unsafe FusedSequence.Steps(
        base: UnsafePointer(target),
        rowStride: stride,
        stepStride: stepSize
      )
    }
    let padded = cell.layout.paddedHiddenSize
    unsafe masks.hiddenZoneout = unsafe shares(
      rates.hiddenZoneout,
      .hiddenZoneout,
      cell.outputSize,
      cell.paddedOutputSize,
      hiddenZoneout
    )
    unsafe masks.cellZoneout = unsafe shares(
      rates.cellZoneout,
      .cellZoneout,
      cell.hiddenSize,
      padded,
      cellZoneout
    )
  }

  /// Shares that are the same at every step of every row, which is what zoneout is in use.
  func setShares(hidden hiddenShare: Float, cell cellShare: Float, for cell: FusedCell) {
    func constant(_ share: Float, _ size: Int, _ buffer: Buffer) -> FusedSequence.Steps? {
      guard share > 0 else { return nil }
      let target = unsafe buffer.reserve(size)
      unsafe target.update(repeating: share, count: size)
      return unsafe FusedSequence.Steps(base: UnsafePointer(target), rowStride: 0, stepStride: 0)
    }
    unsafe masks = unsafe FusedSequence.Masks(
      hidden: nil,
      hiddenZoneout: constant(hiddenShare, cell.paddedOutputSize, hiddenZoneout),
      cellZoneout: constant(cellShare, cell.layout.paddedHiddenSize, cellZoneout)
    )
  }

  /// A mask `[batch, time, size]`, or `[1, 1, size]` for all.
  private func steps(
    of mask: Tensor,
    _ stride: Int,
    rows: SortedRows,
    in buffer: Buffer
  ) -> FusedSequence.Steps {
    let size = mask.shape[2]
    if mask.shape[0] == 1 && mask.shape[1] == 1 {
      let target = unsafe buffer.reserve(stride)
      unsafe target.update(from: mask.unsafeElements, count: size)
      unsafe (target + size).update(repeating: 0, count: stride - size)
      return unsafe FusedSequence.Steps(base: UnsafePointer(target), rowStride: 0, stepStride: 0)
    }
    let target = unsafe buffer.reserve(rows.steps * rows.count * stride)
    unsafe mask.withUnsafeElements { source in
      guard let base = source.baseAddress else { return }
      for row in 0..<rows.count {
        for step in 0..<rows.steps {
          let place = unsafe target + (step * rows.count + row) * stride
          unsafe place.update(
            from: base + (rows.order[row] * rows.steps + step) * size,
            count: size
          )
          unsafe (place + size).update(repeating: 0, count: stride - size)
        }
      }
    }
    return unsafe FusedSequence.Steps(
      base: UnsafePointer(target),
      rowStride: stride,
      stepStride: rows.count * stride
    )
  }

  private func fill(
    _ target: UnsafeMutablePointer<Float>,
    _ stride: Int,
    from mask: Tensor,
    rows: SortedRows
  ) {
    let size = mask.shape[1]
    unsafe mask.withUnsafeElements { source in
      guard let base = source.baseAddress else { return }
      for row in 0..<rows.count {
        let place = unsafe target + row * stride
        unsafe place.update(from: base + rows.order[row] * size, count: size)
        unsafe (place + size).update(repeating: 0, count: stride - size)
      }
    }
  }
}

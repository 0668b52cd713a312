import RecurrentKernels

/// A product of two square matrices on several threads, to compare other work with.
///
/// It runs the kernel that the layers share, over a matrix packed beforehand, each thread a range
/// of rows: what the machine reaches where nothing but multiply-adds is to be done.
///
/// Sendable without a check by the compiler: `run` is called by one thread at a time; while it
/// runs, a piece of work writes rows of its own, and all else is only read.
package final class MatrixProductTrial: @unchecked Sendable {
  /// The rows and columns of each matrix.
  package let size: Int

  private let pool: WorkerPool
  private let factor = Buffer()
  private let panels = Buffer()
  private let result = Buffer()

  /// Creates and packs the matrices; their values are small and of both signs.
  ///
  /// - Precondition: Both numbers are at least 1.
  package init(size: Int, threads: Int) {
    require(size > 0, "a matrix product needs a size of at least 1, got \(size)")
    self.size = size
    pool = WorkerPool(threads: threads)
    let panelCount = (size + PanelLayout.width - 1) / PanelLayout.width
    let factor = unsafe factor.reserve(size * size)
    for n in 0..<size * size { unsafe factor[n] = Float(n % 31 - 15) / 16 }
    let packed = unsafe panels.reserve(panelCount * (1 + size) * PanelLayout.width)
    unsafe recurrent_pack(size, size, factor, size, 1, nil, packed)
    _ = unsafe result.reserve(size * size)
  }

  /// Computes the product once.
  package func run() {
    // Long pieces read the packed matrix less often; more pieces than threads let a fast one help.
    let rowsPerPiece = max(16, min(512, size / (2 * pool.threads)))
    let pieces = (size + rowsPerPiece - 1) / rowsPerPiece
    let columns = size
    pool.forEach(pieces) { [self] piece, _ in
      let rows = columns * piece / pieces..<columns * (piece + 1) / pieces
      var product = unsafe RecurrentProduct(
        rows: rows.count,
        columns: columns,
        a: UnsafePointer(factor.reserve(columns * columns) + rows.lowerBound * columns),
        a_row_stride: columns,
        segments: 1,
        segment_depth: columns,
        segment_stride: 0,
        panels: UnsafePointer(panels.reserve(columns * columns)),
        c: result.reserve(columns * columns) + rows.lowerBound * columns,
        c_row_stride: columns,
        c_panel_stride: PanelLayout.width
      )
      unsafe kernels.pointee.product(&product)
    }
  }

  /// One element of the last product.
  package func element(_ row: Int, _ column: Int) -> Float {
    unsafe result.reserve(size * size)[row * size + column]
  }
}

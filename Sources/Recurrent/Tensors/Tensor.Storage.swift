extension Tensor {
  /// The memory of a tensor, shared between copies until one of them is written to.
  ///
  /// Sendable without a check by the compiler: the elements are written only through
  /// `Tensor.withUnsafeMutableElements`, which first makes sure that no one else holds this
  /// storage; shared storage is only ever read.
  @safe final class Storage: @unchecked Sendable {
    let count: Int
    private let base: UnsafeMutablePointer<Float>

    /// Allocates `count` elements on a cache line's boundary, uninitialised.
    init(uninitialized count: Int) {
      self.count = count
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(count, 1) * MemoryLayout<Float>.stride,
        alignment: 64
      )
      unsafe base = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    deinit { unsafe base.deallocate() }

    /// All `count` elements, for the duration of a call.
    var elements: UnsafeMutableBufferPointer<Float> {
      unsafe UnsafeMutableBufferPointer(start: base, count: count)
    }
  }
}

extension Tensor {
  /// The memory of a tensor or of a stream's state, shared between copies until one is written to.
  ///
  /// Sendable without a check by the compiler: the elements are written only while whoever made the
  /// storage holds it alone, or through `Tensor.withUnsafeMutableElements` and by a step of a
  /// `StreamingModel`, which first make sure that no one else holds it; shared storage is only read.
  @safe final class Storage: @unchecked Sendable {
    let count: Int
    let base: UnsafeMutablePointer<Float>

    /// Allocates `count` elements on a cache line's boundary, uninitialised.
    init(uninitialized count: Int) {
      self.count = count
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(count, 1) * MemoryLayout<Float>.stride,
        alignment: 64
      )
      unsafe base = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    /// Allocates a copy.
    convenience init(copying other: Storage) {
      self.init(uninitialized: other.count)
      unsafe base.initialize(from: other.base, count: count)
    }

    deinit { unsafe base.deallocate() }

    /// All `count` elements, for the duration of a call.
    var elements: UnsafeMutableBufferPointer<Float> {
      unsafe UnsafeMutableBufferPointer(start: base, count: count)
    }
  }
}

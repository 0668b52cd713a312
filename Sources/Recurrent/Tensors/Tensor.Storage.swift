import Synchronization

extension Tensor {
  /// The memory of a tensor or of a stream's state, shared between copies until one is written to.
  ///
  /// Sendable without a check by the compiler: the elements are written only while whoever made the
  /// storage holds it alone, or through `Tensor.withUnsafeMutableElements` and by a step of a
  /// `StreamingModel`, which first make sure that no one else holds it; shared storage is only read.
  @safe final class Storage: @unchecked Sendable {
    let count: Int
    let base: UnsafeMutablePointer<Float>
    /// The elements of a tensor in double precision; its floats are these, rounded.
    let doubles: [Double]?
    private let packedMatrices = Guarded<[PackedMatrix]>([])

    /// Allocates `count` elements on a cache line's boundary, uninitialised.
    init(uninitialized count: Int, doubles: [Double]? = nil) {
      self.count = count
      self.doubles = doubles
      let memory = UnsafeMutableRawPointer.allocate(
        byteCount: max(count, 1) * MemoryLayout<Float>.stride,
        alignment: 64
      )
      unsafe base = memory.bindMemory(to: Float.self, capacity: max(count, 1))
    }

    /// Allocates a copy of the floats.
    convenience init(copying other: Storage) {
      self.init(uninitialized: other.count)
      unsafe base.initialize(from: other.base, count: count)
    }

    /// Allocates elements in double precision, and their rounded values.
    convenience init(_ doubles: [Double]) {
      self.init(uninitialized: doubles.count, doubles: doubles)
      for (index, number) in doubles.enumerated() { unsafe base[index] = Float(number) }
    }

    deinit { unsafe base.deallocate() }

    /// All `count` elements, for the duration of a call.
    var elements: UnsafeMutableBufferPointer<Float> {
      unsafe UnsafeMutableBufferPointer(start: base, count: count)
    }

    /// Returns the matrix that `isWanted` accepts among those packed from these elements, or packs
    /// it and remembers it: a weight is read by every step of a sequence, and by every shard.
    func packedMatrix(
      where isWanted: (PackedMatrix) -> Bool,
      orPacking pack: () -> PackedMatrix
    ) -> PackedMatrix {
      packedMatrices.withLock { known in
        if let matrix = known.first(where: isWanted) { return matrix }
        let matrix = pack()
        known.append(matrix)
        return matrix
      }
    }

    /// Forgets what was packed from the elements, which are about to change.
    func forgetPackedMatrices() { packedMatrices.withLock { $0 = [] } }
  }
}

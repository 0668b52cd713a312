import Synchronization

/// Floats that one worker reuses from step to step: memory is allocated on growth only.
@safe final class Buffer {
  private var capacity = 0
  private var memory: UnsafeMutablePointer<Float>?

  /// The floats of all buffers there are now.
  static var floatsInUse: Int { floatCount.load(ordering: .relaxed) }
  private static let floatCount = Atomic(0)

  init() {}

  deinit {
    unsafe memory?.deallocate()
    Self.floatCount.subtract(capacity, ordering: .relaxed)
  }

  /// Returns the start of at least `count` floats on a cache line's boundary.
  ///
  /// The contents stay as long as `count` does not grow past what was asked for before; the
  /// pointer is valid until then.
  func reserve(_ count: Int) -> UnsafeMutablePointer<Float> {
    if let memory = unsafe memory, count <= capacity { return unsafe memory }
    unsafe memory?.deallocate()
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: max(count, 1) * MemoryLayout<Float>.stride,
      alignment: 64
    )
    let grown = unsafe raw.bindMemory(to: Float.self, capacity: max(count, 1))
    unsafe grown.initialize(repeating: 0, count: max(count, 1))
    unsafe memory = grown
    Self.floatCount.add(max(count, 1) - capacity, ordering: .relaxed)
    capacity = max(count, 1)
    return unsafe grown
  }
}

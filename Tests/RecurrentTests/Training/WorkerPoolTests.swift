import Synchronization
import Testing

@testable import Recurrent

struct WorkerPoolTests {
  @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 100])
  func `every piece is done once, by a worker that exists`(threads: Int, count: Int) {
    let done = Guarded([Int](repeating: 0, count: count))
    WorkerPool(threads: threads).forEach(
      count,
      nonescaping: { piece, worker in
        if worker >= 0 && worker < threads { done.withLock { $0[piece] += 1 } }
      }
    )
    #expect(done.withLock { $0 } == [Int](repeating: 1, count: count))
  }
}

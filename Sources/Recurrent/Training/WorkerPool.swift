import Dispatch
import Synchronization

/// Threads that take numbered pieces of work until none is left.
struct WorkerPool: Sendable {
  /// The number of workers.
  let threads: Int

  init(threads: Int) {
    require(threads > 0, "a worker pool needs at least one thread, got \(threads)")
    self.threads = threads
  }

  /// Calls `work` once for each piece from 0 to `count - 1`, and returns when all are done.
  ///
  /// A worker does one piece at a time, so what belongs to worker w is touched by one thread only.
  /// Who does which piece is left to chance.
  func forEach(_ count: Int, _ work: @Sendable (_ piece: Int, _ worker: Int) -> Void) {
    let workers = min(threads, count)
    if workers <= 1 {
      for piece in 0..<count { work(piece, 0) }
      return
    }
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      while true {
        let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard piece < count else { return }
        work(piece, worker)
      }
    }
  }
}

import Dispatch
import Foundation
import Synchronization

/// Does something on threads of its own, one for each number below `count`; returns what they return.
func onThreads<Result: Sendable>(
  _ count: Int,
  _ body: @escaping @Sendable (Int) -> Result
) -> [Result] {
  let results = Mutex([Int: Result]())
  let group = DispatchGroup()
  for index in 0..<count {
    group.enter()
    Thread.detachNewThread {
      let result = body(index)
      results.withLock { $0[index] = result }
      group.leave()
    }
  }
  group.wait()
  return results.withLock { results in (0..<count).compactMap { results[$0] } }
}

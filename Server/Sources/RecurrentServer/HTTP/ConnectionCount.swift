import Synchronization

/// The connections that are open, of which there may be so many.
final class ConnectionCount: Sendable {
  private let most: Int
  private let count = Mutex(0)

  init(most: Int) { self.most = most }

  var open: Int { count.withLock(\.self) }

  /// Counts one more; returns false where there are too many.
  func begin() -> Bool {
    count.withLock { count in
      guard count < most else { return false }
      count += 1
      return true
    }
  }

  func end() { count.withLock { $0 -= 1 } }
}

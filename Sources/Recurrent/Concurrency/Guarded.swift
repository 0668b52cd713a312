#if RECURRENT_THREAD_SANITIZER
#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A value that one thread at a time can reach.
///
/// The thread sanitizer does not see what Synchronization's locks do on Linux, and takes what they
/// guard for races; in a build for it the same is done with a lock of the system's, which it knows.
///
/// Sendable without a check by the compiler: `value` is read and written between locking and unlocking
/// only, and the lock's place is the object's own from its beginning to its end.
@safe
package final class Guarded<Value>: @unchecked Sendable {
  private var value: Value
  private let lock: UnsafeMutablePointer<pthread_mutex_t>

  /// Guards a value.
  package init(_ value: consuming sending Value) {
    self.value = value
    unsafe lock = .allocate(capacity: 1)
    unsafe lock.initialize(to: pthread_mutex_t())
    unsafe pthread_mutex_init(lock, nil)
  }

  deinit {
    unsafe pthread_mutex_destroy(lock)
    unsafe lock.deinitialize(count: 1)
    unsafe lock.deallocate()
  }

  /// Calls `body` with the value while no other thread has it.
  package func withLock<Result, Failure: Error>(
    _ body: (inout sending Value) throws(Failure) -> sending Result
  ) throws(Failure) -> sending Result {
    unsafe pthread_mutex_lock(lock)
    defer { unsafe pthread_mutex_unlock(lock) }
    return try body(&value)
  }
}
#else
package import Synchronization

/// A value that one thread at a time can reach.
package typealias Guarded = Mutex
#endif

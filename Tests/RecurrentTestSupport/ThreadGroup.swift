import Foundation
package import Recurrent
import Synchronization

/// Threads that stand for the processes of a group.
package enum ThreadGroup {
  /// Calls `body` once for each of so many processes, side by side; returns what they return, in order.
  ///
  /// `lost` is a process that is gone: nothing it would send arrives any more.
  package static func run<Result: Sendable>(
    _ count: Int,
    losing lost: Int? = nil,
    _ body: @escaping @Sendable (ProcessGroup) throws -> Result
  ) throws -> [Result] {
    let post = Post(count, lost: lost)
    let results = Guarded([Swift.Result<Result, any Error>?](repeating: nil, count: count))
    let group = DispatchGroup()
    for rank in 0..<count where rank != lost {
      group.enter()
      Thread.detachNewThread {
        let result = Swift.Result { try body(ProcessGroup(ThreadLink(rank, post))) }
        results.withLock { $0[rank] = result }
        group.leave()
      }
    }
    group.wait()
    return try results.withLock(\.self).compactMap { try $0?.get() }
  }
}

/// The messages between threads that stand for processes.
private final class Post: Sendable {
  struct Way: Hashable {
    var from: Int
    var to: Int
    var tag: Int
  }

  /// Where bytes are to be put; the address of memory that the receiver keeps until it was told.
  struct Receipt {
    var number: Int
    var address: UInt
    var count: Int
  }

  struct Messages {
    var next = 0
    var sent: [Way: [[UInt8]]] = [:]
    var awaited: [Way: [Receipt]] = [:]
    var finished: Set<Int> = []
  }

  let count: Int
  let lost: Int?
  let messages = Guarded(Messages())

  init(_ count: Int, lost: Int?) {
    self.count = count
    self.lost = lost
  }
}

/// What joins a thread that stands for a process with the others.
private final class ThreadLink: ProcessLink {
  let rank: Int
  let post: Post
  var count: Int { post.count }

  init(_ rank: Int, _ post: Post) {
    self.rank = rank
    self.post = post
  }

  func send(_ bytes: UnsafeRawBufferPointer, to process: Int, tag: Int) -> ProcessMessage {
    let copy = Array(bytes)
    return post.messages.withLock { messages in
      messages.next += 1
      messages.finished.insert(messages.next)
      let way = Post.Way(from: rank, to: process, tag: tag)
      messages.sent[way, default: []].append(copy)
      deliver(way, &messages)
      return ProcessMessage(number: messages.next)
    }
  }

  func receive(
    _ bytes: UnsafeMutableRawBufferPointer,
    from process: Int,
    tag: Int
  ) -> ProcessMessage {
    let address = UInt(bitPattern: bytes.baseAddress)
    let size = bytes.count
    return post.messages.withLock { messages in
      messages.next += 1
      let way = Post.Way(from: process, to: rank, tag: tag)
      messages.awaited[way, default: []].append(
        Post.Receipt(number: messages.next, address: address, count: size)
      )
      deliver(way, &messages)
      return ProcessMessage(number: messages.next)
    }
  }

  private func deliver(_ way: Post.Way, _ messages: inout Post.Messages) {
    while let bytes = messages.sent[way]?.first, let receipt = messages.awaited[way]?.first {
      precondition(bytes.count == receipt.count, "a message has another size than is awaited")
      messages.sent[way]?.removeFirst()
      messages.awaited[way]?.removeFirst()
      if let target = UnsafeMutableRawPointer(bitPattern: receipt.address) {
        bytes.withUnsafeBytes { source in
          if let base = source.baseAddress {
            target.copyMemory(from: base, byteCount: source.count)
          }
        }
      }
      messages.finished.insert(receipt.number)
    }
  }

  func isFinished(_ message: ProcessMessage) throws(ProcessLoss) -> Bool {
    if post.messages.withLock({ $0.finished.remove(message.number) }) != nil { return true }
    if let lost = post.lost { throw ProcessLoss(rank: lost, "process \(lost) is gone") }
    return false
  }

  func end() {}
  func leave() {}
  var hosts: [String] { [] }
}

#if MPI
import CMPI
import Recurrent
import Synchronization

/// Messages between processes by MPI.
final class MPILink: ProcessLink {
  let rank: Int
  let count: Int
  let watch: ProcessWatch
  private let communicator: MPICommunicator
  private let messages = Guarded(Messages())

  /// The messages that are under way.
  private struct Messages {
    var requests: [CMPIRequest] = []
    /// Places among the requests that are free.
    var free: [Int] = []
    /// What went wrong with a message, by its number.
    var failures: [Int: Int32] = [:]

    /// Takes a place for a message that `begin` begins.
    mutating func begin(_ begin: (inout CMPIRequest) -> Int32) -> ProcessMessage {
      let number = free.popLast() ?? requests.count
      if number == requests.count { requests.append(cmpi_no_request()) }
      let code = begin(&requests[number])
      if code != cmpi_success { failures[number] = code }
      return ProcessMessage(number: number)
    }
  }

  init(patience: Duration, isAskedToEnd: @escaping @Sendable () -> Bool) throws(MPIError) {
    communicator = try MPICommunicator()
    rank = communicator.rank
    count = communicator.count
    watch = ProcessWatch(
      try MPICommunicator(),
      patience: patience,
      isAskedToEnd: isAskedToEnd
    )
  }

  func send(_ bytes: UnsafeRawBufferPointer, to process: Int, tag: Int) -> ProcessMessage {
    // Checked by the caller: at most `ProcessGroup.longestMessage` bytes.
    nonisolated(unsafe) let base = bytes.baseAddress
    let size = Int32(bytes.count)
    return messages.withLock { messages in
      messages.begin {
        cmpi_send(base, size, Int32(process), Int32(tag), communicator.value, &$0)
      }
    }
  }

  func receive(
    _ bytes: UnsafeMutableRawBufferPointer,
    from process: Int,
    tag: Int
  ) -> ProcessMessage {
    nonisolated(unsafe) let base = bytes.baseAddress
    let size = Int32(bytes.count)
    return messages.withLock { messages in
      messages.begin {
        cmpi_receive(base, size, Int32(process), Int32(tag), communicator.value, &$0)
      }
    }
  }

  func isFinished(_ message: ProcessMessage) throws(ProcessLoss) -> Bool {
    var isFinished: Int32 = 0
    let code = messages.withLock { messages -> Int32 in
      if let code = messages.failures[message.number] { return code }
      let code = cmpi_test(&messages.requests[message.number], &isFinished)
      if isFinished != 0 { messages.free.append(message.number) }
      return code
    }
    if let loss = watch.loss { throw loss }
    guard code == cmpi_success else {
      throw ProcessLoss(rank: nil, "a message could not be sent: \(MPIError.text(of: code))")
    }
    return isFinished != 0
  }

  func end() {
    watch.end()
    _ = cmpi_finalize()
  }

  func leave() { watch.leave() }

  var hosts: [String] { watch.hosts }
}

/// A communicator of all processes.
final class MPICommunicator: Sendable {
  let value: CMPICommunicator
  let rank: Int
  let count: Int

  init() throws(MPIError) {
    var value = cmpi_no_communicator()
    try MPIError.check(cmpi_communicator(&value), "join the processes")
    self.value = value
    rank = Int(cmpi_rank(value))
    count = Int(cmpi_count(value))
  }
}
#endif

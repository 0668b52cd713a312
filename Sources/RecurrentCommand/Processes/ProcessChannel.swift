import Recurrent

/// Messages between this process and another that come when they come, of any length but none.
///
/// Either says that it has no more with a message of no length. It is used by one thread.
final class ProcessChannel {
  /// Apart from those of messages that all processes wait for; MPI allows up to 32,767.
  private static let tag = 30_000

  private let process: Int
  private let link: any ProcessLink
  /// The length of the next message, or the message itself, on its way here.
  private var arriving: Letter?
  private var isLength = true
  /// What is on its way to the other process.
  private var leaving: [Letter] = []

  /// Memory that a message is sent from or received in, as long as it is on its way.
  private final class Letter {
    let memory: UnsafeMutableRawBufferPointer
    var message: ProcessMessage?

    init(count: Int) { memory = .allocate(byteCount: count, alignment: 8) }

    deinit {
      // What never arrived may still be written to.
      if message == nil { memory.deallocate() }
    }
  }

  init(to process: Int, of group: ProcessGroup) {
    self.process = process
    link = group.link
    receive(8)
  }

  /// Whether the other process has said that it has no more.
  var isClosed: Bool { arriving == nil }

  /// Sends a message.
  func send(_ bytes: [UInt8]) {
    withUnsafeBytes(of: UInt64(bytes.count).littleEndian) { begin($0) }
    if !bytes.isEmpty { bytes.withUnsafeBytes { begin($0) } }
  }

  private func begin(_ bytes: UnsafeRawBufferPointer) {
    let letter = Letter(count: bytes.count)
    letter.memory.copyMemory(from: bytes)
    letter.message = link.send(
      UnsafeRawBufferPointer(letter.memory),
      to: process,
      tag: Self.tag
    )
    leaving.append(letter)
  }

  private func receive(_ count: Int) {
    let letter = Letter(count: count)
    letter.message = link.receive(letter.memory, from: process, tag: Self.tag)
    arriving = letter
  }

  /// The next message that has arrived; nil where there is none yet.
  ///
  /// - Throws: `ProcessLoss` when the other process is gone.
  func next() throws(ProcessLoss) -> [UInt8]? {
    var stillLeaving: [Letter] = []
    for letter in leaving {
      if let message = letter.message, try !link.isFinished(message) {
        stillLeaving.append(letter)
      } else {
        letter.message = nil
      }
    }
    leaving = stillLeaving
    while let letter = arriving, let message = letter.message {
      guard try link.isFinished(message) else { return nil }
      letter.message = nil
      if isLength {
        let count = Int(UInt64(littleEndian: letter.memory.load(as: UInt64.self)))
        arriving = nil
        guard count > 0 else { return nil }
        receive(count)
        isLength = false
        continue
      }
      let bytes = Array(letter.memory)
      isLength = true
      receive(8)
      return bytes
    }
    return nil
  }

  /// Whether nothing that was sent is still kept here.
  var hasSent: Bool { leaving.isEmpty }
}

#if MPI
import CMPI

/// One word on its way from one process to another.
///
/// It is used by one thread.
final class Mailbox {
  /// Where MPI reads or writes the word until the message is finished; one number.
  private let memory = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
  private var request = cmpi_no_request()
  private var isUnderWay: Bool

  /// Begins to receive a word.
  init(receivingFrom process: Int, by communicator: MPICommunicator) {
    memory.initialize(to: 0)
    let size = Int32(MemoryLayout<Int32>.size)
    isUnderWay =
      cmpi_receive(memory, size, Int32(process), 0, communicator.value, &request) == cmpi_success
  }

  /// Begins to send a word.
  init(sending word: Int32, to process: Int, by communicator: MPICommunicator) {
    memory.initialize(to: word)
    let size = Int32(MemoryLayout<Int32>.size)
    isUnderWay =
      cmpi_send(memory, size, Int32(process), 0, communicator.value, &request) == cmpi_success
  }

  deinit {
    if !isUnderWay { memory.deallocate() }
  }

  /// The word once it has arrived, or was sent; nil before.
  ///
  /// What cannot be sent or received stays on its way: who waits for it loses patience.
  var word: Int32? {
    guard isUnderWay else { return nil }
    var isFinished: Int32 = 0
    guard cmpi_test(&request, &isFinished) == cmpi_success, isFinished != 0 else { return nil }
    isUnderWay = false
    return memory.pointee
  }

  /// Lets go of a word that will not arrive; its memory stays, since MPI may use it still.
  func abandon() {
    if isUnderWay { cmpi_cancel(&request) }
  }
}
#endif

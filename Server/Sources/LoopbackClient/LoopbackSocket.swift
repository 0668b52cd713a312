#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// What went wrong between a client and a server on this machine.
public enum LoopbackError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The system refused a call; its name, and the system's word for why.
  case system(call: String, reason: String)
  /// The server closed the connection before the answer was whole.
  case closed
  /// Nothing came, or could be sent, for as long as the client waits.
  case timedOut
  /// What came is no HTTP/1.1.
  case malformed(String)

  /// The error in one line.
  public var description: String {
    switch self {
    case .system(let call, let reason): "\(call): \(reason)"
    case .closed: "the server closed the connection"
    case .timedOut: "nothing came for as long as the client waits"
    case .malformed(let what): "the answer is no HTTP/1.1: \(what)"
    }
  }
}

/// A blocking TCP connection to a port of this machine.
///
/// One thread at a time may use it.
final class LoopbackSocket {
  private let descriptor: Int32
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  /// The part of `buffer` that was received and not read yet.
  private var unread = 0..<0

  /// Connects to 127.0.0.1; a call waits at most `timeout` seconds.
  init(port: Int, timeout: Int) throws(LoopbackError) {
    #if canImport(Darwin)
    let kind = SOCK_STREAM
    #else
    let kind = Int32(SOCK_STREAM.rawValue)
    #endif
    descriptor = socket(AF_INET, kind, 0)
    guard descriptor >= 0 else { throw Self.failure("socket") }
    var wait = timeval(tv_sec: timeout, tv_usec: 0)
    let size = socklen_t(MemoryLayout<timeval>.size)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &wait, size)
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &wait, size)
    var one: Int32 = 1
    let wordSize = socklen_t(MemoryLayout<Int32>.size)
    // Requests are written whole: waiting for more to send would only delay them.
    setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &one, wordSize)
    #if canImport(Darwin)
    setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &one, wordSize)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(truncatingIfNeeded: port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard result == 0 else {
      let error = Self.failure("connect")
      close(descriptor)
      throw error
    }
  }

  deinit { close(descriptor) }

  /// Sends all bytes.
  func send(_ bytes: some Collection<UInt8>) throws(LoopbackError) {
    let sent =
      bytes.withContiguousStorageIfAvailable { sendAll($0) }
      ?? Array(bytes)
      .withUnsafeBufferPointer { sendAll($0) }
    if let sent { throw sent }
  }

  /// Sends all bytes; returns what went wrong.
  private func sendAll(_ bytes: UnsafeBufferPointer<UInt8>) -> LoopbackError? {
    #if canImport(Darwin)
    let flags: Int32 = 0
    #else
    let flags = Int32(MSG_NOSIGNAL)
    #endif
    var done = 0
    while done < bytes.count, let base = bytes.baseAddress {
      #if canImport(Darwin)
      let count = Darwin.send(descriptor, base + done, bytes.count - done, flags)
      #elseif canImport(Glibc)
      let count = Glibc.send(descriptor, base + done, bytes.count - done, flags)
      #else
      let count = Musl.send(descriptor, base + done, bytes.count - done, flags)
      #endif
      if count > 0 {
        done += count
      } else if errno != EINTR {
        return Self.failure("send")
      }
    }
    return nil
  }

  /// Says that nothing more will be sent.
  func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next byte; nil at the end.
  func next() throws(LoopbackError) -> UInt8? {
    if unread.isEmpty, try !receive() { return nil }
    defer { unread = unread.lowerBound + 1..<unread.upperBound }
    return buffer[unread.lowerBound]
  }

  /// Up to `count` of the next bytes, at least one; none at the end.
  func next(upTo count: Int) throws(LoopbackError) -> ArraySlice<UInt8> {
    if unread.isEmpty, try !receive() { return [] }
    let end = min(unread.upperBound, unread.lowerBound + count)
    defer { unread = end..<unread.upperBound }
    return buffer[unread.lowerBound..<end]
  }

  /// Fills the buffer; returns false at the end.
  private func receive() throws(LoopbackError) -> Bool {
    while true {
      let count = recv(descriptor, &buffer, buffer.count, 0)
      if count >= 0 {
        unread = 0..<count
        return count > 0
      }
      if errno != EINTR { throw Self.failure("recv") }
    }
  }

  private static func failure(_ call: String) -> LoopbackError {
    switch errno {
    case EAGAIN, EWOULDBLOCK: .timedOut
    case ECONNRESET, EPIPE: .closed
    default: .system(call: call, reason: String(cString: strerror(errno)))
    }
  }
}

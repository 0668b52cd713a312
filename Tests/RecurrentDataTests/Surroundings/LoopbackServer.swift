import Foundation
import Recurrent
import Synchronization
import Testing

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// A web server on this machine that answers each path with what a test wants.
final class LoopbackServer: Sendable {
  /// What the server does with a request.
  enum Answer: Sendable, CustomTestStringConvertible {
    /// Sends the bytes with this status.
    case status(Int, [UInt8])
    /// Promises more bytes than it sends, then hangs up.
    case brokenOff([UInt8], promised: Int)
    /// Sends the bytes without saying how many there are.
    case unannounced([UInt8])
    /// Sends nothing for a few seconds.
    case silence

    var testDescription: String {
      switch self {
      case .status(let status, let body): "status \(status), \(body.count) bytes"
      case .brokenOff(let body, let promised): "\(body.count) of \(promised) bytes"
      case .unannounced(let body): "\(body.count) bytes, unannounced"
      case .silence: "silence"
      }
    }

    static func file(_ bytes: [UInt8]) -> Answer { .status(200, bytes) }
  }

  let port: UInt16
  private let descriptor: Int32
  private let answers: [String: Answer]
  private let log = Guarded<[String]>([])

  /// Starts a server; paths without an answer get 404.
  init(_ answers: [String: Answer]) throws {
    #if canImport(Glibc)
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    #else
    let descriptor = socket(AF_INET, SOCK_STREAM, 0)
    #endif
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, length) == 0 && listen(descriptor, 16) == 0
          && getsockname(descriptor, $0, &length) == 0
      }
    }
    guard descriptor >= 0, isListening else { throw POSIXError(.EADDRNOTAVAIL) }
    self.descriptor = descriptor
    self.answers = answers
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in serve() }
  }

  /// The address of a folder on the server.
  func address(_ folder: String) -> String { "http://127.0.0.1:\(port)/\(folder)/" }

  /// The paths asked for so far.
  var requests: [String] { log.withLock { $0 } }

  /// Stops the server.
  ///
  /// The thread that serves closes the socket: closed here, its number could be another server's
  /// before that thread stops listening to it.
  func stop() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private func serve() {
    while true {
      let connection = accept(descriptor, nil, nil)
      if connection < 0 {
        close(descriptor)
        return
      }
      Thread.detachNewThread { [self] in
        answer(connection)
        close(connection)
      }
    }
  }

  private func answer(_ connection: Int32) {
    var request: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4_096)
    while !String(decoding: request, as: UTF8.self).contains("\r\n\r\n") {
      let count = recv(connection, &buffer, buffer.count, 0)
      if count <= 0 { return }
      request += buffer[..<count]
    }
    let words = String(decoding: request, as: UTF8.self).split(separator: " ")
    let path = words.count > 1 ? String(words[1]) : ""
    log.withLock { $0.append(path) }
    switch answers[path] ?? .status(404, Array("no such file".utf8)) {
    case .status(let status, let body): send(connection, status, body, length: body.count)
    case .brokenOff(let body, let promised): send(connection, 200, body, length: promised)
    case .unannounced(let body): send(connection, 200, body, length: nil)
    case .silence: sleep(4)
    }
  }

  private func send(_ connection: Int32, _ status: Int, _ body: [UInt8], length: Int?) {
    var head = "HTTP/1.1 \(status) Answer\r\nConnection: close\r\n"
    if let length { head += "Content-Length: \(length)\r\n" }
    #if canImport(Darwin)
    var on: Int32 = 1
    setsockopt(connection, SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
    let flags: Int32 = 0
    #else
    let flags = Int32(MSG_NOSIGNAL)
    #endif
    var rest = Array((head + "\r\n").utf8)[...] + body
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Self.sendBytes(connection, $0, flags) }
      if count <= 0 { return }
      rest = rest.dropFirst(count)
    }
  }

  private static func sendBytes(
    _ connection: Int32,
    _ bytes: UnsafeRawBufferPointer,
    _ flags: Int32
  ) -> Int {
    #if canImport(Darwin)
    Darwin.send(connection, bytes.baseAddress, bytes.count, flags)
    #elseif canImport(Glibc)
    Glibc.send(connection, bytes.baseAddress, bytes.count, flags)
    #else
    Musl.send(connection, bytes.baseAddress, bytes.count, flags)
    #endif
  }
}

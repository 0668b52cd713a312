/// A blocking HTTP/1.1 client of a server on this machine, over one connection that is kept.
///
/// It sends what it is told to, well formed or not. One thread at a time may use it:
///
///     let connection = try LoopbackConnection(port: 8080)
///     let answer = try connection.request("GET", "/healthz")
public final class LoopbackConnection {
  private let socket: LoopbackSocket
  /// How what is left of the answer under way is told; nil where there is none.
  private var framing: Framing?

  /// How a body's end is told.
  private enum Framing {
    case count(Int)
    /// The bytes left of the chunk under way.
    case chunks(Int)
    case untilClosed
  }

  /// Connects to 127.0.0.1; a call waits at most `timeout` seconds for the other side.
  ///
  /// - Throws: `LoopbackError` when nobody listens there.
  public init(port: Int, timeout: Int = 30) throws(LoopbackError) {
    socket = try LoopbackSocket(port: port, timeout: timeout)
  }

  /// Sends a request, and reads the whole answer.
  ///
  /// - Throws: `LoopbackError` when there comes none.
  public func request(
    _ method: String,
    _ path: String,
    headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) throws(LoopbackError) -> LoopbackAnswer {
    try send(Self.request(method, path, headers: headers, body: body))
    return try answer()
  }

  /// The bytes of a request, to be sent again and again.
  public static func request(
    _ method: String,
    _ path: String,
    headers: [(name: String, value: String)] = [],
    body: [UInt8] = []
  ) -> [UInt8] {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if !body.isEmpty || method != "GET" { head += "Content-Length: \(body.count)\r\n" }
    return Array((head + "\r\n").utf8) + body
  }

  /// Sends bytes as they are.
  ///
  /// - Throws: `LoopbackError` when they cannot be sent.
  public func send(_ bytes: [UInt8]) throws(LoopbackError) { try socket.send(bytes) }

  /// Says that nothing more will be sent.
  public func finishSending() { socket.finishSending() }

  /// Reads an answer whole.
  ///
  /// - Throws: `LoopbackError` when it is not whole.
  public func answer() throws(LoopbackError) -> LoopbackAnswer {
    var answer = try head()
    while let part = try next(upTo: .max) { answer.body += part }
    return answer
  }

  /// Reads an answer's head; what follows is read by `nextEvent`, or `next`.
  ///
  /// - Throws: `LoopbackError` when there comes none.
  public func head() throws(LoopbackError) -> LoopbackAnswer {
    let first = try line()
    let words = first.split(separator: " ", maxSplits: 2)
    guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]) else {
      throw .malformed("it begins with '\(first.prefix(80))'")
    }
    var answer = LoopbackAnswer(status: status)
    while true {
      let field = try line()
      if field.isEmpty { break }
      guard let colon = field.firstIndex(of: ":") else {
        throw .malformed("it has the header '\(field.prefix(80))'")
      }
      let value = field[field.index(after: colon)...].drop { $0 == " " }
      answer.headers[field[..<colon].lowercased()] = String(value)
    }
    if answer.headers["transfer-encoding"] == "chunked" {
      framing = .chunks(0)
    } else if let text = answer.headers["content-length"] {
      guard let count = Int(text), count >= 0 else { throw .malformed("its length is '\(text)'") }
      framing = .count(count)
    } else {
      framing = status == 204 || status == 304 ? .count(0) : .untilClosed
    }
    return answer
  }

  /// The next bytes of the answer under way, at most `count`; nil at its end.
  ///
  /// - Throws: `LoopbackError` when the connection ends before the answer does.
  public func next(upTo count: Int) throws(LoopbackError) -> ArraySlice<UInt8>? {
    switch framing {
    case nil: return nil
    case .untilClosed:
      let part = try socket.next(upTo: count)
      if part.isEmpty { framing = nil }
      return part.isEmpty ? nil : part
    case .count(let left):
      guard left > 0 else {
        framing = nil
        return nil
      }
      let part = try received(upTo: min(left, count))
      framing = .count(left - part.count)
      return part
    case .chunks(0):
      let size = try line().prefix { $0 != ";" }
      guard let left = Int(size, radix: 16), left >= 0 else {
        throw .malformed("a chunk has the size '\(size.prefix(80))'")
      }
      if left == 0 {
        while try !line().isEmpty {}
        framing = nil
        return nil
      }
      framing = .chunks(left)
      return try next(upTo: count)
    case .chunks(let left):
      let part = try received(upTo: min(left, count))
      framing = .chunks(left - part.count)
      if left == part.count { _ = try line() }
      return part
    }
  }

  private func received(upTo count: Int) throws(LoopbackError) -> ArraySlice<UInt8> {
    let part = try socket.next(upTo: count)
    guard !part.isEmpty else { throw .closed }
    return part
  }

  /// A line without its end.
  private func line() throws(LoopbackError) -> String {
    var bytes: [UInt8] = []
    while true {
      guard let byte = try socket.next() else { throw .closed }
      if byte == UInt8(ascii: "\n") { break }
      bytes.append(byte)
      guard bytes.count <= 1 << 16 else { throw .malformed("a line does not end") }
    }
    if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    return String(decoding: bytes, as: UTF8.self)
  }
}

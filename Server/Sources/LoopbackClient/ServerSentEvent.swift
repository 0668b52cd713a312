/// An event of a stream of server-sent events.
public struct ServerSentEvent: Sendable, Equatable {
  /// What kind it is of; "message" where nothing was said.
  public var name: String
  /// What it says, its lines joined.
  public var data: String
}

extension LoopbackConnection {
  /// The next event of the answer under way, whose head was read; nil at its end.
  ///
  /// Comments are passed over.
  ///
  /// - Throws: `LoopbackError` when the connection ends before the answer does.
  public func nextEvent() throws(LoopbackError) -> ServerSentEvent? {
    var name: String?
    var data: [String] = []
    while let line = try bodyLine() {
      if line.isEmpty {
        if name != nil || !data.isEmpty {
          return ServerSentEvent(name: name ?? "message", data: data.joined(separator: "\n"))
        }
      } else if line.hasPrefix("event:") {
        name = String(line.dropFirst(6).drop { $0 == " " })
      } else if line.hasPrefix("data:") {
        let value = line.dropFirst(5)
        data.append(String(value.hasPrefix(" ") ? value.dropFirst() : value))
      }
    }
    return nil
  }

  /// A line of the body without its end; nil at the body's end.
  private func bodyLine() throws(LoopbackError) -> String? {
    var bytes: [UInt8] = []
    while let byte = try next(upTo: 1)?.first {
      if byte == UInt8(ascii: "\n") { return String(decoding: bytes, as: UTF8.self) }
      bytes.append(byte)
    }
    return nil
  }
}

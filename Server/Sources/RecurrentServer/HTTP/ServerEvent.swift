import Hummingbird
import NIOCore

/// Server-sent events.
///
/// Source: WHATWG, HTML, section 9.2, "Server-sent events".
enum ServerEvent {
  /// A line that says nothing, and keeps the connection in use.
  static let comment = Array(": still here\n\n".utf8)

  /// An event of this name; `data` is one line.
  static func bytes(_ name: String, _ data: [UInt8]) -> [UInt8] {
    Array("event: \(name)\ndata: ".utf8) + data + Array("\n\n".utf8)
  }
}

extension Response {
  /// Sends bytes of an event, and counts them.
  typealias SendEvent = ([UInt8], ServerCore) async throws -> Void

  /// An answer of events, which `body` sends.
  static func events(_ body: @escaping @Sendable (SendEvent) async throws -> Void) -> Response {
    Response(
      status: .ok,
      headers: [
        .contentType: MediaKind.events.rawValue, .cacheControl: "no-store",
        .xContentTypeOptions: "nosniff",
      ],
      body: ResponseBody { writer in
        try await body { bytes, core in
          core.metrics.countSent(bytes.count)
          try await writer.write(ByteBuffer(bytes: bytes))
        }
        try await writer.finish(nil)
      }
    )
  }
}

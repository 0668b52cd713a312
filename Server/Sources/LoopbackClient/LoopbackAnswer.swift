/// What a server answered.
public struct LoopbackAnswer: Sendable, Equatable {
  /// The status, such as 200.
  public var status: Int
  /// The headers by name in small letters.
  public var headers: [String: String] = [:]
  /// The body.
  public var body: [UInt8] = []

  /// The body as text.
  public var text: String { String(decoding: body, as: UTF8.self) }

  /// Creates an answer without headers and body.
  public init(status: Int) { self.status = status }
}

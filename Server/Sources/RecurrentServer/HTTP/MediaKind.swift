import HTTPTypes

/// The kinds of content that the server reads and writes.
enum MediaKind: String {
  case json = "application/json"
  case binary = "application/octet-stream"
  case png = "image/png"
  case csv = "text/csv"
  case events = "text/event-stream"

  /// The kind that a header names, whatever parameters it has.
  init?(_ header: String?) {
    guard let header, let name = header.split(separator: ";").first else { return nil }
    self.init(rawValue: name.split(separator: " ").joined().lowercased())
  }

  /// Whether a request asks for this kind of answer.
  func isAccepted(by headers: HTTPFields) -> Bool {
    headers[.accept]?.split(separator: ",").contains { MediaKind(String($0)) == self } ?? false
  }
}

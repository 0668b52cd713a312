import HTTPTypes
import Hummingbird
import NIOCore

extension Response {
  /// An answer of these bytes.
  static func bytes(
    _ bytes: [UInt8],
    _ type: String,
    status: HTTPResponse.Status = .ok
  ) -> Response {
    Response(
      status: status,
      headers: [
        .contentType: type, .cacheControl: "no-cache", .xContentTypeOptions: "nosniff",
      ],
      body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
    )
  }

  /// An answer in JSON.
  static func json(_ writer: JSONWriter, status: HTTPResponse.Status = .ok) -> Response {
    bytes(writer.bytes, "application/json", status: status)
  }

  /// An answer of bytes that are no text.
  static func binary(_ content: [UInt8]) -> Response {
    bytes(content, "application/octet-stream")
  }

  /// The answer to what cannot be done.
  static func problem(_ problem: Problem) -> Response {
    var response = bytes(problem.json, "application/json", status: problem.status)
    for field in problem.headers { response.headers.append(field) }
    return response
  }
}

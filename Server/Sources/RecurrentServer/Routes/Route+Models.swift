import Dispatch
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import Recurrent
import RecurrentData

extension Route {
  /// What models there are, and what those of text write.
  static let models: [Route] = [
    Route(.get, "/v1/models") { call in
      var writer = JSONWriter()
      writer.object { writer in
        writer.name("models")
        writer.array { writer in
          for model in call.core.models { writer.written(model.description) }
        }
      }
      return .json(writer)
    },
    Route(.get, "/v1/models/{model}") { call in
      .bytes(try call.model().description, "application/json")
    },
    Route(.post, "/v1/models/{model}/generate") { call in
      let model = try call.model()
      _ = try call.contentKind(.json)
      let wish = try TextWish(try await call.body(), limits: call.core.limits)
      let text = try WrittenText(wish, by: model)
      return call.isAccepted(.events) ? events(of: text, call.core) : await whole(text)
    },
  ]

  /// The text at once.
  private static func whole(_ text: WrittenText) async -> Response {
    let written = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        var text = text
        var written = ""
        while let piece = text.next() { written += piece }
        continuation.resume(returning: written)
      }
    }
    var writer = JSONWriter()
    writer.object { $0.member("text", written) }
    return .json(writer)
  }

  /// The text piece by piece.
  private static func events(of text: WrittenText, _ core: ServerCore) -> Response {
    .events { send in
      var text = text
      while core.isReady, let piece = text.next() {
        guard !piece.isEmpty else { continue }
        var writer = JSONWriter()
        writer.object { $0.member("text", piece) }
        try await send(ServerEvent.bytes("text", writer.bytes), core)
      }
      try await send(ServerEvent.bytes("end", Array("{}".utf8)), core)
    }
  }
}

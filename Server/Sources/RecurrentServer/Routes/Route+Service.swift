import Hummingbird

extension Route {
  /// How the server is.
  static let service: [Route] = [
    Route(.get, "/healthz", isOpen: true) { _ in status("ok") },
    Route(.get, "/readyz", isOpen: true) { call in
      guard call.core.isReady else {
        throw Problem(.serviceUnavailable, "the server is about to stop; ask another one")
      }
      return status("ready")
    },
    Route(.get, "/metrics") { call in
      let text = call.core.metrics.text(
        openSessions: call.core.sessions.count,
        connections: call.core.connections.open
      )
      return .bytes(Array(text.utf8), PrometheusText.contentType)
    },
    Route(.get, "/openapi.json", isOpen: true) { _ in
      .bytes(PackageResources.openapi_json, "application/json")
    },
  ]

  /// The page to try models on.
  static let page = PageFile.all.map { file in
    Route(.get, file.path, isOpen: true) { _ in
      var response = Response.bytes(file.bytes, file.contentType)
      response.headers[.contentSecurityPolicy] = PageFile.contentSecurityPolicy
      return response
    }
  }

  private static func status(_ word: String) -> Response {
    var writer = JSONWriter()
    writer.object { $0.member("status", word) }
    return .json(writer)
  }
}

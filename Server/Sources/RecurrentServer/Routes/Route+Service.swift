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
  static let page: [Route] = [
    Route(.get, "/", isOpen: true) { _ in
      var response = Response.bytes(PackageResources.page_html, "text/html; charset=utf-8")
      response.headers[.contentSecurityPolicy] = """
        default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
        img-src 'self' data: blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
        frame-ancestors 'none'
        """
      return response
    },
    Route(.get, "/page.css", isOpen: true) { _ in
      .bytes(PackageResources.page_css, "text/css; charset=utf-8")
    },
    Route(.get, "/page.js", isOpen: true) { _ in
      .bytes(PackageResources.page_js, "text/javascript; charset=utf-8")
    },
  ]

  private static func status(_ word: String) -> Response {
    var writer = JSONWriter()
    writer.object { $0.member("status", word) }
    return .json(writer)
  }
}

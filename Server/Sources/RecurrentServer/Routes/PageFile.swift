/// A file of the page that people use the server with.
struct PageFile: Sendable {
  /// Where it is asked for, such as "/page.css".
  let path: String
  let contentType: String
  let bytes: [UInt8]

  /// What the page is allowed: its own server, and pictures that it makes.
  static let contentSecurityPolicy = """
    default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
    """

  /// All files of the page.
  static let all =
    [
      PageFile("/", "text/html", PackageResources.page_html),
      PageFile("/page.css", "text/css", PackageResources.page_css),
    ] + scripts.map { PageFile("/\($0).js", "text/javascript", $1) }

  private static let scripts: KeyValuePairs = [
    "chart": PackageResources.chart_js,
    "digits": PackageResources.digits_js,
    "elements": PackageResources.elements_js,
    "pad": PackageResources.pad_js,
    "page": PackageResources.page_js,
    "reading": PackageResources.reading_js,
    "series": PackageResources.series_js,
    "server": PackageResources.server_js,
    "signals": PackageResources.signals_js,
    "table": PackageResources.table_js,
    "writing": PackageResources.writing_js,
  ]

  private init(_ path: String, _ contentType: String, _ bytes: [UInt8]) {
    (self.path, self.contentType, self.bytes) = (path, "\(contentType); charset=utf-8", bytes)
  }
}

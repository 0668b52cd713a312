/// Lines of the text that Prometheus reads.
///
/// Source: Prometheus documentation, "Exposition formats", text format 0.0.4.
enum PrometheusText {
  static let contentType = "text/plain; version=0.0.4; charset=utf-8"

  /// What a metric is, before its samples.
  static func head(_ name: String, _ type: String, _ help: String) -> [String] {
    ["# HELP \(name) \(help)", "# TYPE \(name) \(type)"]
  }

  static func sample(_ name: String, _ labels: [(String, String)], _ value: String) -> String {
    guard !labels.isEmpty else { return "\(name) \(value)" }
    let text = labels.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",")
    return "\(name){\(text)} \(value)"
  }

  private static func escaped(_ text: String) -> String {
    var result = ""
    for character in text {
      switch character {
      case "\\": result += "\\\\"
      case "\"": result += "\\\""
      case "\n": result += "\\n"
      default: result.append(character)
      }
    }
    return result
  }
}

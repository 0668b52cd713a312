/// How a chart is to be drawn: as a file of its own or as part of a page.
enum ChartPlacement: Equatable {
  /// A whole SVG file with its own title, legend, background and style.
  case standalone
  /// A part of a page that brings the style, the title and the legend; the identifier is unique
  /// in the page.
  case embedded(identifier: String)

  /// Whether the drawing is a file of its own.
  var isStandalone: Bool { self == .standalone }
}

/// A drawing under construction: a list of SVG elements and what wraps them.
struct ChartDrawing {
  var width: Double
  var height: Double
  var placement: ChartPlacement
  var title: String
  var summary: String
  var extraClass: String = ""
  private var elements: [String] = []

  /// Starts an empty drawing.
  init(
    width: Double,
    height: Double,
    placement: ChartPlacement,
    title: String,
    summary: String
  ) {
    self.width = width
    self.height = height
    self.placement = placement
    self.title = title
    self.summary = summary
  }

  /// Adds a finished element.
  mutating func add(_ element: String) {
    elements.append(element)
  }

  /// Adds text, which is escaped here.
  mutating func addText(
    _ text: String,
    x: Double,
    y: Double,
    anchor: String = "start",
    classes: String = "",
    fontSize: Double? = nil,
    turnedBy degrees: Int = 0,
    hover: String? = nil
  ) {
    let (left, top) = (NumberText.coordinate(x), NumberText.coordinate(y))
    var attributes = "x=\"\(left)\" y=\"\(top)\""
    if !classes.isEmpty { attributes += " class=\"\(classes)\"" }
    if anchor != "start" { attributes += " text-anchor=\"\(anchor)\"" }
    if let fontSize { attributes += " font-size=\"\(NumberText.coordinate(fontSize))\"" }
    if degrees != 0 { attributes += " transform=\"rotate(\(degrees) \(left) \(top))\"" }
    let title = hover.map { "<title>\(MarkupText.escaped($0))</title>" } ?? ""
    add("<text \(attributes)>\(title)\(MarkupText.escaped(text))</text>")
  }

  /// A rectangle's element, left open for further attributes.
  static func rectangle(x: Double, y: Double, width: Double, height: Double) -> String {
    let (left, top) = (NumberText.coordinate(x), NumberText.coordinate(y))
    let (across, down) = (NumberText.coordinate(width), NumberText.coordinate(height))
    return "<rect x=\"\(left)\" y=\"\(top)\" width=\"\(across)\" height=\"\(down)\""
  }

  /// The whole drawing as markup.
  var markup: String {
    let identifier =
      switch placement {
      case .standalone: "chart"
      case .embedded(let identifier): identifier
      }
    let (width, height) = (NumberText.coordinate(width), NumberText.coordinate(height))
    let classes = extraClass.isEmpty ? "chart" : "chart \(extraClass)"
    var opening = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"\(classes)\""
    if placement.isStandalone { opening += " width=\"\(width)\" height=\"\(height)\"" }
    opening += " viewBox=\"0 0 \(width) \(height)\" role=\"img\""
    opening += " aria-labelledby=\"\(identifier)-title \(identifier)-desc\">"

    var lines = [
      opening,
      "<title id=\"\(identifier)-title\">\(MarkupText.escaped(title))</title>",
      "<desc id=\"\(identifier)-desc\">\(MarkupText.escaped(summary))</desc>",
    ]
    if placement.isStandalone {
      lines.append("<style>\n\(ChartStyle.rules)\n</style>")
      lines.append("<rect class=\"paper\" width=\"\(width)\" height=\"\(height)\"/>")
    }
    lines += elements
    lines.append("</svg>")
    return lines.joined(separator: "\n") + "\n"
  }
}

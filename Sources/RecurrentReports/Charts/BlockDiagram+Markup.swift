extension BlockDiagram {
  /// The diagram as the text of an SVG file, for light and dark backgrounds.
  public var svg: String {
    let margin = 24.0
    let top = margin + 34
    var drawing = ChartDrawing(
      width: width + 2 * margin,
      height: top + height + margin,
      placement: .standalone,
      title: title,
      summary: summary
    )
    drawing.addText(title, x: margin, y: margin + 14, classes: "title")
    func moved(_ place: Place) -> Place { Place(place.x + margin, place.y + top) }
    for arrow in arrows where arrow.places.count > 1 {
      Self.add(arrow, places: arrow.places.map(moved), to: &drawing)
    }
    for box in boxes {
      var placed = box
      placed.middle = moved(box.middle)
      Self.add(placed, to: &drawing)
    }
    for label in labels {
      let place = moved(label.place)
      drawing.addText(label.text, x: place.x, y: place.y, anchor: "middle", classes: "strong")
    }
    return drawing.markup
  }

  /// The length of an arrow's head, and half its width.
  private static let head = (length: 9.0, width: 5.0)

  private static func add(_ arrow: Arrow, places: [Place], to drawing: inout ChartDrawing) {
    let color = ChartStyle.colorClass(ofSeries: arrow.color)
    var places = places
    let (before, end) = (places[places.count - 2], places[places.count - 1])
    let (across, down) = (end.x - before.x, end.y - before.y)
    let length = (across * across + down * down).squareRoot()
    guard arrow.hasHead, length > 0 else {
      drawing.add("<path class=\"line \(color)\" d=\"\(path(places))\"/>")
      return
    }
    let (right, below) = (across / length, down / length)
    let neck = Place(end.x - right * head.length, end.y - below * head.length)
    places[places.count - 1] = neck
    drawing.add("<path class=\"line \(color)\" d=\"\(path(places))\"/>")
    let sides = [1.0, -1].map { side in
      Place(neck.x - side * below * head.width, neck.y + side * right * head.width)
    }
    drawing.add("<path class=\"mark \(color)\" d=\"\(path([end] + sides))z\"/>")
  }

  private static func path(_ places: [Place]) -> String {
    "M"
      + places.map {
        "\(NumberText.coordinate($0.x)),\(NumberText.coordinate($0.y))"
      }.joined(separator: "L")
  }

  private static func add(_ box: Box, to drawing: inout ChartDrawing) {
    let rectangle = ChartDrawing.rectangle(
      x: box.middle.x - box.width / 2,
      y: box.middle.y - box.height / 2,
      width: box.width,
      height: box.height
    )
    let radius = box.isRound ? min(box.width, box.height) / 2 : 6
    let corners = "rx=\"\(NumberText.coordinate(radius))\""
    drawing.add("\(rectangle) \(corners) class=\"paper\"/>")
    drawing.add("\(rectangle) \(corners) class=\"axis\" style=\"stroke-width:1.5\"/>")
    drawing.addText(
      box.text,
      x: box.middle.x,
      y: box.middle.y + 5,
      anchor: "middle",
      classes: "strong"
    )
  }
}

/// Small pictures in rows, each with a caption below it.
public struct ImageGrid: Sendable, Hashable {
  /// A picture and what is written below it.
  public struct Item: Sendable, Hashable {
    /// The picture.
    public var image: GreyscaleImage
    /// The text below it, such as "true 4, read as 9, 87%".
    public var caption: String

    /// Creates an item.
    public init(image: GreyscaleImage, caption: String) {
      self.image = image
      self.caption = caption
    }
  }

  /// What the grid shows, written above it.
  public var title: String
  /// The pictures, row by row.
  public var items: [Item]
  /// The number of pictures in a row, at least one.
  public var columns: Int

  /// Creates a grid.
  public init(title: String, items: [Item], columns: Int = 5) {
    self.title = title
    self.items = items
    self.columns = columns
  }

  /// The grid as the text of an SVG file, for light and dark backgrounds.
  public var svg: String {
    let margin = 24.0
    let tile = 132.0
    let gap = 24.0
    let perRow = min(max(1, columns), max(1, items.count))
    let size = ChartStyle.labelSize
    let captions = items.map { TextWidth.wrapped($0.caption, toFit: tile + 16, fontSize: size) }
    let captionHeight = Double(captions.map(\.count).max() ?? 0) * 17
    let rowHeight = tile + 10 + captionHeight + gap
    let rowCount = (items.count + perRow - 1) / perRow
    let top = margin + 34
    var drawing = ChartDrawing(
      width: max(2 * margin + Double(perRow) * (tile + gap) - gap, 320),
      height: top + (items.isEmpty ? 30 : Double(rowCount) * rowHeight - gap) + margin,
      placement: .standalone,
      title: title,
      summary: summary
    )
    drawing.addText(title, x: margin, y: margin + 14, classes: "title")
    if items.isEmpty {
      drawing.addText("No pictures to show", x: margin, y: top + 14)
    }
    for (index, item) in items.enumerated() {
      let left = margin + Double(index % perRow) * (tile + gap)
      let upper = top + Double(index / perRow) * rowHeight
      drawing.add(Self.picture(item, x: left, y: upper, side: tile))
      for (line, text) in captions[index].enumerated() {
        let baseline = upper + tile + 20 + Double(line) * 17
        drawing.addText(text, x: left, y: baseline, classes: line == 0 ? "strong" : "")
      }
    }
    return drawing.markup
  }

  private var summary: String {
    "\(items.count) \(items.count == 1 ? "picture" : "pictures"): "
      + items.map(\.caption).joined(separator: "; ") + "."
  }

  private static func picture(_ item: Item, x: Double, y: Double, side: Double) -> String {
    let classes = item.image.tone == .ink ? "pixels ink" : "pixels"
    let place = "x=\"\(NumberText.coordinate(x))\" y=\"\(NumberText.coordinate(y))\""
    let size = "width=\"\(NumberText.coordinate(side))\" height=\"\(NumberText.coordinate(side))\""
    let frame = ChartDrawing.rectangle(x: x, y: y, width: side, height: side)
    return "\(frame) class=\"grid\"/>"
      + "<image class=\"\(classes)\" \(place) \(size) href=\"\(item.image.dataAddress)\"><title>"
      + "\(MarkupText.escaped(item.caption))</title></image>"
  }
}

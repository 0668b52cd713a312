/// A drawing of boxes with arrows between them: what is computed from what.
///
/// Places are in drawing units from the top left corner. The same diagram always gives the same text,
/// on any system and in any locale.
public struct BlockDiagram: Sendable, Hashable {
  /// A place on the drawing.
  public struct Place: Sendable, Hashable {
    /// The distance from the left.
    public var x: Double
    /// The distance from the top.
    public var y: Double

    /// Creates a place.
    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// Something that computes, with its name in its middle.
  public struct Box: Sendable, Hashable {
    /// Where its middle is.
    public var middle: Place
    /// How wide it is.
    public var width: Double
    /// How high it is.
    public var height: Double
    /// What it is called.
    public var text: String
    /// Whether its ends are round.
    public var isRound: Bool

    /// Creates a box.
    public init(
      middle: Place,
      width: Double,
      height: Double,
      text: String = "",
      isRound: Bool = false
    ) {
      self.middle = middle
      self.width = width
      self.height = height
      self.text = text
      self.isRound = isRound
    }
  }

  /// A line through some places, with a head at the last.
  public struct Arrow: Sendable, Hashable {
    /// The places, at least two.
    public var places: [Place]
    /// Which colour it has, counted from 0.
    public var color: Int
    /// Whether there is a head.
    public var hasHead: Bool

    /// Creates an arrow.
    public init(_ places: [Place], color: Int = 0, hasHead: Bool = true) {
      self.places = places
      self.color = color
      self.hasHead = hasHead
    }
  }

  /// A name beside an arrow.
  public struct Label: Sendable, Hashable {
    /// Where the middle of its foot is.
    public var place: Place
    /// What it says.
    public var text: String

    /// Creates a label.
    public init(_ text: String, at place: Place) {
      self.text = text
      self.place = place
    }
  }

  /// What the diagram shows, written above it.
  public var title: String
  /// What is to be seen, for those who cannot see it.
  public var summary: String
  /// How wide the drawing is below its title.
  public var width: Double
  /// How high the drawing is below its title.
  public var height: Double
  /// The boxes, over the arrows.
  public var boxes: [Box]
  /// The arrows.
  public var arrows: [Arrow]
  /// The names of what flows.
  public var labels: [Label]

  /// Creates a diagram.
  public init(
    title: String,
    summary: String,
    width: Double,
    height: Double,
    boxes: [Box],
    arrows: [Arrow],
    labels: [Label]
  ) {
    self.title = title
    self.summary = summary
    self.width = width
    self.height = height
    self.boxes = boxes
    self.arrows = arrows
    self.labels = labels
  }
}

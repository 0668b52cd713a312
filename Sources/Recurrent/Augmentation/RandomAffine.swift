/// Turns, shifts, scales and shears an image by amounts drawn for each example.
///
/// Rows are steps, columns are features. The image is turned, scaled and sheared about its middle;
/// what comes from outside of it is zero; values between pixels are interpolated bilinearly. The
/// settings mean what they mean to torchvision's `RandomAffine(degrees, translate, scale, shear)`,
/// but shifts are not rounded to whole pixels.
///
/// Source: as a distortion of training images, Y. LeCun, L. Bottou, Y. Bengio, P. Haffner,
/// "Gradient-based learning applied to document recognition", 1998, section III.D.
public struct RandomAffine: Sendable, Hashable {
  /// The largest rotation either way, in degrees from 0 to 180.
  public internal(set) var rotation: Float
  /// The longest shift either way, as a share of the columns and of the rows, from 0 to 1.
  public internal(set) var shift: Float
  /// How far the scale may be from 1 either way, from 0 to 0.9.
  public internal(set) var scale: Float
  /// The largest horizontal shear either way, in degrees from 0 to 60.
  public internal(set) var shear: Float
  /// The share of the examples that are changed.
  public internal(set) var probability: Float

  /// Creates settings.
  ///
  /// - Precondition: The values are in their ranges.
  public init(
    rotation: Float = 10,
    shift: Float = 0.08,
    scale: Float = 0.1,
    shear: Float = 10,
    probability: Float = 1
  ) {
    self.rotation = rotation
    self.shift = shift
    self.scale = scale
    self.shear = shear
    self.probability = probability
    requireAllowedValues()
  }

  /// Draws the map for one example.
  func map(
    rows: Int,
    columns: Int,
    drawingFrom stream: inout RandomStream
  ) -> AffineMap {
    let angle = stream.nextUniform(in: -rotation...rotation)
    let across = stream.nextUniform(in: -shift...shift)
    let down = stream.nextUniform(in: -shift...shift)
    let size = stream.nextUniform(in: 1 - scale...1 + scale)
    let slant = stream.nextUniform(in: -shear...shear)
    return AffineMap(
      rows: rows,
      columns: columns,
      rotation: Double(angle),
      shift: (Double(across) * Double(columns), Double(down) * Double(rows)),
      scale: Double(size),
      shear: Double(slant)
    )
  }
}

extension RandomAffine: AugmentationSettings {
  static let name = "affine"
  static let settings: [AugmentationSetting<RandomAffine>] = [
    .init("rotate", .number(\.rotation, 0...180)), .init("shift", .number(\.shift, 0...1)),
    .init("scale", .number(\.scale, 0...0.9)), .init("shear", .number(\.shear, 0...60)),
  ]
  var operation: Augmentation.Operation { .affine(self) }
}

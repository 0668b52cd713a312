import RecurrentKernels

/// Distorts an image as if it were drawn on rubber: every pixel is displaced, its neighbours alike.
///
/// Rows are steps, columns are features. The displacements, one field across and one down, are
/// random numbers smoothed by a Gaussian, whose width says how local the distortion is, and scaled.
/// What comes from outside the image is zero; values between pixels are interpolated bilinearly.
///
/// The settings mean what they mean in the source: alpha times a field of numbers from −1 to 1, one
/// for each pixel, smoothed by a Gaussian of standard deviation σ, which makes displacements of
/// some α / (2 √(3π) σ) pixels: 1.4 by default. Such a field has next to no detail finer than σ.
/// So it is drawn as a cubic B-spline with normal coefficients √3 σ pixels apart, on a grid at a
/// random place: the cubic B-spline of that spacing has the variance σ² and is close to the
/// Gaussian. The covariance of displacements a distance d apart is that of the source, the variance
/// times exp(−d² / 4σ²), within 2.5 % of the variance, and the same up to the border.
///
/// Source: P. Y. Simard, D. Steinkraus, J. C. Platt, "Best practices for convolutional neural
/// networks applied to visual document analysis", ICDAR 2003.
public struct ElasticDistortion: Sendable, Hashable {
  /// What the smoothed numbers are multiplied by, in pixels, from 0 to 10,000.
  public internal(set) var alpha: Float
  /// The standard deviation of the Gaussian, in pixels, from 0.5 to 1,000.
  public internal(set) var sigma: Float
  /// The share of the examples that are changed.
  public internal(set) var probability: Float

  /// Creates settings.
  ///
  /// - Precondition: The values are in their ranges.
  public init(alpha: Float = 34, sigma: Float = 4, probability: Float = 1) {
    self.alpha = alpha
    self.sigma = sigma
    self.probability = probability
    requireAllowedValues()
  }

  /// Draws the displacements for one example; the coefficients are kept in `memory`.
  func field(
    rows: Int,
    columns: Int,
    coefficientsIn memory: Buffer,
    drawingFrom stream: inout RandomStream
  ) -> DisplacementField {
    var field = unsafe DisplacementField(
      rows: rows,
      columns: columns,
      nodesPerPixel: 1 / (1.7320508 * sigma),
      firstRow: stream.nextUniform(),
      firstColumn: stream.nextUniform()
    )
    let count = unsafe field.nodeCount
    var place = stream.takeBlocks(count.dividedRoundingUp(by: 64) * 16)
    let coefficients = unsafe memory.reserve(count)
    unsafe kernels.pointee.normals(&place, count, coefficientDeviation, coefficients)
    unsafe field.coefficients = unsafe UnsafePointer(coefficients)
    return unsafe field
  }

  /// The deviation of the coefficients that gives the displacements that of the source.
  ///
  /// α times numbers of variance 1/3, smoothed, has the variance α² / (3 · 4πσ²). A spline of
  /// coefficients of variance 1 has, on average over the grid, the variance (2416 / 5040)² : the
  /// square of the B-spline of degree 7 at its centre.
  var coefficientDeviation: Float { alpha / sigma * Float(0.16286751 / (2416.0 / 5040)) }
}

extension ElasticDistortion: AugmentationSettings {
  static let name = "elastic"
  static let settings: [AugmentationSetting<ElasticDistortion>] = [
    .init("alpha", .number(\.alpha, 0...10_000)), .init("sigma", .number(\.sigma, 0.5...1_000)),
  ]
  var operation: Augmentation.Operation { .elastic(self) }
}

/// Displacements of the pixels of an image, across and down: cubic B-splines over a grid of nodes.
///
/// `resample` in RecurrentKernels.h says where the nodes lie.
@unsafe struct DisplacementField {
  let nodeRows: Int
  let nodeColumns: Int
  let nodesPerPixel: Float
  let firstRow: Float
  let firstColumn: Float
  /// `[2][nodeRows][nodeColumns]`, across and then down.
  var coefficients: UnsafePointer<Float>?

  /// A grid over an image; the firsts, from 0 up to 1, say where in a cell the first pixel lies.
  init(rows: Int, columns: Int, nodesPerPixel: Float, firstRow: Float, firstColumn: Float) {
    unsafe self.nodesPerPixel = nodesPerPixel
    unsafe self.firstRow = firstRow
    unsafe self.firstColumn = firstColumn
    unsafe nodeRows = Int(Float(rows - 1) * nodesPerPixel + firstRow) + 4
    unsafe nodeColumns = Int(Float(columns - 1) * nodesPerPixel + firstColumn) + 4
  }

  var nodeCount: Int { unsafe 2 * nodeRows * nodeColumns }
}

extension Int {
  /// The quotient of a number that is not negative, rounded up.
  func dividedRoundingUp(by divisor: Int) -> Int { (self + divisor - 1) / divisor }
}

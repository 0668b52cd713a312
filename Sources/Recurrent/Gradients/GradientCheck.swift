/// Compares a model's gradient with finite differences, and its fast form with the exact one.
///
/// Two things are compared for each parameter. The gradient in double precision with central
/// differences (L(w + h) - L(w - h)) / 2h, also in double precision, tells whether every pullback
/// is right; built-in layers run as their equations there. The gradient in single precision, as
/// training computes it, with that in double precision tells whether the fast loops compute the
/// same.
///
/// An error is allowed to be the tolerance times the parameter's largest gradient, or times a
/// thousandth of the model's, plus what differences cannot tell apart for rounding. In single
/// precision a gradient below 0.1 counts as 0.1: that of a trained model is what is left of
/// probabilities near 1, which are rounded before the target is taken from them. NaN is always
/// wrong. Where the loss has a kink, as relu has at 0, it has no derivative: elements whose slopes to
/// the left and to the right differ, and whose gradient lies between, are counted and left out.
///
/// Of a parameter with more than `samples` elements, as many are compared with differences, drawn
/// by `seed`; the second comparison takes all. Each costs two evaluations of the loss.
///
/// - Parameters:
///   - model: The model at whose parameters the gradients are compared.
///   - tolerance: How far the gradient in double precision may be from central differences.
///   - singleTolerance: How far the gradient in single precision may be from that in double.
///   - samples: The most elements of one parameter that are compared with differences.
///   - seed: What decides which elements are compared.
///   - loss: A scalar computed from the model's parameters by operations on tensors; the same
///     whenever it is called.
/// - Returns: What was found of each parameter.
/// - Precondition: The loss has one element.
public func checkGradients<Model: Parameterized>(
  of model: Model,
  tolerance: Double = 1e-7,
  singleTolerance: Double = 1e-5,
  samples: Int = 100,
  seed: UInt64 = 1,
  in loss: (Model) -> Tensor
) -> GradientReport {
  withoutActuallyEscaping(loss) { loss in
    GradientCheck(
      model,
      tolerance: tolerance,
      singleTolerance: singleTolerance,
      samples: samples,
      seed: seed,
      in: loss
    ).report
  }
}

/// The comparison of one model's gradients.
private struct GradientCheck<Model: Parameterized> {
  private let tolerance: Double
  private let singleTolerance: Double
  private let samples: Int
  private let seed: UInt64
  private let differences: CentralDifferences<Model>
  private let value: Tensor
  private let exact: Gradient
  private let single: Gradient
  private let largest: [Double]

  init(
    _ model: Model,
    tolerance: Double,
    singleTolerance: Double,
    samples: Int,
    seed: UInt64,
    in loss: @escaping (Model) -> Tensor
  ) {
    self.tolerance = tolerance
    self.singleTolerance = singleTolerance
    self.samples = samples
    self.seed = seed
    let doubled = model.inDoublePrecision
    (value, exact) = valueWithGradient(at: doubled, in: loss)
    single = valueWithGradient(at: model, in: loss).gradient
    largest = exact.tensors.map { $0.doubleElements.largestMagnitude }
    differences = CentralDifferences(of: doubled, in: loss)
  }

  var report: GradientReport {
    GradientReport(
      loss: value.doubleElements[0],
      parameters: exact.tensors.indices.map(parameter),
      isDoublePrecision: value.isDoublePrecision || largest.allSatisfy { $0 == 0 }
    )
  }

  private func parameter(_ index: Int) -> GradientReport.Parameter {
    let gradient = exact.tensors[index]
    let elements = gradient.doubleElements
    let scale = max(largest[index], largest.largestMagnitude / 1000)
    let places = compared(among: elements.count, parameter: index)
    var kinks = 0
    var toDifferences: GradientReport.Deviation?
    for place in places {
      let slope = differences.slope(
        parameter: index,
        place: place,
        expecting: elements[place],
        tolerance: tolerance * scale
      )
      guard let slope else {
        kinks += 1
        continue
      }
      toDifferences = GradientReport.Deviation(
        place: place,
        shape: gradient.shape,
        value: elements[place],
        reference: slope.value,
        allowed: tolerance * scale + slope.resolution
      ).worse(than: toDifferences)
    }
    var singleToDouble: GradientReport.Deviation?
    for (place, value) in single.tensors[index].doubleElements.enumerated() {
      singleToDouble = GradientReport.Deviation(
        place: place,
        shape: gradient.shape,
        value: value,
        reference: elements[place],
        allowed: singleTolerance * max(scale, 0.1)
      ).worse(than: singleToDouble)
    }
    return GradientReport.Parameter(
      name: exact.names[index],
      shape: gradient.shape,
      largestGradient: largest[index],
      comparedCount: places.count,
      kinkCount: kinks,
      toDifferences: toDifferences,
      singleToDouble: singleToDouble
    )
  }

  /// Which elements of a parameter are compared with differences.
  private func compared(among count: Int, parameter: Int) -> [Int] {
    if count <= samples { return Array(0..<count) }
    var stream = RandomStream(seed: seed, purpose: .testing, index: UInt32(parameter))
    return stream.permutation(of: count).prefix(samples).sorted()
  }
}

/// The slopes of a loss in single elements of its parameters.
private struct CentralDifferences<Model: Parameterized> {
  /// A slope, and how far off it may be because losses are rounded.
  struct Slope {
    let value: Double
    let resolution: Double
  }

  /// About the cube root of a double's precision, where rounding and curvature cost alike.
  private static var step: Double { 0x1p-17 }

  private let model: Model
  private let loss: (Model) -> Tensor
  private let parameters: ParameterList
  private let value: Double

  init(of model: Model, in loss: @escaping (Model) -> Tensor) {
    self.model = model
    self.loss = loss
    parameters = ParameterList(of: model)
    value = loss(model).doubleElements[0]
  }

  /// The slope at one element, nil at a kink between whose slopes the expected one lies.
  ///
  /// Where the slope is not the expected one, a step of an eighth is tried: a smooth loss looks
  /// straighter then, while the slopes left and right of a kink stay as far apart.
  func slope(parameter: Int, place: Int, expecting gradient: Double, tolerance: Double) -> Slope? {
    let size = parameters.tensors[parameter].doubleElements[place].magnitude
    let step = Self.step * max(1, size)
    let far = sides(parameter, place, step)
    let first = far.central
    if (first.value - gradient).magnitude <= tolerance + first.resolution { return first }
    let near = sides(parameter, place, step / 8)
    let closer = near.central
    if near.gap > max(4 * closer.resolution, far.gap / 2),
      gradient >= min(near.left, near.right) - closer.resolution,
      gradient <= max(near.left, near.right) + closer.resolution
    {
      return nil
    }
    return (closer.value - gradient).magnitude <= tolerance + closer.resolution ? closer : first
  }

  /// The slopes to the left and to the right of an element.
  private struct Sides {
    let left: Double
    let right: Double
    /// How far each may be off for rounding.
    let resolution: Double

    var gap: Double { (right - left).magnitude }
    var central: Slope { Slope(value: (left + right) / 2, resolution: resolution) }
  }

  private func sides(_ parameter: Int, _ place: Int, _ step: Double) -> Sides {
    Sides(
      left: (value - loss(parameter, place, moved: -step)) / step,
      right: (loss(parameter, place, moved: step) - value) / step,
      // Some 32 units in a loss's last place.
      resolution: 32 * value.magnitude * Double.ulpOfOne / step
    )
  }

  /// The loss with one element moved.
  private func loss(_ parameter: Int, _ place: Int, moved distance: Double) -> Double {
    var moved = parameters
    var elements = moved.tensors[parameter].doubleElements
    elements[place] += distance
    moved.tensors[parameter] = Tensor(
      doublePrecision: elements,
      shape: moved.tensors[parameter].shape
    )
    return loss(moved.written(to: model)).doubleElements[0]
  }
}

extension [Double] {
  /// The largest magnitude, 0 of none; NaN if one is.
  fileprivate var largestMagnitude: Double {
    reduce(0) { $1.isNaN || $1.magnitude > $0 ? $1.magnitude : $0 }
  }
}

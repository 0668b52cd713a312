/// What the masks of one forward pass in training are drawn from.
///
/// A mask's numbers depend on the seed, the training step, the example and the place where it is
/// used, and on nothing else: not on the rows beside it, nor on who computes it.
public struct MaskStreams: Sendable, Equatable {
  /// What decides all draws.
  public var seed: UInt64
  /// The number of the training step.
  public var step: Int
  /// The number of the example in each row.
  public var examples: [Int]

  /// Creates streams for the examples of one step.
  public init(seed: UInt64, step: Int, examples: [Int]) {
    self.seed = seed
    self.step = step
    self.examples = examples
  }
}

/// A place in a model where masks are used.
struct MaskSite: Sendable, Equatable {
  /// What a mask is for.
  enum Use: UInt32, Sendable {
    case inputDropout
    case recurrentDropout
    case dropConnect
    case hiddenZoneout
    case cellZoneout
    case headDropout
  }

  var use: Use
  /// The layer's place in its model.
  var layer = 0
  /// 0, or 1 for the second direction of a layer.
  var direction = 0

  /// A purpose that no other site and nothing else has.
  var purpose: RandomStream.Purpose {
    let place = UInt32(truncatingIfNeeded: layer) << 8 | UInt32(direction) << 4 | use.rawValue
    return RandomStream.Purpose(rawValue: 0x4000_0000 | place)
  }

  /// Writes a mask of `count` numbers: `dropped` for a share of `rate` of them, `kept` for the rest.
  ///
  /// Each takes 16 random bits, two to a number of the stream, so a rate is a multiple of 2⁻¹⁶.
  func draw(
    _ count: Int,
    rate: Float,
    dropped: Float,
    kept: Float,
    seed: UInt64,
    step: Int,
    example: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    var stream = RandomStream(
      seed: seed,
      purpose: purpose,
      epoch: UInt32(truncatingIfNeeded: step),
      index: UInt32(truncatingIfNeeded: example)
    )
    let bound = UInt32(rate * 65536)
    for pair in stride(from: 0, to: count, by: 2) {
      let bits = stream.nextUInt32()
      unsafe target[pair] = bits & 0xFFFF < bound ? dropped : kept
      if pair + 1 < count { unsafe target[pair + 1] = bits >> 16 < bound ? dropped : kept }
    }
  }
}

extension MaskSite {
  /// Draws `steps` steps of `size` numbers of one row's mask, a `stride` apart.
  func draw(
    _ steps: Int,
    of size: Int,
    stride: Int,
    rate: Float,
    dropped: Float,
    kept: Float,
    drawing: MaskStreams,
    row: Int,
    into target: UnsafeMutablePointer<Float>
  ) {
    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: steps * size) { numbers in
      guard let base = numbers.baseAddress else { return }
      unsafe draw(
        steps * size,
        rate: rate,
        dropped: dropped,
        kept: kept,
        seed: drawing.seed,
        step: drawing.step,
        example: drawing.examples[row],
        into: base
      )
      for step in 0..<steps {
        unsafe (target + step * stride).update(from: base + step * size, count: size)
      }
    }
  }
}

// Masks as tensors, for layers that the tape runs.
extension MaskStreams {
  /// A mask of `shape`, `[batch, ...]`, drawn for each row by itself; nil where the rate is 0.
  ///
  /// What is dropped becomes 0 and the rest 1 / (1 - rate), so that sums keep their mean.
  func dropout(_ shape: Shape, rate: Float, at site: MaskSite) -> Tensor? {
    rate > 0 ? mask(shape, rate: rate, dropped: 0, kept: 1 / (1 - rate), at: site) : nil
  }

  /// A mask of `shape`, `[batch, ...]`, that is 1 for a share of `rate` and 0 for the rest.
  func zoneout(_ shape: Shape, rate: Float, at site: MaskSite) -> Tensor? {
    rate > 0 ? mask(shape, rate: rate, dropped: 1, kept: 0, at: site) : nil
  }

  /// A mask of weights, one for all rows.
  func dropConnect(_ shape: Shape, rate: Float, at site: MaskSite) -> Tensor? {
    guard rate > 0 else { return nil }
    return unsafe Tensor(uninitialized: shape) { target in
      guard let base = target.baseAddress else { return }
      unsafe site.draw(
        shape.count,
        rate: rate,
        dropped: 0,
        kept: 1 / (1 - rate),
        seed: seed,
        step: step,
        example: 0,
        into: base
      )
    }
  }

  private func mask(
    _ shape: Shape,
    rate: Float,
    dropped: Float,
    kept: Float,
    at site: MaskSite
  ) -> Tensor {
    require(
      shape.rank > 0 && shape[0] == examples.count,
      "masks of \(examples.count) examples were asked for as \(shape)"
    )
    let size = shape.count / max(examples.count, 1)
    return unsafe Tensor(uninitialized: shape) { target in
      guard let base = target.baseAddress else { return }
      for (row, example) in examples.enumerated() {
        unsafe site.draw(
          size,
          rate: rate,
          dropped: dropped,
          kept: kept,
          seed: seed,
          step: step,
          example: example,
          into: base + row * size
        )
      }
    }
  }
}

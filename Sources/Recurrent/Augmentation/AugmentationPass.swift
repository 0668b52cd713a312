import RecurrentKernels

/// One epoch's augmentation: what each example becomes is drawn from its number in the data set.
struct AugmentationPass: Sendable {
  let augmentation: Augmentation
  let seed: UInt64
  let epoch: UInt32

  /// The augmentation of an epoch; nil if it changes nothing.
  init?(_ augmentation: Augmentation?, seed: UInt64, epoch: Int) {
    guard let augmentation, !augmentation.operations.isEmpty else { return nil }
    self.augmentation = augmentation
    self.seed = seed
    self.epoch = UInt32(truncatingIfNeeded: epoch)
  }

  /// Changes an example in place.
  ///
  /// What lies outside `range` afterwards, if there is one, becomes its nearest bound.
  func change(
    _ example: AugmentedExample,
    number: Int,
    keeping range: ClosedRange<Float>?,
    workingIn memory: AugmentationMemory
  ) {
    var stream = RandomStream(
      seed: seed,
      purpose: .augmentation,
      epoch: epoch,
      index: UInt32(truncatingIfNeeded: number)
    )
    var motion = unsafe Motion()
    for operation in augmentation.operations {
      unsafe apply(operation, to: example, pending: &motion, memory, &stream)
    }
    unsafe motion.finish(on: example, workingIn: memory.image)
    if let range {
      unsafe kernels.pointee.clamp(
        example.steps * example.features,
        range.lowerBound,
        range.upperBound,
        example.values
      )
    }
  }

  private func apply(
    _ operation: Augmentation.Operation,
    to example: AugmentedExample,
    pending motion: inout Motion,
    _ memory: AugmentationMemory,
    _ stream: inout RandomStream
  ) {
    guard stream.nextUniform() < operation.probability else { return }
    let (rows, columns) = unsafe (example.steps, example.features)
    switch operation {
    case .affine(let settings):
      if unsafe motion.map != nil { unsafe motion.finish(on: example, workingIn: memory.image) }
      unsafe motion.map = settings.map(rows: rows, columns: columns, drawingFrom: &stream)
      return
    case .elastic(let settings):
      if unsafe motion.field != nil { unsafe motion.finish(on: example, workingIn: memory.image) }
      guard settings.alpha > 0 else { return }
      unsafe motion.field = unsafe settings.field(
        rows: rows,
        columns: columns,
        coefficientsIn: memory.field,
        drawingFrom: &stream
      )
      return
    default:
      unsafe motion.finish(on: example, workingIn: memory.image)
    }
    switch operation {
    case .affine, .elastic: break
    case .cutOut(let settings): unsafe settings.change(example, drawingFrom: &stream)
    case .timeShift(let settings): unsafe settings.change(example, drawingFrom: &stream)
    case .timeCutOut(let settings): unsafe settings.change(example, drawingFrom: &stream)
    case .timeWarp(let settings):
      unsafe settings.change(example, workingIn: memory.numbers, drawingFrom: &stream)
    case .scaling(let settings):
      unsafe settings.change(example, factorsIn: memory.numbers, drawingFrom: &stream)
    case .noise(let settings):
      unsafe settings.change(example, noiseIn: memory.numbers, drawingFrom: &stream)
    }
  }
}

/// Where a worker changes examples, kept from one to the next.
final class AugmentationMemory {
  fileprivate let field = Buffer()
  fileprivate let image = Buffer()
  fileprivate let numbers = Buffer()
}

/// An example about to be changed: `steps` rows of `features` values, without the steps that only
/// fill a batch up to its longest sequence.
@unsafe struct AugmentedExample {
  let values: UnsafeMutablePointer<Float>
  let steps: Int
  let features: Int
}

/// How the pixels of an image are to move, in one resampling.
@unsafe private struct Motion {
  var map: AffineMap?
  var field: DisplacementField?

  /// Moves the pixels; nothing is left to be done then.
  mutating func finish(on example: AugmentedExample, workingIn memory: Buffer) {
    defer { unsafe self = unsafe Motion() }
    let map = unsafe self.map ?? AffineMap()
    if unsafe field == nil && map.isIdentity { return }
    unsafe example.resample(map, field, workingIn: memory)
  }
}

extension AugmentedExample {
  /// Moves the pixels of an image: each gets what lay where the map and the field say.
  func resample(_ map: AffineMap, _ field: DisplacementField?, workingIn memory: Buffer) {
    let (rows, columns) = unsafe (steps, features)
    let padded = (rows + 3) * (columns + 3)
    require(
      padded < 1 << 31,
      "an image of \(rows) rows and \(columns) columns is too large to be resampled"
    )
    let width = columns.dividedRoundingUp(by: 16) * 16
    let nodeRows = unsafe field?.nodeRows ?? 0
    var request = unsafe RecurrentResampling(
      rows: rows,
      columns: columns,
      image: values,
      map: (
        map.across.0, map.across.1, map.across.2, map.down.0, map.down.1, map.down.2
      ),
      nodes: field?.coefficients,
      node_rows: nodeRows,
      node_columns: field?.nodeColumns ?? 0,
      nodes_per_pixel: field?.nodesPerPixel ?? 0,
      first_row: field?.firstRow ?? 0,
      first_column: field?.firstColumn ?? 0,
      memory: memory.reserve(padded + 2 * nodeRows * width)
    )
    unsafe kernels.pointee.resample(&request)
  }
}

extension Augmentation.Operation {
  /// The share of the examples that are changed.
  fileprivate var probability: Float {
    switch self {
    case .affine(let settings): settings.probability
    case .elastic(let settings): settings.probability
    case .cutOut(let settings): settings.probability
    case .timeShift(let settings): settings.probability
    case .timeWarp(let settings): settings.probability
    case .timeCutOut(let settings): settings.probability
    case .scaling(let settings): settings.probability
    case .noise(let settings): settings.probability
    }
  }
}

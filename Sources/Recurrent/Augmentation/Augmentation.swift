/// Random changes of training examples, one after another, drawn anew in every epoch.
///
/// What an example becomes is fixed by the seed, the epoch and the example's number, whoever
/// computes it on whichever processor. Labels stay as they are.
///
/// A random affine map and an elastic distortion next to each other are one resampling, whichever
/// is named first: a pixel gets what lay at its place under the map, displaced by the field. So the
/// image is blurred by interpolation once only.
public struct Augmentation: Sendable, Hashable {
  /// One kind of change with its settings.
  public enum Operation: Sendable, Hashable {
    /// An image is turned, shifted, scaled and sheared.
    case affine(RandomAffine)
    /// An image is distorted as if it lay on rubber.
    case elastic(ElasticDistortion)
    /// Squares of an image become zero.
    case cutOut(CutOut)
    /// A series begins sooner or later.
    case timeShift(TimeShift)
    /// A series runs faster here and slower there.
    case timeWarp(TimeWarp)
    /// A stretch of a series becomes zero.
    case timeCutOut(TimeCutOut)
    /// The values are multiplied.
    case scaling(RandomScaling)
    /// Numbers are added to the values.
    case noise(GaussianNoise)
  }

  /// The changes, in the order in which an example undergoes them.
  public var operations: [Operation]

  /// Creates an augmentation of these changes, in this order.
  public init(_ operations: [Operation]) { self.operations = operations }
}

extension Augmentation: Codable {
  /// Reads an augmentation from a list of texts, one for each operation.
  ///
  /// - Throws: `DecodingError` when a text is not that of an operation.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    operations = []
    for text in try container.decode([String].self) {
      do {
        operations += try Augmentation(text).operations
      } catch {
        throw DecodingError.dataCorruptedError(
          in: container,
          debugDescription: error.description
        )
      }
    }
  }

  /// Writes the augmentation as a list of texts, one for each operation.
  ///
  /// - Throws: What the encoder throws.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(operations.map(\.description))
  }
}

internal import Dispatch
public import Recurrent

/// Digits drawn by code, a stand-in for MNIST that needs no file and no network.
///
/// Each image is a digit written by a hand of its own: one of several ways of forming the digit,
/// slanted, stretched, turned, shaken and smoothly bent, in a line of its own width. Images have
/// MNIST's format: 28 by 28 bytes, bright ink on black, the digit 20 pixels along its longer side
/// and centred by its mass. Example `index` of a split depends on the seed, the split and the
/// index alone, and has the same bytes on every platform and any number of cores.
public enum DrawnDigits {
  /// Which examples of a seed: the three parts share none.
  public enum Split: UInt32, CaseIterable, Sendable {
    /// For training.
    case training = 0
    /// For choosing between models.
    case validation = 1
    /// For the final measurement.
    case test = 2
  }

  /// The rows of an image, and the pixels in each: 28.
  public static let imageSide: Int = DigitNormalisation.imageSide

  /// Returns the first `count` examples of a split, row by row: 28 steps of 28 features.
  ///
  /// Bytes are scaled to values from 0 to 1. Digits follow one another as 0, 1, ... 9, 0, 1, ...,
  /// so classes are as even as `count` allows; shuffle before training in order.
  ///
  /// - Precondition: `count` is at least 1.
  /// - Complexity: O(`count`), shared among all cores; tens of microseconds an image on one.
  public static func dataset(count: Int, seed: UInt64, split: Split) -> SequenceDataset {
    dataset(count: count, seed: seed, split: split, imagesPerTask: 128)
  }

  /// Returns the first `count` examples of a split, drawn `imagesPerTask` at a time.
  package static func dataset(
    count: Int,
    seed: UInt64,
    split: Split,
    imagesPerTask: Int
  ) -> SequenceDataset {
    require(
      count >= 1 && count <= Int(UInt32.max),
      "DrawnDigits.dataset needs a count from 1 to 4294967295, got \(count)"
    )
    require(imagesPerTask >= 1, "DrawnDigits needs at least 1 image per task, got \(imagesPerTask)")
    let size = imageSide * imageSide
    let bytes = [UInt8](unsafeUninitializedCapacity: count * size) { buffer, initializedCount in
      // Each task writes the bytes of its own images only, tasks' ranges do not overlap, and
      // `concurrentPerform` returns when all have ended, so no byte is reached by two threads.
      nonisolated(unsafe) let target = buffer
      let tasks = (count + imagesPerTask - 1) / imagesPerTask
      DispatchQueue.concurrentPerform(iterations: tasks) { task in
        let first = task * imagesPerTask
        for index in first..<min(first + imagesPerTask, count) {
          let pixels = image(index, seed: seed, split: split)
          let part = UnsafeMutableBufferPointer(rebasing: target[index * size..<(index + 1) * size])
          _ = part.initialize(from: pixels)
        }
      }
      initializedCount = count * size
    }
    return SequenceDataset(
      elements: .bytes(bytes, scale: 1 / 255),
      labels: (0..<count).map(digit(ofExample:)),
      steps: imageSide,
      features: imageSide,
      classNames: (0..<10).map(String.init)
    )
  }

  /// Returns the digit that example `index` shows.
  package static func digit(ofExample index: Int) -> Int { index % 10 }

  /// Returns the pixels of example `index`, row by row, `[28, 28]`.
  package static func image(_ index: Int, seed: UInt64, split: Split) -> [UInt8] {
    var stream = RandomStream(
      seed: seed,
      purpose: .drawnDigits,
      epoch: split.rawValue,
      index: UInt32(index)
    )
    let digit = digit(ofExample: index)
    let shape = DigitSkeletons.shape(of: digit, drawingFrom: &stream)
    let hand = Handwriting(writing: digit, drawingFrom: &stream)
    let trace = PenTrace(of: shape, by: hand, drawingFrom: &stream)
    let fitted = DigitNormalisation.fitted(trace)
    let ink = InkField(
      drawing: fitted,
      side: DigitNormalisation.digitSide,
      softness: hand.softness
    )
    return DigitNormalisation.centred(ink)
  }
}

extension SequenceModel {
  /// In which way a model reads a sequence `[time, features]`: a grid, such as an image, need not be
  /// read row by row.
  public enum Reading: Sendable, Hashable {
    /// Row by row, as it is given: step t is row t.
    case rows
    /// Column by column: step t is column t.
    case columns
    /// Both at once, of a square grid: step t is row t and, after it, column t.
    case rowsAndColumns
    /// Squares of this side, `stride` apart, a row of them a step: one square after another from the
    /// left, each row by row. They overlap where the stride is less than the side.
    case patches(side: Int, stride: Int)
    /// Pixel by pixel, row after row: a step has one number, and there are as many as there are numbers.
    case pixels
    /// Pixel by pixel in an order that a seed decides, the same for every sequence: what belongs
    /// together is torn apart.
    ///
    /// Source: Q. V. Le, N. Jaitly, G. E. Hinton, "A simple way to initialize recurrent networks of
    /// rectified linear units", 2015, section 4.2.
    case permutedPixels(seed: UInt64)
  }
}

extension SequenceModel.Reading: RawRepresentable, Codable {
  /// The name, such as "columns", "patches:4" for squares of 4 by 4 side by side, or "patches:4:2"
  /// for such squares 2 apart; "permuted-pixels" for the order of seed 1, "permuted-pixels:7" for that
  /// of another.
  public var rawValue: String {
    switch self {
    case .rows: "rows"
    case .columns: "columns"
    case .rowsAndColumns: "rowsAndColumns"
    case .patches(let side, let stride):
      side == stride ? "patches:\(side)" : "patches:\(side):\(stride)"
    case .pixels: "pixels"
    case .permutedPixels(let seed): seed == 1 ? "permuted-pixels" : "permuted-pixels:\(seed)"
    }
  }

  /// The way of reading of this name; sides and strides are from 1 to 65,536.
  public init?(rawValue: String) {
    let plain: [Self] = [.rows, .columns, .rowsAndColumns, .pixels, .permutedPixels(seed: 1)]
    if let found = plain.first(where: { $0.rawValue == rawValue }) {
      self = found
      return
    }
    let parts = rawValue.split(separator: ":", omittingEmptySubsequences: false)
    if parts[0] == "permuted-pixels" {
      guard parts.count == 2, let seed = UInt64(parts[1]) else { return nil }
      self = .permutedPixels(seed: seed)
      return
    }
    let sizes = parts.dropFirst().compactMap { Int($0) }.filter { 1...65_536 ~= $0 }
    guard parts[0] == "patches", 2...3 ~= parts.count, sizes.count == parts.count - 1 else {
      return nil
    }
    self = .patches(side: sizes[0], stride: sizes[sizes.count - 1])
  }
}

extension SequenceModel.Reading {
  /// The steps and the features that are read of `steps` steps of `features` features; nil where
  /// this way of reading does not fit them.
  package func size(steps: Int, features: Int) -> (steps: Int, features: Int)? {
    switch self {
    case .rows: return (steps, features)
    case .columns: return (features, steps)
    case .rowsAndColumns:
      return steps == features && features <= .max / 2 ? (steps, 2 * features) : nil
    case .patches(let side, let stride):
      guard side > 0, stride > 0, side <= steps, side <= features,
        (steps - side) % stride == 0, (features - side) % stride == 0
      else { return nil }
      let (places, isTooLarge) = ((features - side) / stride + 1)
        .multipliedReportingOverflow(by: side * side)
      return isTooLarge ? nil : ((steps - side) / stride + 1, places)
    case .pixels, .permutedPixels:
      let (count, isTooLarge) = steps.multipliedReportingOverflow(by: features)
      return isTooLarge ? nil : (count, 1)
    }
  }

  /// Whether a step is a line of a grid.
  package var hasPlaces: Bool {
    switch self {
    case .rows, .patches: true
    case .columns, .rowsAndColumns, .pixels, .permutedPixels: false
    }
  }

  /// The places of a step: pixels, or patches; nil where a step is not a line of a grid.
  ///
  /// - Precondition: This way of reading fits the features.
  package func places(features: Int) -> Int? {
    switch self {
    case .rows: features
    case .patches(let side, let stride): (features - side) / stride + 1
    case .columns, .rowsAndColumns, .pixels, .permutedPixels: nil
    }
  }

  /// Where the number of a feature of a step that is read lies in a sequence.
  private func position(step: Int, feature: Int, features: Int) -> Int {
    switch self {
    case .rows: return step * features + feature
    case .columns: return feature * features + step
    case .rowsAndColumns:
      return feature < features
        ? step * features + feature : (feature - features) * features + step
    case .patches(let side, let stride):
      let (patch, pixel) = feature.quotientAndRemainder(dividingBy: side * side)
      let (row, column) = pixel.quotientAndRemainder(dividingBy: side)
      return (step * stride + row) * features + patch * stride + column
    case .pixels, .permutedPixels: return step
    }
  }

  /// Where each number that is read lies in a sequence of `steps` steps of `features`, in order.
  ///
  /// - Precondition: This way of reading fits them.
  package func positions(steps: Int, features: Int) -> [Int] {
    let size = size(steps: steps, features: features)
    require(size != nil, "\(rawValue) cannot be read of \(steps) steps of \(features) features")
    guard let size else { return [] }
    if case .permutedPixels(let seed) = self {
      var stream = RandomStream(seed: seed, purpose: .pixelOrder)
      return stream.permutation(of: size.steps)
    }
    return (0..<size.steps).flatMap { step in
      (0..<size.features).map { feature in
        position(step: step, feature: feature, features: features)
      }
    }
  }

  /// What is read of sequences `[batch, time, features]`.
  func of(_ input: Tensor, lengths: [Int]?) -> Tensor {
    if self == .rows { return input }
    require(input.shape.rank == 3, "a model reads [batch, time, features], got \(input.shape)")
    let (batch, steps, features) = (input.shape[0], input.shape[1], input.shape[2])
    requireWhole(lengths?.allSatisfy { $0 == steps } ?? true)
    let positions = positions(steps: steps, features: features)
    let size = size(steps: steps, features: features) ?? (steps, features)
    return input.reshaped(to: [batch, steps * features])
      .gathered(at: positions, along: 1)
      .reshaped(to: [batch, size.steps, size.features])
  }

  /// Traps if anything but rows is read of sequences of unequal length.
  func requireWhole(_ isWhole: Bool) {
    require(isWhole, "\(rawValue) can only be read of sequences that all have all steps")
  }
}

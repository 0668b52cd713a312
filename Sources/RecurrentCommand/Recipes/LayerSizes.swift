import ArgumentParser

/// The numbers of hidden units of layers one on another, the first reads the input: "128" or
/// "256,128".
struct LayerSizes: Equatable, ExpressibleByIntegerLiteral {
  /// The most hidden units of a layer, and the most layers.
  static let (mostUnits, mostLayers) = (16_384, 64)

  /// One number for each layer; at least one.
  let sizes: [Int]

  /// Creates the sizes of layers; nil without one.
  init?(_ sizes: [Int]) {
    guard !sizes.isEmpty else { return nil }
    self.sizes = sizes
  }

  /// Refuses sizes that no layer has, or too many layers.
  func check(_ option: String, most: Int = mostUnits) throws {
    for size in sizes { try checkCount(option, size, 1...most) }
    if sizes.count > Self.mostLayers {
      throw ValidationError(
        "\(option) has \(sizes.count) layers; use at most \(Self.mostLayers)"
      )
    }
  }

  /// The sizes of several layers.
  init(_ first: Int, _ others: Int...) { sizes = [first] + others }

  /// The size of one layer.
  init(integerLiteral size: Int) { sizes = [size] }

  /// The sizes in a sentence.
  var text: String {
    let words = sizes.map { "\($0)" }
    let last = words[words.count - 1]
    return words.count == 1 ? last : words.dropLast().joined(separator: ", ") + " and " + last
  }
}

extension LayerSizes: ExpressibleByArgument {
  /// The sizes in this text; nil if they are not whole numbers separated by commas.
  init?(argument: String) {
    let parts = argument.split(separator: ",", omittingEmptySubsequences: false)
    let sizes = parts.compactMap { Int($0) }
    guard sizes.count == parts.count else { return nil }
    self.init(sizes)
  }
}

// One layer is a number in a record, as it was when there was one layer only.
extension LayerSizes: Codable {
  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    sizes = try (try? container.decode(Int.self)).map { [$0] } ?? container.decode([Int].self)
    guard (1...Self.mostLayers).contains(sizes.count),
      sizes.allSatisfy({ (1...Self.mostUnits).contains($0) })
    else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "no layers have these sizes"
      )
    }
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if sizes.count == 1 {
      try container.encode(sizes[0])
    } else {
      try container.encode(sizes)
    }
  }
}

extension Augmentation: CustomStringConvertible {
  /// Reads operations with their settings from text such as `affine:rotate=15,shift=0.1,elastic`.
  ///
  /// Names and settings are separated by commas; a setting belongs to the operation named last,
  /// which a colon may join to its first one. What is not set has its default.
  ///
  /// - Throws: `AugmentationError` when a name or a value is not one of those that are allowed.
  public init(_ text: String) throws(AugmentationError) {
    operations = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let words = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        .map { $0.trimmed }
      var setting: String? = words.last
      if words.count == 2 || !part.contains("=") {
        operations.append(try Operation(named: words[0]))
        setting = words.count == 2 ? words[1] : nil
      }
      guard let setting else { continue }
      guard let last = operations.popLast() else {
        throw AugmentationError(
          "'\(setting)' has no augmentation before it; begin with one, such as affine:rotate=10"
        )
      }
      operations.append(try last.with(setting))
    }
  }

  /// The text that stands for the augmentation.
  public var description: String { operations.map(\.description).joined(separator: ",") }
}

extension Augmentation.Operation: CustomStringConvertible {
  /// Every operation with its defaults.
  private static let all: [Augmentation.Operation] = [
    .affine(RandomAffine()), .elastic(ElasticDistortion()), .cutOut(CutOut()),
    .timeShift(TimeShift()), .timeWarp(TimeWarp()), .timeCutOut(TimeCutOut()),
    .scaling(RandomScaling()), .noise(GaussianNoise()),
  ]

  /// The names of all operations, in a sentence.
  package static var names: String { listed(all.map(\.settings.name), "or") }

  fileprivate init(named name: String) throws(AugmentationError) {
    guard let found = Self.all.first(where: { $0.settings.name == name }) else {
      let problem = name.isEmpty ? "an augmentation's name is missing" : "there is no '\(name)'"
      throw AugmentationError("\(problem); use \(Self.names)")
    }
    self = found
  }

  /// The operation with what `setting`, text such as `rotate=10`, says.
  fileprivate func with(_ setting: String) throws(AugmentationError) -> Self {
    let words = setting.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      .map { $0.trimmed }
    return try settings.with(words[0], as: words.count == 2 ? words[1] : "")
  }

  /// The text that stands for the operation.
  public var description: String { settings.text }

  private var settings: any AugmentationSettings {
    switch self {
    case .affine(let settings): settings
    case .elastic(let settings): settings
    case .cutOut(let settings): settings
    case .timeShift(let settings): settings
    case .timeWarp(let settings): settings
    case .timeCutOut(let settings): settings
    case .scaling(let settings): settings
    case .noise(let settings): settings
    }
  }
}

/// What is wrong with the text of an augmentation.
public struct AugmentationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// One line that says what was wrong and what is allowed.
  public let description: String

  init(_ description: String) { self.description = description }
}

extension Substring {
  /// The text without the spaces around it.
  fileprivate var trimmed: String {
    let start = firstIndex { $0 != " " } ?? endIndex
    let last = lastIndex { $0 != " " }
    return String(last.map { self[start...$0] } ?? "")
  }
}

/// Names with commas and a word before the last.
func listed(_ names: [String], _ word: String) -> String {
  guard names.count > 1, let last = names.last else { return names.joined() }
  return "\(names.dropLast().joined(separator: ", ")) \(word) \(last)"
}

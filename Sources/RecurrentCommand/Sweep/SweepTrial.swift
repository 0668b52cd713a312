/// Settings that are tried.
struct SweepTrial: Codable, Equatable {
  /// An option of `train` without the dashes, and its value.
  struct Setting: Codable, Equatable {
    var option: String
    var value: String
  }

  /// Its number among all, from 1 on.
  var number: Int
  /// What is swept, in the order in which it was asked for.
  var settings: [Setting]

  /// The settings in a sentence.
  var words: String { settings.map { "\($0.option) \($0.value)" }.joined(separator: ", ") }

  /// The words that give them to `train`.
  var arguments: [String] {
    settings.flatMap { SweptOption.named($0.option)?.words(for: $0.value) ?? [] }
  }
}

import ArgumentParser

/// An option of `train` whose values can be swept over.
struct SweptOption: Equatable {
  /// What its values are.
  enum Kind: Equatable {
    case wholeNumber
    case number
    /// Whether something is done.
    case flag
    /// One of several words.
    case word
  }

  /// The option, without the dashes.
  let name: String
  let kind: Kind

  /// All of them: the preset, and every setting of a recipe.
  static let all: [SweptOption] = [
    SweptOption(name: "preset", kind: .word),
    SweptOption(name: "cell", kind: .word),
    SweptOption(name: "hidden", kind: .wholeNumber),
    SweptOption(name: "forget-bias", kind: .number),
    SweptOption(name: "init", kind: .word),
    SweptOption(name: "epochs", kind: .wholeNumber),
    SweptOption(name: "batch", kind: .wholeNumber),
    SweptOption(name: "drop-last", kind: .flag),
    SweptOption(name: "optimizer", kind: .word),
    SweptOption(name: "learning-rate", kind: .number),
    SweptOption(name: "clip", kind: .number),
    SweptOption(name: "schedule", kind: .word),
    SweptOption(name: "precision", kind: .word),
    SweptOption(name: "momentum", kind: .number),
    SweptOption(name: "weight-decay", kind: .number),
    SweptOption(name: "clip-value", kind: .number),
    SweptOption(name: "label-smoothing", kind: .number),
    SweptOption(name: "average", kind: .number),
    SweptOption(name: "dropout", kind: .number),
    SweptOption(name: "patience", kind: .wholeNumber),
    SweptOption(name: "augment", kind: .word),
    SweptOption(name: "window", kind: .wholeNumber),
    SweptOption(name: "read", kind: .word),
    SweptOption(name: "sweeps", kind: .wholeNumber),
    SweptOption(name: "bidirectional", kind: .flag),
    SweptOption(name: "merge", kind: .word),
    SweptOption(name: "residual", kind: .flag),
    SweptOption(name: "summary", kind: .word),
    SweptOption(name: "projection", kind: .wholeNumber),
    SweptOption(name: "learn-state", kind: .flag),
    SweptOption(name: "input-dropout", kind: .number),
    SweptOption(name: "layer-dropout", kind: .number),
    SweptOption(name: "recurrent-dropout", kind: .number),
    SweptOption(name: "drop-connect", kind: .number),
    SweptOption(name: "zoneout", kind: .number),
    SweptOption(name: "cell-zoneout", kind: .number),
  ]

  /// The value that leaves an option out.
  static let leftOut = "default"

  /// The option of a name; nil if there is none.
  static func named(_ name: String) -> SweptOption? { all.first { $0.name == name } }

  /// Whether words of a command line give the option already.
  func isGiven(in words: [String]) -> Bool {
    words.contains { $0 == "--\(name)" || $0.hasPrefix("--\(name)=") || $0 == "--no-\(name)" }
  }

  /// The words that give `train` a value of it.
  func words(for value: String) -> [String] {
    if value == Self.leftOut { return [] }
    // In one word, so that no value is taken for an option.
    return kind == .flag ? [value == "true" ? "--\(name)" : "--no-\(name)"] : ["--\(name)=\(value)"]
  }
}

import ArgumentParser
import Recurrent

/// An option of `train` whose values can be swept over.
struct SweptOption: Sendable {
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
  /// Gives choices a value of it, or none; returns whether it is one.
  private let set: @Sendable (String?, inout RecipeChoices) -> Bool

  /// All of them: the preset, and every setting of a recipe.
  static let all: [SweptOption] = [
    option("preset", .word, \.preset),
    option("cell", .word, \.choices.cell),
    option("hidden", .wholeNumber, \.choices.hidden),
    option("forget-bias", .number, \.choices.forgetBias),
    option("init", .word, \.choices.initialization),
    option("epochs", .wholeNumber, \.choices.epochs),
    option("batch", .wholeNumber, \.choices.batch),
    option("drop-last", .flag, \.choices.dropLast),
    option("optimizer", .word, \.choices.optimizer),
    option("learning-rate", .number, \.choices.learningRate),
    option("clip", .number, \.choices.clip),
    option("schedule", .word, \.choices.schedule),
    option("precision", .word, \.choices.precision),
    option("momentum", .number, \.learning.momentum),
    option("weight-decay", .number, \.learning.weightDecay),
    option("clip-value", .number, \.learning.clipValue),
    option("label-smoothing", .number, \.learning.labelSmoothing),
    option("average", .number, \.learning.average),
    option("dropout", .number, \.learning.dropout),
    option("patience", .wholeNumber, \.learning.patience),
    augment,
    option("window", .wholeNumber, \.choices.window),
    option("read", .word, \.structure.reading),
    option("sweeps", .wholeNumber, \.structure.sweeps),
    option("bidirectional", .flag, \.structure.bidirectional),
    option("merge", .word, \.structure.merge),
    option("residual", .flag, \.structure.residual),
    option("summary", .word, \.structure.summary),
    option("projection", .wholeNumber, \.structure.projection),
    option("learn-state", .flag, \.structure.learnState),
    option("input-dropout", .number, \.structure.inputDropout),
    option("layer-dropout", .number, \.structure.layerDropout),
    option("recurrent-dropout", .number, \.structure.recurrentDropout),
    option("drop-connect", .number, \.structure.dropConnect),
    option("zoneout", .number, \.structure.zoneout),
    option("cell-zoneout", .number, \.structure.cellZoneout),
  ]

  private static let augment = SweptOption(name: "augment", kind: .word) { value, choices in
    let augmentation = value.flatMap { try? Augmentation($0) }
    choices.choices.changes.augment = augmentation.map { [$0] } ?? []
    return (augmentation == nil) == (value == nil)
  }

  private static func option<Value: ExpressibleByArgument>(
    _ name: String,
    _ kind: Kind,
    _ path: any WritableKeyPath<RecipeChoices, Value?> & Sendable
  ) -> SweptOption {
    SweptOption(name: name, kind: kind) { value, choices in
      choices[keyPath: path] = value.flatMap { Value(argument: $0) }
      return (choices[keyPath: path] == nil) == (value == nil)
    }
  }

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

  /// Gives choices a value of the option; returns whether it is one.
  func take(_ value: String, in choices: inout RecipeChoices) -> Bool {
    set(value == Self.leftOut ? nil : value, &choices)
  }
}

extension SweptOption: Equatable {
  static func == (one: SweptOption, other: SweptOption) -> Bool { one.name == other.name }
}

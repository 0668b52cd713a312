/// The settings of one kind of change: their names in text, and what values they may have.
protocol AugmentationSettings: Sendable, Hashable {
  /// The operation's name.
  static var name: String { get }
  /// What can be set, but for the probability.
  static var settings: [AugmentationSetting<Self>] { get }
  /// The share of the examples that are changed.
  var probability: Float { get set }
  /// The operation with these settings.
  var operation: Augmentation.Operation { get }
}

/// One number, or one choice between yes and no, among the settings of an operation.
struct AugmentationSetting<Settings>: Sendable {
  /// Where the value is, and what it may be.
  enum Value: Sendable {
    case number(any WritableKeyPath<Settings, Float> & Sendable, ClosedRange<Float>)
    case whole(any WritableKeyPath<Settings, Int> & Sendable, ClosedRange<Int>)
    case choice(any WritableKeyPath<Settings, Bool> & Sendable)
  }

  let name: String
  let value: Value

  init(_ name: String, _ value: Value) {
    self.name = name
    self.value = value
  }

  /// The value's text.
  func text(of settings: Settings) -> String {
    switch value {
    case .number(let path, _): shortText(settings[keyPath: path])
    case .whole(let path, _): "\(settings[keyPath: path])"
    case .choice(let path): settings[keyPath: path] ? "yes" : "no"
    }
  }

  /// Sets the value from text; returns whether that is allowed.
  func set(_ settings: inout Settings, from text: String) -> Bool {
    switch value {
    case .number(let path, let range):
      guard let number = Float(text), range.contains(number) else { return false }
      settings[keyPath: path] = number
    case .whole(let path, let range):
      guard let number = Int(text), range.contains(number) else { return false }
      settings[keyPath: path] = number
    case .choice(let path):
      guard text == "yes" || text == "no" else { return false }
      settings[keyPath: path] = text == "yes"
    }
    return true
  }

  /// The values that are allowed, in words.
  var allowed: String {
    switch value {
    case .number(_, let range):
      "a number from \(shortText(range.lowerBound)) to \(shortText(range.upperBound))"
    case .whole(_, let range):
      "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .choice: "yes or no"
    }
  }
}

/// The shortest text that stands for a number, without a point where it is whole.
private func shortText(_ number: Float) -> String {
  let text = "\(number)"
  return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}

extension AugmentationSettings {
  /// The operation's name.
  var name: String { Self.name }

  private static var everySetting: [AugmentationSetting<Self>] {
    settings + [AugmentationSetting("probability", .number(\.probability, 0...1))]
  }

  /// The text that stands for these settings; a probability of 1 goes without saying.
  var text: String {
    var parts = Self.settings.map { "\($0.name)=\($0.text(of: self))" }
    if probability != 1 { parts.append("probability=\(shortText(probability))") }
    return "\(Self.name):\(parts.joined(separator: ","))"
  }

  /// These settings with another value of one.
  func with(
    _ name: String,
    as text: String
  ) throws(AugmentationError) -> Augmentation.Operation {
    guard let setting = Self.everySetting.first(where: { $0.name == name }) else {
      throw AugmentationError(
        """
        \(Self.name) has no setting '\(name)'; use \
        \(listed(Self.everySetting.map(\.name), "or")), as in \(Self.name):\(example)
        """
      )
    }
    var result = self
    guard setting.set(&result, from: text) else {
      throw AugmentationError("\(Self.name):\(name) is '\(text)'; use \(setting.allowed)")
    }
    return result.operation
  }

  private var example: String {
    Self.settings.first.map { "\($0.name)=\($0.text(of: self))" } ?? "probability=0.5"
  }

  /// Traps with what is wrong if a value is not allowed.
  func requireAllowedValues() {
    for setting in Self.everySetting {
      var copy = self
      require(
        setting.set(&copy, from: setting.text(of: self)),
        "\(Self.self) has \(setting.name)=\(setting.text(of: self)); use \(setting.allowed)"
      )
    }
  }
}

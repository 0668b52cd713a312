import ArgumentParser
import Recurrent

/// An option that is swept over, with the values it takes.
struct SweepAxis: Equatable {
  /// What there is to choose from.
  enum Values: Equatable {
    case list([String])
    case range(SweepRange)
  }

  let option: SweptOption
  /// The values as they were written.
  let text: String
  let values: Values

  /// Reads an option and its values, such as "hidden=32,64" or, to draw from, "dropout=0..0.5".
  ///
  /// Where values hold commas themselves, all are separated by slashes: "hidden=64/64,64".
  ///
  /// - Throws: `ValidationError` for an option that cannot be swept, or values it cannot have.
  init(_ argument: String, isDrawn: Bool) throws {
    let flag = isDrawn ? "--draw" : "--over"
    guard let sign = argument.firstIndex(of: "=") else {
      throw ValidationError(
        "\(flag) has '\(argument)'; write an option and its values, such as \(flag) hidden=32,64"
      )
    }
    let name = String(argument[..<sign])
    guard let option = SweptOption.named(name) else {
      throw ValidationError(
        """
        \(flag) has '\(name)', which cannot be swept; use \
        \(SweptOption.all.map(\.name).joined(separator: ", "))
        """
      )
    }
    self.option = option
    text = String(argument[argument.index(after: sign)...])
    if let range = try SweepRange(text, of: option) {
      guard isDrawn else {
        throw ValidationError(
          "--over \(name) has '\(text)'; a range is for --draw, --over takes values such as 1,2,4"
        )
      }
      values = .range(range)
      return
    }
    values = .list(try Self.list(text, of: option, flag))
  }

  private static func list(
    _ text: String,
    of option: SweptOption,
    _ flag: String
  ) throws -> [String] {
    let separator: Character = text.contains("/") ? "/" : ","
    let list = text.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    guard !list.contains("") else {
      throw ValidationError(
        text.isEmpty
          ? "\(flag) \(option.name) has no values; name some, separated by commas"
          : "\(flag) \(option.name) has an empty value in '\(text)'; take out the comma"
      )
    }
    if option.kind == .flag,
      let wrong = list.first(where: { !["true", "false", SweptOption.leftOut].contains($0) })
    {
      throw ValidationError("\(flag) \(option.name) has '\(wrong)'; use true,false")
    }
    // 0.1 and 0.10 are one number.
    let keys = list.map { value in Double(value).map { "\($0)" } ?? value }
    var seen: Set<String> = []
    if let place = keys.firstIndex(where: { !seen.insert($0).inserted }) {
      throw ValidationError("\(flag) \(option.name) has \(list[place]) twice; name each value once")
    }
    return list
  }

  /// The values of a list; none of a range.
  var list: [String] { if case .list(let list) = values { list } else { [] } }

  /// How many different values there are; nil for more than can be counted.
  var count: Int? {
    switch values {
    case .list(let list): list.count
    case .range(let range): range.count
    }
  }

  /// One of the values.
  func draw(from stream: inout RandomStream) -> String {
    switch values {
    case .list(let list): list[stream.nextIndex(below: list.count)]
    case .range(let range): range.draw(from: &stream)
    }
  }

  /// The option and its values, as they are asked for.
  var argument: String { "\(option.name)=\(text)" }
}

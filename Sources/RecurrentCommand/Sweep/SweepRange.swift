import ArgumentParser
import Foundation
import Recurrent

/// Numbers between two bounds, to draw from.
struct SweepRange: Equatable {
  let bounds: ClosedRange<Double>
  /// Whether equal ratios, rather than equal differences, are equally likely.
  let isLogarithmic: Bool
  let areWhole: Bool

  /// The range in a text such as "0.001..0.1" or "16..256:log"; nil for what is none.
  ///
  /// - Throws: `ValidationError` for a range that nothing can be drawn from.
  init?(_ text: String, of option: SweptOption) throws {
    guard let dots = text.firstRange(of: "..") else { return nil }
    guard option.kind == .number || option.kind == .wholeNumber else {
      throw ValidationError(
        "--draw \(option.name) has no numbers to draw between; name its values, separated by commas"
      )
    }
    var end = text[dots.upperBound...]
    isLogarithmic = end.hasSuffix(":log")
    if isLogarithmic { end = end.dropLast(4) }
    guard let low = Double(text[..<dots.lowerBound]), let high = Double(end), low.isFinite,
      high.isFinite
    else {
      throw ValidationError(
        "--draw \(option.name) has '\(text)'; write a range as low..high or low..high:log"
      )
    }
    guard low < high else {
      throw ValidationError(
        "--draw \(option.name) has '\(text)'; the low end must be below the high"
      )
    }
    guard !isLogarithmic || low > 0 else {
      throw ValidationError(
        "--draw \(option.name) has '\(text)'; a logarithm needs a low end above 0"
      )
    }
    areWhole = option.kind == .wholeNumber
    guard !areWhole || [low, high].allSatisfy({ $0 == $0.rounded() && $0.magnitude < 1e9 }) else {
      throw ValidationError("--draw \(option.name) has '\(text)'; its ends must be whole numbers")
    }
    bounds = low...high
  }

  /// How many different values there are; nil for more than can be counted.
  var count: Int? { areWhole ? Int(bounds.upperBound - bounds.lowerBound) + 1 : nil }

  /// A number of the range, as text of at most four significant digits unless it is whole.
  func draw(from stream: inout RandomStream) -> String {
    let (low, high) = (bounds.lowerBound, bounds.upperBound)
    let share = Double(stream.next() >> 11) * 0x1p-53
    // A whole number stands for all numbers up to the next.
    let end = areWhole ? high + 1 : high
    let number =
      isLogarithmic ? exp(log(low) + share * (log(end) - log(low))) : low + share * (end - low)
    if areWhole { return "\(Int(min(max(number.rounded(.down), low), high)))" }
    let text = significant(number)
    guard let rounded = Double(text), bounds.contains(rounded) else {
      return "\(min(max(number, low), high))"
    }
    return text
  }
}

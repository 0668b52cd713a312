import Recurrent
import RecurrentData

/// What a session's next numbers are prepared from: what came last.
///
/// A series that comes time by time is prepared as the whole is.
struct SessionInput: Sendable {
  /// The numbers of the last time, NaN where none came yet; empty before the first.
  var last: [Float] = []

  /// Prepares numbers of whole steps, `[time, variable]`.
  mutating func prepared(_ numbers: [Float], by preparation: SeriesPreparation) -> [Float] {
    defer { last = Array(numbers.suffix(preparation.variables)) }
    guard !last.isEmpty else { return preparation.prepared(numbers) }
    // A step of what came last goes before, and is taken away again.
    let before = repeatElement(last, count: preparation.choice.timesPerStep).joined()
    return Array(preparation.prepared(before + numbers).dropFirst(preparation.features))
  }
}

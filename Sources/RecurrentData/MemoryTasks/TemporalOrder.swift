import Recurrent

/// Two symbols, each X or Y, stand among distractors, and which they were in their order is to be
/// told.
///
/// A sequence begins with E, ends with B, and has a, b, c or d everywhere else. Its length is drawn
/// from `lag` to a tenth more; the first symbol stands after a tenth to a fifth of the lag, the second
/// after five to six tenths. At lag 100 this is the paper's task 6a. A step is a 1 among zeros.
///
/// Source: S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997, experiment 6.
enum TemporalOrder {
  /// a, b, c, d, X, Y, E and B.
  static let symbols = 8

  static func dataset(lag: Int, drawnFrom streams: [RandomStream]) -> SequenceDataset {
    let (distractors, x, beginning, end) = (4, 4, 6, 7)
    let steps = lag + lag / 10
    var bytes = [UInt8](repeating: 0, count: streams.count * steps * symbols)
    var labels: [Int] = []
    var lengths: [Int] = []
    for (row, var stream) in streams.enumerated() {
      func draw(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + stream.nextIndex(below: range.count)
      }
      let length = draw(lag...steps)
      let places = [draw(lag / 10...lag / 5), draw(lag / 2...lag * 6 / 10)]
      let kinds = [draw(0...1), draw(0...1)]
      for step in 0..<length {
        var symbol = draw(0...distractors - 1)
        if step == 0 { symbol = beginning }
        if step == length - 1 { symbol = end }
        if let place = places.firstIndex(of: step) { symbol = x + kinds[place] }
        bytes[(row * steps + step) * symbols + symbol] = 1
      }
      labels.append(2 * kinds[0] + kinds[1])
      lengths.append(length)
    }
    return SequenceDataset(
      elements: .bytes(bytes, scale: 1),
      labels: labels,
      steps: steps,
      features: symbols,
      classNames: ["XX", "XY", "YX", "YY"],
      lengths: lengths
    )
  }
}

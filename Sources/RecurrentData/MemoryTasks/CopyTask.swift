import Recurrent

/// Ten symbols of eight kinds are to be told again, in their order, after `lag` blank steps.
///
/// A sequence has `lag` + 20 steps: the symbols, `lag` - 1 blanks, a mark that asks for them, and ten
/// blanks at which they are to be told. A step is a 1 among zeros: eight symbols, the blank, the mark.
/// Before the mark nothing is asked for, where the paper wants blanks; its cost is this one's, which
/// is ln 8 for a guess, times 10 / (`lag` + 20).
///
/// Source: M. Arjovsky, A. Shah, Y. Bengio, "Unitary evolution recurrent neural networks", 2016,
/// section 5.1.
enum CopyTask {
  static let symbols = 8
  static let length = 10

  static func dataset(lag: Int, drawnFrom streams: [RandomStream]) -> SequenceDataset {
    let (steps, features) = (lag + 2 * length, symbols + 2)
    let (blank, mark) = (symbols, symbols + 1)
    var bytes = [UInt8](repeating: 0, count: streams.count * steps * features)
    var labels = [Int32](repeating: -1, count: streams.count * steps)
    for (row, var stream) in streams.enumerated() {
      let first = row * steps
      let told = first + steps - length
      for step in first + length..<first + steps {
        bytes[step * features + (step == told - 1 ? mark : blank)] = 1
      }
      for place in 0..<length {
        let symbol = stream.nextIndex(below: symbols)
        bytes[(first + place) * features + symbol] = 1
        labels[told + place] = Int32(symbol)
      }
    }
    return SequenceDataset(
      elements: .bytes(bytes, scale: 1),
      count: streams.count,
      steps: steps,
      features: features,
      targets: .classesOfSteps(labels),
      outputNames: (1...symbols).map(String.init)
    )
  }
}

import Recurrent

/// Whether the number of ones among `lag` bits is odd is to be told: at each step of the ones so far,
/// or at the end only.
///
/// Told at each step it asks for one bit to be kept and turned, which a network must learn to do
/// without fail; told at the end, nothing shorter than the whole sequence gives any hint.
///
/// Source: Y. Bengio, P. Simard, P. Frasconi, "Learning long-term dependencies with gradient descent
/// is difficult", 1994.
enum Parity {
  static func dataset(
    lag: Int,
    drawnFrom streams: [RandomStream],
    isRunning: Bool
  ) -> SequenceDataset {
    var bits: [UInt8] = []
    var parities: [Int32] = []
    for var stream in streams {
      var parity: UInt8 = 0
      for _ in 0..<lag {
        let bit = UInt8(stream.nextUInt32() >> 31)
        parity ^= bit
        bits.append(bit)
        if isRunning { parities.append(Int32(parity)) }
      }
      if !isRunning { parities.append(Int32(parity)) }
    }
    return SequenceDataset(
      elements: .bytes(bits, scale: 1),
      count: streams.count,
      steps: lag,
      features: 1,
      targets: isRunning ? .classesOfSteps(parities) : .classes(parities.map(Int.init)),
      outputNames: ["even", "odd"]
    )
  }
}

import Recurrent

/// The smallest task that needs a memory: to tell a sequence's first number after its last.
///
/// The first number is between -1 and 1, those that follow are noise between -0.5 and 0.5. It is the
/// latching problem of Y. Bengio, P. Simard, P. Frasconi, "Learning long-term dependencies with gradient
/// descent is difficult", 1994, with a number to hold instead of a class.
enum FirstNumber {
  /// Returns examples; those of another part share none.
  static func dataset(count: Int, steps: Int, part: UInt32) -> SequenceDataset {
    var values: [Float] = []
    var answers: [Float] = []
    let purpose = RandomStream.Purpose(rawValue: 1_001)
    for index in 0..<count {
      var stream = RandomStream(seed: 1, purpose: purpose, epoch: part, index: UInt32(index))
      // A class could be held by going to one of two extremes, which a simple network learns to do.
      let first = stream.nextUniform(in: -1...1)
      values.append(first)
      answers.append(first)
      for _ in 1..<steps { values.append(stream.nextUniform(in: -0.5...0.5)) }
    }
    return SequenceDataset(
      elements: .floats(values),
      count: count,
      steps: steps,
      features: 1,
      targets: .numbers(answers),
      outputNames: ["first number"]
    )
  }
}

import Recurrent

/// Of `lag` numbers between 0 and 1 two are marked, and their sum is to be told.
///
/// A step has two features: a number, and a 1 where it is marked, else 0. One mark stands in each half
/// of the sequence. Who always answers 1 has a mean squared error of 1/6, the variance of the sum.
///
/// Source: S. Hochreiter, J. Schmidhuber, "Long short-term memory", 1997, experiment 4, in the form of
/// S. Bai, J. Z. Kolter, V. Koltun, "An empirical evaluation of generic convolutional and recurrent
/// networks for sequence modeling", 2018.
enum AddingProblem {
  static func dataset(lag: Int, drawnFrom streams: [RandomStream]) -> SequenceDataset {
    var values: [Float] = []
    values.reserveCapacity(streams.count * lag * 2)
    var sums: [Float] = []
    for var stream in streams {
      let half = lag / 2
      let marks = [stream.nextIndex(below: half), half + stream.nextIndex(below: lag - half)]
      var sum: Float = 0
      for step in 0..<lag {
        let number = stream.nextUniform()
        let isMarked = marks.contains(step)
        values += [number, isMarked ? 1 : 0]
        if isMarked { sum += number }
      }
      sums.append(sum)
    }
    return SequenceDataset(
      elements: .floats(values),
      count: streams.count,
      steps: lag,
      features: 2,
      targets: .numbers(sums),
      outputNames: ["sum"]
    )
  }
}

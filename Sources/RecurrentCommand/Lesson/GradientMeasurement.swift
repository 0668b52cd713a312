import Recurrent

/// How much of the gradient arrives at a network's states, step by step back.
struct GradientMeasurement {
  /// The gradient at a part of the state after each step, the last first.
  ///
  /// They are shares of the gradient at the hidden state after the last step.
  struct Path {
    let part: String
    let shares: [Double]

    /// Whether it is the state that runs past all steps.
    var isCell: Bool { part == "cell state" }
  }

  let network: MeasuredNetwork
  let paths: [Path]

  /// Measures a model of a network.
  init(_ network: MeasuredNetwork, _ model: SequenceModel) {
    let flow = model.gradientFlow(in: MeasuredNetwork.test, at: 0..<MeasuredNetwork.flowExamples)
    let whole = flow.paths[0].norms[0]
    self.network = network
    paths = flow.paths.map { path in
      Path(part: path.part, shares: path.norms.map { $0 / whole })
    }
  }
}

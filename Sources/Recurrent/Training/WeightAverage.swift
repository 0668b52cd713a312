import RecurrentKernels

/// A running average of parameters: a = d a + (1 - d) w after every step.
///
/// d is the decay, but at step t, from 1, at most (1 + t) / (10 + t): the average begins with the
/// starting values and forgets them within a few steps, whatever the decay. So TensorFlow's
/// ExponentialMovingAverage does it with its count of updates.
///
/// Source: B. T. Polyak, A. B. Juditsky, "Acceleration of stochastic approximation by averaging",
/// 1992.
struct WeightAverage: Sendable {
  private let decay: Float
  /// The number of steps taken in.
  private(set) var steps: Int
  /// The average.
  private(set) var parameters: ParameterList

  /// Begins with these parameters, or goes on with them as the average of some steps.
  init(decay: Float, startingWith parameters: ParameterList, steps: Int = 0) {
    self.decay = decay
    self.steps = steps
    self.parameters = parameters
  }

  /// Takes in the parameters after a step.
  mutating func add(_ latest: ParameterList) {
    steps += 1
    let share = 1 - min(decay, Float(1 + steps) / Float(10 + steps))
    for index in latest.tensors.indices {
      unsafe parameters.tensors[index].withUnsafeMutableElements { average in
        unsafe latest.tensors[index].withUnsafeElements { latest in
          guard let target = average.baseAddress, let source = latest.baseAddress else { return }
          unsafe kernels.pointee.average(latest.count, share, source, target)
        }
      }
    }
  }
}

import Recurrent

/// Times single steps of one stream on this thread.
struct StepMeasurement {
  /// How long to go on, in seconds.
  let seconds: Double
  /// How many steps to take at least, unless they take ten times as long.
  private let least = 2000
  /// How many to take at most.
  private let most = 1_000_000

  /// Steps of random input, timed one by one after some that are not counted.
  ///
  /// A stream whose usual step takes longer than `limit` seconds is not measured to the end.
  func times(of model: StreamingModel, limit: Double = .infinity) -> StepTimes {
    var stepper = Stepper(model)
    let cost = StepClock.cost()
    var warm: [UInt64] = []
    let warmEnd = StepClock.now + nanoseconds(seconds / 10)
    repeat { warm.append(stepper.step()) } while StepClock.now < warmEnd && warm.count < most
    // The first steps fetch the weights.
    let usual = warm.suffix(max(1, warm.count / 2)).sorted()
    let typical = usual[usual.count / 2]
    if Double(typical) > limit * 1e9 {
      return StepTimes(kept: Array(usual), clockCost: cost)
    }

    var (kept, interrupted): ([UInt64], [UInt64]) = ([], [])
    kept.reserveCapacity(most)
    let before = StepClock.switches
    var last = before
    let start = StepClock.now
    let (enough, end) = (start + nanoseconds(seconds), start + nanoseconds(10 * seconds))
    while kept.count + interrupted.count < most {
      let time = stepper.step()
      // Asking the system takes as long as a small step, so only long ones are asked about.
      if time > typical + typical / 2 {
        let now = StepClock.switches
        if now == last { kept.append(time) } else { interrupted.append(time) }
        last = now
      } else {
        kept.append(time)
      }
      let now = StepClock.now
      if now >= end || now >= enough && kept.count + interrupted.count >= least { break }
    }
    return StepTimes(
      kept: kept,
      interrupted: interrupted,
      switches: StepClock.switches - before,
      clockCost: cost
    )
  }

  private func nanoseconds(_ seconds: Double) -> UInt64 { UInt64(seconds * 1e9) }

  /// One stream that reads random numbers.
  private struct Stepper {
    let model: StreamingModel
    private var state: StreamingModel.State
    private var output: [Float]
    private let inputs: [[Float]]
    private var next = 0

    init(_ model: StreamingModel) {
      self.model = model
      state = model.makeState()
      output = Array(repeating: 0, count: model.outputSize)
      var stream = RandomStream(seed: 1, purpose: .testing)
      inputs = (0..<64).map { _ in
        (0..<model.inputSize).map { _ in stream.nextUniform(in: -1...1) }
      }
    }

    /// Takes a step; returns its nanoseconds, those of reading the clock among them.
    mutating func step() -> UInt64 {
      let input = inputs[next]
      next = (next + 1) % inputs.count
      let start = StepClock.now
      model.step(input, state: &state, output: &output)
      return StepClock.now - start
    }
  }
}

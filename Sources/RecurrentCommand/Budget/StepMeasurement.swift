import Recurrent

/// Times single steps of one stream on this thread.
struct StepMeasurement {
  /// How long to go on, in seconds.
  let seconds: Double
  /// The rounds in which that is done.
  static let rounds = 3
  /// How many steps a round takes at least, unless they take ten times as long as it should.
  private let least = 1000
  /// How many it takes at most.
  private let most = 400_000

  /// Steps of random input, timed one by one, in the quietest of the rounds.
  ///
  /// What is in time by `limit` seconds in one round, or usually takes longer, needs no other.
  func times(of model: StreamingModel, limit: Double? = nil) -> StepTimes {
    var stepper = Stepper(model)
    let cost = StepClock.cost()
    var rounds: [StepTimes] = []
    for _ in 0..<Self.rounds {
      let typical = typicalTime(&stepper)
      if let limit, Double(typical) > limit * 1e9 {
        rounds.append(StepTimes(kept: [typical], clockCost: cost))
        break
      }
      rounds.append(round(&stepper, typical: typical, clockCost: cost))
      if let limit, rounds[rounds.count - 1].p999 <= limit { break }
    }
    return StepTimes(quietestOf: rounds)
  }

  /// The middle time of steps that are not counted, the first of which fetch the weights.
  private func typicalTime(_ stepper: inout Stepper) -> UInt64 {
    let end = StepClock.now + nanoseconds(seconds / 30)
    var times: [UInt64] = []
    repeat { times.append(stepper.step()) } while StepClock.now < end && times.count < most
    let usual = times.suffix(max(1, times.count / 2)).sorted()
    return usual[usual.count / 2]
  }

  private func round(
    _ stepper: inout Stepper,
    typical: UInt64,
    clockCost: UInt64
  ) -> StepTimes {
    var (kept, interrupted): ([UInt64], [UInt64]) = ([], [])
    kept.reserveCapacity(most)
    let length = seconds / Double(Self.rounds)
    let before = StepClock.switches
    var last = before
    let start = StepClock.now
    let (enough, end) = (start + nanoseconds(length), start + nanoseconds(10 * length))
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
      clockCost: clockCost
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

import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

/// Learning rates, and momenta, of PyTorch's schedules.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct ScheduleGoldenTests {
  /// A schedule of the manifest.
  struct Case: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let name: String
    let schedule: any Schedule
    let rate: Double
    let rates: [Double]
    let momenta: [Double]?
    /// What is reported after each step, where the schedule listens.
    let values: [Double]?
    var testDescription: String { name }

    init?(_ golden: Golden, _ name: String, _ manifest: Any) {
      guard let manifest = manifest as? [String: Any],
        let rate = (manifest["base_lr"] as? NSNumber)?.doubleValue,
        let rates = manifest["lr"] as? [Double],
        let options = manifest["options"] as? [String: Any],
        let schedule = Self.schedule(name, options, rate: rate)
      else {
        Issue.record("\(name) is a schedule the test does not know")
        return nil
      }
      (self.golden, self.name, self.schedule, self.rate) = (golden, name, schedule, rate)
      self.rates = rates
      momenta = manifest["momentum_or_beta1"] as? [Double]
      values = (manifest["values"] ?? manifest["metrics"] ?? options["metrics"]) as? [Double]
    }

    private static func schedule(
      _ name: String,
      _ options: [String: Any],
      rate: Double
    ) -> (any Schedule)? {
      func number(_ key: String) -> Double? { (options[key] as? NSNumber)?.doubleValue }
      func count(_ key: String) -> Int? { (options[key] as? NSNumber)?.intValue }
      let minimum = (number("eta_min") ?? 0) / rate
      switch name.prefix(while: { $0 != "_" }) {
      case "StepLR":
        return count("step_size").map { StepDecay(every: $0, factor: number("gamma") ?? 0.1) }
      case "MultiStepLR":
        return (options["milestones"] as? [Int]).map {
          StepDecay(milestones: $0, factor: number("gamma") ?? 0.1)
        }
      case "ExponentialLR": return number("gamma").map { ExponentialDecay(factor: $0) }
      case "CosineAnnealingLR":
        return count("T_max").map { CosineAnnealing(period: $0, minimum: minimum) }
      case "CosineAnnealingWarmRestarts":
        return count("T_0").map {
          CosineRestarts(firstPeriod: $0, growth: count("T_mult") ?? 1, minimum: minimum)
        }
      case "OneCycleLR":
        let division = number("div_factor") ?? 25
        return OneCycle(
          rise: number("pct_start") ?? 0.3,
          start: 1 / division,
          end: 1 / division / (number("final_div_factor") ?? 10_000),
          shape: options["anneal_strategy"] as? String == "linear" ? .linear : .cosine,
          hasThreePhases: options["three_phase"] as? Bool ?? false,
          momenta: (number("base_momentum") ?? 0.85)...(number("max_momentum") ?? 0.95)
        )
      case "LinearLR":
        return LinearRamp(
          from: number("start_factor") ?? 1 / 3,
          to: number("end_factor") ?? 1,
          over: count("total_iters") ?? 5
        )
      case "WarmupLinear":
        return count("warmup_steps").map {
          Warmup(steps: $0, from: 0, then: LinearRamp(from: 1, to: 0))
        }
      case "WarmupLinearFromOne":
        return count("warmup_steps").map {
          LinearRamp(from: 1 / Double($0), to: 1, over: max($0 - 1, 1))
        }
      case "WarmupCosine":
        guard let steps = count("warmup"), let period = count("T_max") else { return nil }
        return Warmup(
          steps: steps,
          from: number("start_factor") ?? 0,
          then: CosineAnnealing(period: period, minimum: minimum)
        )
      case "ReduceLROnPlateau":
        let threshold = number("threshold") ?? 1e-4
        return ReduceOnPlateau(
          goal: options["mode"] as? String == "max" ? .highest : .lowest,
          factor: number("factor") ?? 0.1,
          patience: count("patience") ?? 10,
          threshold: options["threshold_mode"] as? String == "abs"
            ? .absolute(threshold) : .relative(threshold),
          cooldown: count("cooldown") ?? 0,
          minimum: (number("min_lr") ?? 0) / rate,
          smallestChange: (number("eps") ?? 1e-8) / rate
        )
      default: return nil
      }
    }

    static let all = Golden.all(kind: "C: learning-rate schedules").flatMap { golden in
      (golden.value("schedules") as? [String: Any] ?? [:]).sorted { $0.key < $1.key }
        .compactMap { Case(golden, $0.key, $0.value) }
    }
  }

  @Test func `there are a dozen schedules, some with momenta`() {
    #expect(Case.all.count >= 12)
    #expect(Case.all.contains { $0.momenta != nil })
  }

  @Test(arguments: Case.all)
  func `rates and momenta agree at every step`(schedule: Case) throws {
    let relative = try schedule.golden.double("tolerance", "rel")
    let absolute = try schedule.golden.double("tolerance", "abs")
    func isClose(_ got: Double, _ want: Double) -> Bool {
      abs(got - want) <= absolute + relative * abs(want)
    }
    var change = schedule.schedule
    let steps = schedule.rates.count
    for (step, want) in schedule.rates.enumerated() {
      let got = schedule.rate * Double(change.factor(step: step, of: steps))
      #expect(isClose(got, want), "step \(step): \(got) instead of \(want)")
      if let momenta = schedule.momenta {
        let momentum = try #require(change.momentum(step: step, of: steps))
        #expect(isClose(Double(momentum), momenta[step]), "step \(step)")
      }
      if let values = schedule.values, step < values.count { change.observe(values[step]) }
    }
  }
}

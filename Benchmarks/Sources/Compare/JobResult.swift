/// What came of one job.
struct JobResult: Codable {
  let name: String
  let title: String
  let threads: Int
  /// Whether operations per second are compared, and not times.
  let comparesRates: Bool
  var contenders: [ContenderResult] = []
  /// Who did not take part, and why.
  var leftOut: [String: String] = [:]
  /// For each precision of peers, how the fastest of them in each round stands to ours.
  var ratios: [Ratio] = []
  /// How busy other programs kept the processors between turns, from 0 to 1; nil if not known.
  var otherLoad: Spread?

  init(_ job: Job) {
    name = job.name
    title = job.title
    threads = job.threads
    comparesRates = job.comparesRates
  }

  /// The time of the fastest peer of a round over ours in the same round, summed up.
  struct Ratio: Codable {
    /// The precision of the peers it is about.
    let precision: Entrant.Precision
    /// The peer with the smallest median.
    let fastest: String
    /// The ratios of the rounds: their median and ends.
    let overRounds: Spread
  }

  /// Our contender that the peers are measured by: the first one.
  var ours: ContenderResult? { contenders.first { $0.entrant.isOurs } }
  /// All others, other contenders of ours included.
  var others: [ContenderResult] { contenders.filter { $0.name != ours?.name } }

  /// Notes that a contender does not take part.
  mutating func leaveOut(_ entrant: Entrant, _ reason: String) {
    leftOut[entrant.rawValue] = reason
    Progress.say("  \(entrant.title) left out: \(reason)")
  }

  /// The result of a job that nobody could do.
  func leavingOutAll(_ reason: String) -> JobResult {
    var result = self
    result.leftOut["all"] = reason
    Progress.say("  left out: \(reason)")
    return result
  }

  /// Works out the ratios, round by round.
  mutating func findRatios() {
    guard let ours else { return }
    for precision in [Entrant.Precision.float32, .bfloat16] {
      let peers = contenders.filter { !$0.entrant.isOurs && $0.entrant.precision == precision }
      let fastest = peers.min { $0.cost(0..<$0.rounds.count) < $1.cost(0..<$1.rounds.count) }
      let rounds = peers.map(\.rounds.count).min().map { min($0, ours.rounds.count) } ?? 0
      let values = (0..<rounds).map { round in
        let best = peers.map { $0.cost(round..<round + 1) }.min() ?? .nan
        return best / ours.cost(round..<round + 1)
      }
      guard let fastest, let spread = Spread(values) else { continue }
      ratios.append(Ratio(precision: precision, fastest: fastest.name, overRounds: spread))
    }
    for index in contenders.indices {
      let rounds = min(contenders[index].rounds.count, ours.rounds.count)
      contenders[index].ratioToOurs = Spread(
        (0..<rounds).map {
          contenders[index].cost($0..<$0 + 1) / ours.cost($0..<$0 + 1)
        }
      )
    }
  }
}

/// What came of one contender in one job.
struct ContenderResult: Codable {
  let entrant: Entrant
  /// The settings it chose for itself.
  var settings: String
  /// Floating-point operations that cannot be left out, if they were counted.
  var operations: Double?
  /// Each round's samples: seconds per operation.
  var rounds: [Spread] = []
  /// The most memory of each whole process, in bytes.
  var peakMemory: [Int] = []
  /// Its time, or time per operation where rates are compared, over ours, round by round.
  var ratioToOurs: Spread?
  private let comparesRates: Bool

  init(_ entrant: Entrant, settings: String, comparesRates: Bool = false) {
    self.entrant = entrant
    self.settings = settings
    self.comparesRates = comparesRates
  }

  var name: String { entrant.rawValue }
  /// The rounds' medians: their median and ends.
  var overRounds: Spread? { Spread(rounds.map(\.median)) }
  /// The peak memory of the processes: its median and ends, in bytes.
  var memory: Spread? { Spread(peakMemory.map(Double.init)) }

  /// The median time of some rounds; per operation where contenders do unequal work.
  func cost(_ range: Range<Int>) -> Double {
    let time = Spread(rounds[range].map(\.median))?.median ?? .nan
    return comparesRates ? time / (operations ?? 1) : time
  }
}

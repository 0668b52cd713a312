import Dispatch
import Recurrent
import Synchronization

/// Reads sequences with one model, those together that came while it was at work.
///
/// Nobody waits for others to come: what is there when the model is free is read next. The answers about
/// a sequence have the same bits whatever is read beside it.
final class PredictionQueue: Sendable {
  /// The sequences that are read together at most.
  static let mostSequences = 64
  /// The numbers that are read together at most, padding included, unless one sequence has more.
  private static let mostNumbers = 1 << 22

  private struct Job {
    let sequences: ArraySlice<ArraySlice<Float>>
    let longest: Int
    let answer: CheckedContinuation<[[Float]], Never>
  }

  private struct State {
    var waiting: [Job] = []
    var isAtWork = false
  }

  private let predictor: Predictor
  private let width: Int
  private let outputNames: [String]
  private let answersEachStep: Bool
  private let metrics: ServerMetrics
  private let state = Mutex(State())
  private let queue: DispatchQueue

  init(
    _ predictor: Predictor,
    name: String,
    width: Int,
    outputNames: [String],
    answersEachStep: Bool,
    metrics: ServerMetrics
  ) {
    self.predictor = predictor
    self.width = width
    self.outputNames = outputNames
    self.answersEachStep = answersEachStep
    self.metrics = metrics
    queue = DispatchQueue(label: "predictions of \(name)")
  }

  /// The model's answers about each sequence, `[outputs]`, or `[step, output]` of a model that answers
  /// each step.
  func logits(of sequences: [ArraySlice<Float>]) async -> [[Float]] {
    var answers: [[Float]] = []
    for part in parts(of: sequences) {
      answers += await withCheckedContinuation { continuation in
        let job = Job(
          sequences: part,
          longest: part.map(\.count).max() ?? 0,
          answer: continuation
        )
        let begins = state.withLock { state in
          state.waiting.append(job)
          defer { state.isAtWork = true }
          return !state.isAtWork
        }
        if begins { queue.async { self.work() } }
      }
    }
    return answers
  }

  /// Sequences in such parts that each can be read at once.
  private func parts(of sequences: [ArraySlice<Float>]) -> [ArraySlice<ArraySlice<Float>>] {
    var parts: [ArraySlice<ArraySlice<Float>>] = []
    var start = 0
    var longest = 0
    for (place, sequence) in sequences.enumerated() {
      let next = max(longest, sequence.count)
      if place > start, !canBeRead(place - start + 1, next) {
        parts.append(sequences[start..<place])
        (start, longest) = (place, sequence.count)
      } else {
        longest = next
      }
    }
    return parts + [sequences[start...]]
  }

  private func canBeRead(_ count: Int, _ longest: Int) -> Bool {
    // What is answered takes memory, too.
    let numbers = answersEachStep ? max(longest, longest / width * outputNames.count) : longest
    return count <= Self.mostSequences && count * numbers <= Self.mostNumbers
  }

  /// Reads what waits until nothing does.
  private func work() {
    while true {
      let jobs = state.withLock { state -> [Job] in
        var (count, longest, taken) = (0, 0, 0)
        for job in state.waiting {
          let next = max(longest, job.longest)
          guard taken == 0 || canBeRead(count + job.sequences.count, next) else { break }
          (count, longest, taken) = (count + job.sequences.count, next, taken + 1)
        }
        if taken == 0 { state.isAtWork = false }
        defer { state.waiting.removeFirst(taken) }
        return Array(state.waiting[..<taken])
      }
      if jobs.isEmpty { return }
      answer(jobs)
    }
  }

  private func answer(_ jobs: [Job]) {
    let sequences = jobs.flatMap(\.sequences)
    metrics.batches.observe(Double(sequences.count))
    let longest = sequences.map(\.count).max() ?? 0
    var values: [Float] = []
    values.reserveCapacity(longest * sequences.count)
    for sequence in sequences {
      values += sequence
      values += repeatElement(0, count: longest - sequence.count)
    }
    let lengths = sequences.map { $0.count / width }
    let logits = predictor.logits(
      for: SequenceDataset(
        elements: .floats(values),
        labels: [Int](repeating: 0, count: sequences.count),
        steps: longest / width,
        features: width,
        classNames: outputNames,
        lengths: lengths
      )
    ).elements
    let size = logits.count / sequences.count
    var place = 0
    for job in jobs {
      job.answer.resume(
        returning: job.sequences.indices.map { _ in
          defer { place += 1 }
          let count = answersEachStep ? lengths[place] * outputNames.count : size
          return Array(logits[place * size..<place * size + count])
        }
      )
    }
  }
}

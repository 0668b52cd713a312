import Recurrent
import RecurrentData

/// What a trained model does with one example, and what that depended on.
struct Explanation {
  /// How hidden parts of the input are told from each other.
  struct Occlusion {
    let window: SequenceModel.OcclusionWindow
    /// `[time, features]`, or `[time, 1]` where whole steps are hidden.
    let falls: Tensor
  }

  let trained: TrainedRun
  let example: ChosenExample
  /// What is answered after each step, `[time, outputs]`: probabilities, or numbers.
  let answers: Tensor
  /// What every gate and state comes to; nothing of layers that do not tell.
  let traces: [GateTrace]
  /// The number that is asked what it depends on; nil where there is but one answer.
  let score: AnswerScore?
  let gradients: IntegratedGradients?
  let occlusions: [Occlusion]

  var task: LearningTask { trained.record.data.task }
  var outputNames: [String] { trained.record.classNames }
  var steps: Int { answers.shape[0] }
  var hasClasses: Bool { task.hasAccuracy }

  /// Reads the example, and asks what the answer depended on.
  ///
  /// - Throws: `CommandFailure` when an answer is no number.
  init(of example: ChosenExample, by trained: TrainedRun, withAttributions: Bool = true) throws {
    (self.trained, self.example) = (trained, example)
    let (model, input) = (trained.model, example.input)
    let batch = input.reshaped(to: [1, input.shape[0], input.shape[1]])
    let each =
      model.summary == .allOutputs ? model(batch) : model.answersAfterEachStep(to: batch)
    let raw = each.slice(at: 0, along: 0)
    guard raw.elements.allSatisfy(\.isFinite) else {
      throw CommandFailure(
        "the model's answer is no number; its parameters are too large, train it again"
      )
    }
    let task = trained.record.data.task
    answers = Self.told(raw, task, trained.preparation)
    traces = model.gateTraces(of: batch)
    let outputs = raw.shape[1]
    let best = Self.ranked(raw, step: raw.shape[0] - 1).first ?? 0
    let score: AnswerScore? =
      task.hasAccuracy ? (outputs > 1 ? .logOdds(class: best) : nil) : .output(0)
    self.score = score
    guard withAttributions, let score else {
      (gradients, occlusions) = (nil, [])
      return
    }
    gradients = model.integratedGradients(of: input, explaining: score)
    occlusions = Self.windows(of: input, trained.record).map {
      Occlusion(window: $0, falls: model.occlusion(of: input, window: $0, explaining: score))
    }
  }

  /// Answers as they are told.
  private static func told(_ raw: Tensor, _ task: LearningTask, _ preparation: InputPreparation?)
    -> Tensor
  {
    if task.hasAccuracy { return softmax(raw) }
    guard task == .regress, let series = preparation?.series else { return raw }
    return Tensor(series.numbers(of: raw.elements), shape: raw.shape)
  }

  /// What is hidden at once: of an image squares and, where steps are its rows, those; of the rest
  /// some thirty steps one after another.
  private static func windows(of input: Tensor, _ record: RunRecord)
    -> [SequenceModel.OcclusionWindow]
  {
    let whole = SequenceModel.OcclusionWindow(steps: max(1, input.shape[0] / 60 * 2 + 1))
    guard record.data.name.areImages else { return [whole] }
    return [.init(steps: 3, features: 3), .init()]
  }

  /// The outputs from the largest to the least after a step, the first before others like it.
  static func ranked(_ answers: Tensor, step: Int) -> [Int] {
    let outputs = answers.shape[1]
    return (0..<outputs).sorted { (answers[step, $1], $0) < (answers[step, $0], $1) }
  }

  /// The likeliest class in the end.
  var finalClass: Int { Self.ranked(answers, step: steps - 1).first ?? 0 }

  /// The first step from which on the likeliest class is the one in the end.
  var firstSettledStep: Int {
    var first = steps - 1
    while first > 0, Self.ranked(answers, step: first - 1).first == finalClass { first -= 1 }
    return first
  }

  /// What a step is called.
  var stepNoun: String {
    guard trained.record.data.name.areImages else {
      return task == .languageModel ? "token" : "step"
    }
    return switch trained.model.reading {
    case .rows: "row"
    case .columns: "column"
    case .rowsAndColumns: "row and column"
    case .patches: "row of patches"
    case .pixels, .permutedPixels: "pixel"
    }
  }

  /// How a step is told as a part of the input: by steps of the input itself.
  var hasInputSteps: Bool { trained.model.reading == .rows }
}

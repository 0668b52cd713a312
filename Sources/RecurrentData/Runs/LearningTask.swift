/// What a run learns to answer.
public enum LearningTask: String, Sendable, Codable {
  /// The class of each sequence.
  case classify
  /// The class of each step.
  case label
  /// Numbers about each sequence.
  case regress
  /// The steps that follow.
  case forecast
  /// The token that follows each one of a text.
  case languageModel = "language-model"

  /// What is learned from a table of this task.
  package init(_ task: TablePreparation.Task) {
    switch task {
    case .classify: self = .classify
    case .label: self = .label
    case .regress: self = .regress
    case .forecast: self = .forecast
    }
  }

  /// Whether the answers are classes, of which a share can be right.
  package var hasAccuracy: Bool {
    switch self {
    case .classify, .label, .languageModel: true
    case .regress, .forecast: false
    }
  }

  /// Whether there is an answer for each step.
  package var answersEachStep: Bool {
    switch self {
    case .label, .forecast, .languageModel: true
    case .classify, .regress: false
    }
  }

  /// What answers are counted in.
  package var unit: String {
    switch self {
    case .classify, .regress: "examples"
    case .label: "steps"
    case .forecast: "numbers"
    case .languageModel: "tokens"
    }
  }

  /// The task in a sentence, after "to".
  public var words: String {
    switch self {
    case .classify: "tell the class of each sequence"
    case .label: "tell the class of each step"
    case .regress: "tell numbers about each sequence"
    case .forecast: "forecast the steps that follow"
    case .languageModel: "tell the next token of a text"
    }
  }
}

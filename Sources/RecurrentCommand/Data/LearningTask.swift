import Recurrent

/// What a run learns to answer.
enum LearningTask: String, Codable {
  /// The class of each sequence.
  case classify
  /// The token that follows each one of a text.
  case languageModel = "language-model"

  /// Whether the answers are classes, of which a share can be right.
  var hasAccuracy: Bool {
    switch self {
    case .classify, .languageModel: true
    }
  }

  /// The task in a sentence, after "to".
  var words: String {
    switch self {
    case .classify: "tell the class of each sequence"
    case .languageModel: "tell the next token of a text"
    }
  }
}

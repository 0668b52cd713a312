public import ArgumentParser
import Recurrent
public import RecurrentData

extension MemoryTask {
  /// The task's name in a heading.
  var title: String {
    switch self {
    case .adding: "The adding problem"
    case .copy: "Copying"
    case .temporalOrder: "Temporal order"
    case .parity: "Parity"
    case .finalParity: "Final parity"
    }
  }

  /// What is to be done at a lag of T, in a sentence.
  var words: String {
    switch self {
    case .adding: "of T numbers two are marked, whose sum is to be told"
    case .copy: "10 symbols of 8 kinds are to be told again after T blank steps"
    case .temporalOrder: "two symbols among T are X or Y; which, in their order, is to be told"
    case .parity: "at each of T bits it is to be told whether the ones so far are odd"
    case .finalParity: "after T bits it is to be told whether the ones were odd"
    }
  }

  /// What is measured.
  var measureName: String { asksForNumber ? "mean squared error" : "accuracy" }

  /// The measure with its article.
  var measureWords: String { (asksForNumber ? "a " : "an ") + measureName }

  /// The measure from which on a task counts as solved.
  var solvedMeasure: Double { asksForNumber ? 0.01 : 0.99 }

  /// What solving the task is, in words.
  var solvedWords: String {
    asksForNumber ? "a mean squared error below 0.01" : "an accuracy above 99%"
  }

  /// What a model came to.
  func measure(of comparison: AnswerComparison) -> Double {
    asksForNumber ? comparison.cost : comparison.accuracy
  }

  /// Whether a measure says that the task is solved.
  func isSolved(_ measure: Double) -> Bool {
    asksForNumber ? measure < solvedMeasure : measure > solvedMeasure
  }

  /// A measure as a reader wants it.
  func text(of measure: Double) -> String {
    asksForNumber ? decimals(measure, 5) : percent(measure)
  }
}

extension MemoryTask: ExpressibleByArgument {}

import Recurrent
import RecurrentData

extension ServedModel {
  /// Probabilities of classes, or the numbers that answers stand for, from logits `[row, output]`; nil
  /// where one of them is none.
  func answers(of logits: [Float]) -> [Float]? {
    let answers: [Float]
    switch run.task {
    case .classify, .label, .languageModel:
      let outputs = run.outputNames.count
      answers = softmax(Tensor(logits, shape: [logits.count / outputs, outputs])).elements
    case .regress, .forecast:
      answers = run.preparation?.series?.numbers(of: logits) ?? logits
    }
    return answers.allSatisfy(\.isFinite) ? answers : nil
  }

  /// Writes the answer about a sequence, or each of its steps, `[row, output]`.
  func write(_ answers: ArraySlice<Float>, to writer: inout JSONWriter) {
    guard answersEachStep else { return writeStep(answers, to: &writer) }
    let outputs = run.outputNames.count
    writer.object { writer in
      writer.name("steps")
      writer.array { writer in
        for start in stride(from: answers.startIndex, to: answers.endIndex, by: outputs) {
          writeStep(answers[start..<start + outputs], to: &writer)
        }
      }
    }
  }

  /// Writes one answer, `[output]`.
  func writeStep(_ answer: ArraySlice<Float>, to writer: inout JSONWriter) {
    writer.object { writer in writeMembers(answer, to: &writer) }
  }

  /// Writes what an answer consists of.
  func writeMembers(_ answer: ArraySlice<Float>, to writer: inout JSONWriter) {
    switch run.task {
    case .classify, .label, .languageModel:
      let best = answer.indices.reduce(answer.startIndex) { answer[$1] > answer[$0] ? $1 : $0 }
      writer.member("class", run.outputNames[best - answer.startIndex])
      writer.member("probabilities", answer)
    case .regress, .forecast:
      writer.member("numbers", answer)
    }
  }
}

import Foundation
import Recurrent
import RecurrentFormats

/// Writes, for models of every cell and option, the packages for Core ML that there are of them, and a
/// file of what goes in and what comes out.
///
/// `NAME.safetensors` has "input", `[batch, time, features]`, "each", the logits after each step, and
/// "whole", those of the whole sequence, beside the model's own parameters.
func writeCoreMLCases(to folder: String) throws {
  let folder = folder + "/coreml"
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  for item in CoreMLCase.all {
    let model = item.model
    var stream = RandomStream(seed: 5, purpose: .testing)
    let shape: Shape = [3, 7, model.layers[0].inputSize]
    let input = Tensor(
      (0..<shape.count).map { _ in stream.nextUniform(in: -1...1) },
      shape: shape
    )
    let each = SequenceModel(layers: model.layers, summary: .allOutputs, head: model.head)
    var file = model.safetensors
    file.add(input, named: "input")
    file.add(each(input), named: "each")
    file.add(model(input), named: "whole")
    try file.write(to: "\(folder)/\(item.name).safetensors")
    for form in GraphForm.allCases
    where CoreMLExport.support(for: model, form: form).isWritable {
      let names = ["yes", "no"]
      try CoreMLExport(model, form: form, classNames: names)
        .write(to: "\(folder)/\(item.name)-\(form.rawValue).mlpackage")
    }
  }
}

/// A model that is written.
private struct CoreMLCase {
  let name: String
  let model: SequenceModel

  /// A stack of layers whose parameters are all random.
  init(
    _ name: String,
    summary: SequenceModel.Summary = .lastOutput,
    _ layers: (inout RandomStream) -> [any RecurrentLayer]
  ) {
    self.name = name
    var stream = RandomStream(seed: 1, purpose: .testing)
    let layers = layers(&stream)
    let size = layers.last?.outputSize ?? 0
    var model = SequenceModel(
      layers: layers,
      summary: summary,
      head: Dense(inputSize: size, outputSize: 2, using: &stream)
    )
    model.visitParameters { _, parameter in
      parameter = Tensor(
        (0..<parameter.count).map { _ in stream.nextUniform(in: -0.9...0.9) },
        shape: parameter.shape
      )
    }
    self.model = model
  }

  static var all: [CoreMLCase] { lstms + grus + others + stacks }

  private static var lstms: [CoreMLCase] {
    (0..<16).map { number in
      let options = LSTMCell.Options(
        isPeephole: number & 1 > 0,
        isCoupled: number & 2 > 0,
        normalizesLayers: number & 4 > 0,
        projectionSize: number & 8 > 0 ? 3 : nil
      )
      let words = [
        options.isPeephole ? "-peephole" : "", options.isCoupled ? "-coupled" : "",
        options.normalizesLayers ? "-normalised" : "",
        options.projectionSize == nil ? "" : "-projected",
      ]
      return CoreMLCase("lstm" + words.joined()) {
        [CellLayer(LSTMCell(inputSize: 4, hiddenSize: 5, options: options, using: &$0))]
      }
    }
  }

  private static var grus: [CoreMLCase] {
    GRUCell.Convention.allCases.map { convention in
      CoreMLCase("gru-\(convention.rawValue)") {
        [CellLayer(GRUCell(inputSize: 4, hiddenSize: 5, convention: convention, using: &$0))]
      }
    }
  }

  private static var others: [CoreMLCase] {
    [RNNCell.Activation.tanh, .relu].flatMap { activation in
      [
        CoreMLCase("rnn-\(activation.rawValue)") {
          [RNN(inputSize: 4, hiddenSize: 5, activation: activation, using: &$0)]
        },
        CoreMLCase("indrnn-\(activation.rawValue)") {
          [
            CellLayer(IndRNNCell(inputSize: 4, hiddenSize: 5, activation: activation, using: &$0))
          ]
        },
      ]
    } + [
      CoreMLCase("mingru") { [MinGRU(inputSize: 4, hiddenSize: 5, using: &$0)] },
      CoreMLCase("minlstm") { [MinLSTM(inputSize: 4, hiddenSize: 5, using: &$0)] },
      CoreMLCase("lem") {
        [CellLayer(LEMCell(inputSize: 4, hiddenSize: 5, timeStep: 0.5, using: &$0))]
      },
    ]
      + SLSTMCell.ForgetGate.allCases.map { forgetGate in
        CoreMLCase("slstm-\(forgetGate.rawValue)") {
          [CellLayer(SLSTMCell(inputSize: 4, hiddenSize: 5, forgetGate: forgetGate, using: &$0))]
        }
      }
  }

  private static var stacks: [CoreMLCase] {
    let merges = Merge.allCases.map { merge in
      CoreMLCase("bidirectional-\(merge.rawValue)") {
        [
          Bidirectional(
            forward: LSTM(inputSize: 4, hiddenSize: 5, using: &$0),
            backward: LSTM(inputSize: 4, hiddenSize: 5, using: &$0),
            merge: merge
          )
        ]
      }
    }
    let summaries = SequenceModel.Summary.allCases.map { summary in
      CoreMLCase("stack-\(summary.rawValue)", summary: summary) {
        var first = LSTM(inputSize: 4, hiddenSize: 5, using: &$0)
        first.learnInitialState()
        return [
          first, Residual(RNN(inputSize: 5, hiddenSize: 5, using: &$0)),
          CellLayer(
            GRUCell(
              inputSize: 5,
              hiddenSize: 3,
              convention: .resetAfterOuterBias,
              using: &$0
            )
          ),
        ]
      }
    }
    return merges + summaries
  }
}

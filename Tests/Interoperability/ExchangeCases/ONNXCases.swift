import Foundation
import Recurrent
import RecurrentFormats
import RecurrentTestSupport

/// Writes every example model as ONNX, with inputs and what the model gives for them.
///
/// For each model `NAME`: `NAME.sequence.onnx`, `NAME.step.onnx` where there is one, and
/// `NAME.safetensors` with arrays `CASE/input`, `CASE/lengths` and `CASE/logits`.
func writeONNXCases(to folder: String) throws {
  for example in ExampleModel.all {
    let export = try ONNXExport(example.model, input: .init(grid: example.grid))
    for form in GraphForm.allCases {
      if case .refused = export.support(form) { continue }
      try export.file(form).write(to: "\(folder)/\(example.name).\(form).onnx")
    }
    var cases = SafetensorsFile(metadata: ["support": export.support(.sequence).description])
    var numbers = SeededNumbers(9)
    for batch in [1, 3, 17] {
      for steps in example.grid.map({ [$0[0]] }) ?? [1, 2, 50] {
        let features = example.grid?[1] ?? example.model.layers[0].inputSize
        let input = numbers.tensor([batch, steps, features], in: -1...1)
        add(example.model, input, lengths: nil, named: "b\(batch).t\(steps)", to: &cases)
        guard example.grid == nil else { continue }
        let lengths = (0..<batch).map { $0 == 0 ? steps : 1 + $0 * 7 % steps }
        add(
          example.model,
          input,
          lengths: lengths,
          named: "b\(batch).t\(steps).lengths",
          to: &cases
        )
      }
    }
    try cases.write(to: "\(folder)/\(example.name).safetensors")
  }
}

private func add(
  _ model: SequenceModel,
  _ input: Tensor,
  lengths: [Int]?,
  named name: String,
  to cases: inout SafetensorsFile
) {
  cases.add(input, named: "\(name)/input")
  if let lengths { cases.add(Tensor(lengths.map { Float($0) }), named: "\(name)/lengths") }
  cases.add(model.logits(input, in: SequencePass(lengths: lengths)), named: "\(name)/logits")
}

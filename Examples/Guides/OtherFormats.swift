import Recurrent
import RecurrentFormats

func export() throws {
  let model = SequenceModel.lstm(inputSize: 28, hiddenSize: 16, classes: 10, seed: 1)

  let export = try ONNXExport(model)
  let file = try export.file(.sequence)
  let proof = try ExportProof(
    of: ProvableONNX(bytes: file.bytes, path: "model.onnx"),
    model: model,
    support: export.support(.sequence),
    version: "1"
  )
  try file.write(to: "model.onnx")
  try proof.write(beside: "model.onnx")

  print("written and run back: \(export.support(.sequence)), \(proof.cases.count) times")
}

func exportC() throws {
  let model = SequenceModel.lstm(inputSize: 6, hiddenSize: 32, classes: 3, seed: 1)

  let export = try CExport(model, name: "gestures", classNames: ["swipe", "tap", "none"])
  try export.write(to: "gestures.h")
  print("\(export.stateBytes) bytes of state, \(export.multiplyAdds) multiply-adds a step")
}

func `import`() throws {
  try SequenceModel.lstm(inputSize: 28, hiddenSize: 128, classes: 10, seed: 1)
    .write(to: "classifier.safetensors")
  let images = Tensor(repeating: 0.5, shape: [2, 28, 28])

  let imported = try ImportedModel(contentsOf: "classifier.safetensors")
  print(imported.summary)  // PyTorch: 1 LSTM layer 28 -> 128, head 10
  let logits = imported.model(images)  // [batch, 28, 28] -> [batch, 10]

  print("logits: \(logits.shape)")
}

import ArgumentParser
import Foundation
import Recurrent
import RecurrentFormats

/// The formats a model can be written in, by name.
enum ExportFormat: String, ExpressibleByArgument, CaseIterable {
  /// A graph that ONNX Runtime and others run.
  case onnx
  /// A package that Core ML runs.
  case coreML = "coreml"
  /// Weights by PyTorch's names.
  case pyTorch = "pytorch"
  /// Weights by Keras's names.
  case keras
  /// Weights of a program of TensorFlow 1's BasicLSTMCell.
  case tensorFlow1 = "tensorflow1"
  /// One step as a file of C.
  case c

  /// What such a file's name ends in.
  var ending: String {
    switch self {
    case .onnx: "onnx"
    case .coreML: "mlpackage"
    case .pyTorch: "pytorch.safetensors"
    case .keras: "keras.safetensors"
    case .tensorFlow1: "tensorflow1.npz"
    case .c: "h"
    }
  }

  /// The name of the format in a sentence.
  var title: String {
    switch self {
    case .onnx: "ONNX"
    case .coreML: "Core ML"
    case .pyTorch: "PyTorch"
    case .keras: "Keras"
    case .tensorFlow1: "TensorFlow 1"
    case .c: "C"
    }
  }

  /// Whether whole sequences and single steps are different files.
  var hasForms: Bool { self == .onnx || self == .coreML }

  /// The line of Python, or C, that takes the file.
  func use(_ path: String, of model: SequenceModel, isTokens: Bool) -> String {
    let name = URL(filePath: path).lastPathComponent
    let input = isTokens ? "tokens" : "input"
    return switch self {
    case .onnx: "onnxruntime.InferenceSession(\"\(name)\").run([\"logits\"], {\"\(input)\": x})"
    case .coreML: "coremltools.models.MLModel(\"\(name)\").predict({\"input\": x})  # on macOS"
    case .pyTorch: "module.load_state_dict(safetensors.torch.load_file(\"\(name)\"))"
    case .keras:
      "model.set_weights([arrays[name] for name in metadata[\"keras_order\"].split()])"
    case .tensorFlow1: "numpy.load(\"\(name)\")  # variables by name"
    case .c: "#include \"\(name)\"; its first lines say how"
    }
  }
}

/// What a file reads at once, by name.
enum ExportForm: String, ExpressibleByArgument, CaseIterable {
  /// Whole sequences.
  case sequence
  /// One step, from a state.
  case step
  /// Two files, one of each.
  case both

  /// The forms of the files to write.
  var forms: [GraphForm] {
    switch self {
    case .sequence: [.sequence]
    case .step: [.step]
    case .both: GraphForm.allCases
    }
  }
}

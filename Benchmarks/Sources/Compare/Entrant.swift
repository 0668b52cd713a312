import Foundation

/// One of those who are compared.
enum Entrant: String, CaseIterable, Codable {
  case recurrent
  case recurrentBFloat16 = "recurrent-bfloat16"
  case torch
  case torchCompiled = "torch-compiled"
  case torchBFloat16 = "torch-bfloat16"
  case torchCell = "torch-cell"
  case keras
  case tensorflowGraph = "tensorflow-graph"
  case jax
  case onnxruntime
  case onnxruntimeRun = "onnxruntime-run"
  case mlx
  case openBLAS = "openblas"

  /// What readers know it by.
  var title: String {
    switch self {
    case .recurrent: "Recurrent"
    case .recurrentBFloat16: "Recurrent bfloat16"
    case .torch: "PyTorch"
    case .torchCompiled: "PyTorch compiled"
    case .torchBFloat16: "PyTorch bfloat16"
    case .torchCell: "PyTorch LSTMCell"
    case .keras: "Keras 3"
    case .tensorflowGraph: "the notebook's graph"
    case .jax: "JAX"
    case .onnxruntime: "ONNX Runtime"
    case .onnxruntimeRun: "ONNX Runtime, plain run"
    case .mlx: "MLX"
    case .openBLAS: "OpenBLAS"
    }
  }

  /// Whether it is Recurrent itself.
  var isOurs: Bool { self == .recurrent || self == .recurrentBFloat16 }

  /// The numbers its matrix products take in.
  var precision: Precision {
    self == .recurrentBFloat16 || self == .torchBFloat16 ? .bfloat16 : .float32
  }

  /// The numbers that matrix products take in.
  enum Precision: String, Codable {
    case float32
    case bfloat16
  }

  /// The words that start it as a contender.
  func command(threads: Int, python: URL) throws -> [String] {
    if isOurs {
      let flags = self == .recurrentBFloat16 ? ["--bfloat16"] : []
      return [try Places.program("Contender").path, "--threads", "\(threads)"] + flags
    }
    let script = Places.peers.appending(path: scriptName)
    let flags = self == .onnxruntimeRun ? ["--plain-run"] : []
    return [python.path, "-u", script.path, "--threads", "\(threads)"] + flags
  }

  private var scriptName: String {
    switch self {
    case .recurrent, .recurrentBFloat16: ""
    case .torch: "torch_eager.py"
    case .torchCompiled: "torch_compiled.py"
    case .torchBFloat16: "torch_bfloat16.py"
    case .torchCell: "torch_cell.py"
    case .keras: "keras_tensorflow.py"
    case .tensorflowGraph: "tensorflow_graph.py"
    case .jax: "jax_scan.py"
    case .onnxruntime, .onnxruntimeRun: "onnx_runtime.py"
    case .mlx: "mlx_cpu.py"
    case .openBLAS: "openblas_product.py"
    }
  }
}

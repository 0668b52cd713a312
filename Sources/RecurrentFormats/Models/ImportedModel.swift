public import Recurrent
import RecurrentData

/// A model from a file of another program, and words for what was recognised in it.
public struct ImportedModel: Sendable {
  /// The programs whose files are read.
  public enum Format: String, Sendable {
    /// A state dictionary of PyTorch, or this library's own file.
    case pyTorch = "PyTorch"
    /// Keras 2 or 3.
    case keras = "Keras"
    /// TensorFlow 1 with BasicLSTMCell.
    case tensorFlow1 = "TensorFlow 1"
    /// A graph of ONNX.
    case onnx = "ONNX"
    /// A file of this library that describes its layers.
    case recurrent = "Recurrent"
  }

  /// The model, ready to use.
  public let model: SequenceModel
  /// The program that wrote the file, or would.
  public let format: Format
  /// What of the file's model is not part of this one, a sentence each.
  public let notes: [String]

  /// What was recognised, such as "PyTorch: 1 LSTM layer 28 -> 128, head 10".
  public var summary: String { "\(format.rawValue): \(model.structure)" }

  /// Reads the file at `path`, whose first bytes say what it is.
  ///
  /// Read are ONNX graphs, safetensors and `.npz` files with the names that PyTorch, Keras and TensorFlow 1 give
  /// their variables, `.keras`, `.weights.h5` and `.h5` files.
  ///
  /// - Throws: `FileError` when it cannot be read, is damaged, or holds another kind of model.
  public init(contentsOf path: String, options: ImportOptions = ImportOptions()) throws(FileError) {
    try self.init(WholeFile.contents(of: path), path: path, options: options)
  }

  /// Reads a file's content; `path` is used in errors.
  ///
  /// - Throws: `FileError` when it is damaged, or holds another kind of model.
  public init(
    _ content: [UInt8],
    path: String,
    options: ImportOptions = ImportOptions()
  ) throws(FileError) {
    if HDF5File.isBeginning(of: content) {
      let read = try KerasFile.model(
        HDF5File(content, path: path),
        path: path,
        options: options
      )
      self.init(read.model, .keras, read.notes)
    } else if content.starts(with: [0x50, 0x4B, 3, 4]) {
      try self.init(archive: content, path: path, options: options)
    } else if content.first == 0x80, content.dropFirst(8).first != UInt8(ascii: "{") {
      // A safetensors file may begin so too, before its header.
      throw Self.pickled(path)
    } else if Self.isONNX(content) {
      try self.init(graph: content, path: path)
    } else {
      // What does not even begin like a safetensors file is no damaged one.
      guard content.dropFirst(8).first == UInt8(ascii: "{") else {
        throw FileError(
          "is no model that is read here: an ONNX, safetensors, .npz, .keras or HDF5 file",
          file: path
        )
      }
      let file = try SafetensorsFile(bytes: content, path: path)
      if file.metadata["layers"] != nil {
        self.init(try SequenceModel(file, options: options), .recurrent, [])
      } else if SequenceModel.arePyTorchNames(file.entries.keys) {
        self.init(try SequenceModel(file, options: options), .pyTorch, [])
      } else {
        try self.init(NamedArrays(file, path: path), options: options)
      }
    }
  }

  private init(_ model: SequenceModel, _ format: Format, _ notes: [String]) {
    self.model = model
    self.format = format
    self.notes = notes
  }

  /// Whether a file begins with the version of an ONNX file, and not with the length of a safetensors
  /// header, whose text follows it.
  private static func isONNX(_ content: [UInt8]) -> Bool {
    content.first == 0x08 && content.dropFirst(8).first != UInt8(ascii: "{")
  }

  private init(graph content: [UInt8], path: String) throws(FileError) {
    let file = try ONNXModel(bytes: content, path: path)
    let read = try ONNXImport(file, path: path)
    guard let model = read.model else {
      throw FileError("has recurrent layers but no linear layer behind them", file: path)
    }
    var notes = ["The graph and the layers found in it agree to \(read.largestDifference)."]
    if read.outputFunction != .none {
      notes.append("The graph gives probabilities; the model gives the logits before them.")
    }
    if !file.producer.isEmpty { notes.append("Written by \(file.producer.prefix(60)).") }
    self.init(model, .onnx, notes)
  }

  private init(archive content: [UInt8], path: String, options: ImportOptions) throws(FileError) {
    let directory = try ZipDirectory(content, path: path)
    let names = directory.entries.map(\.name)
    if names.contains("config.json") {
      let read = try KerasFile.model(directory, path: path, options: options)
      self.init(read.model, .keras, read.notes)
      return
    }
    if names.contains(where: { $0 == "data.pkl" || $0.hasSuffix("/data.pkl") }) {
      throw Self.pickled(path)
    }
    let archive = try NumPyArchive(content, path: path)
    let arrays = NamedArrays(archive, path: path)
    guard SequenceModel.arePyTorchNames(arrays.shapes.keys) else {
      try self.init(arrays, options: options)
      return
    }
    var file = SafetensorsFile(path: path)
    for name in arrays.shapes.keys { file.add(try arrays.tensor(name), named: name) }
    self.init(try SequenceModel(file, options: options), .pyTorch, [])
  }

  /// Reads arrays whose names are Keras's or TensorFlow 1's.
  private init(_ arrays: NamedArrays, options: ImportOptions) throws(FileError) {
    let names = arrays.shapes.keys
    if KerasFile.areNames(names) {
      let read = try KerasFile.model(arrays, options: options)
      self.init(read.model, .keras, read.notes)
    } else if TensorFlow1Model.areNames(names) {
      self.init(try TensorFlow1Model(arrays).model(options: options), .tensorFlow1, [])
    } else {
      throw arrays.problem(
        "has no recurrent layers by the names of PyTorch, Keras or TensorFlow 1: \(FileError.list(names.sorted()))"
      )
    }
  }

  private static func pickled(_ path: String) -> FileError {
    FileError(
      "is a program that Python would run (pickle), which is not read",
      file: path,
      advice: "save the state_dict with safetensors.torch.save_file"
    )
  }
}

// A model in a safetensors file, under the names PyTorch gives the parameters of a module with an
// attribute `lstm`, `gru` or `rnn` and a `head`. What arrays alone do not say is in the file's metadata.
extension SequenceModel {
  /// Reads a model whose layers follow from the file's names and shapes, or are described in it.
  ///
  /// Any PyTorch module of LSTM, GRU or RNN layers that follow on one another and one linear layer
  /// will do, whatever its attributes are called: of one direction or two, projected or not, with
  /// biases or without. An embedding before them becomes part of the first layer's input weights.
  ///
  /// - Throws: `FileError` when the file is damaged, or holds another kind of model.
  public init(
    contentsOf path: String,
    options: ImportOptions = ImportOptions()
  ) throws(FileError) {
    try self.init(SafetensorsFile(contentsOf: path), options: options)
  }

  /// Reads a model from a file's contents.
  ///
  /// - Throws: `FileError` when they hold another kind of model.
  public init(
    _ file: SafetensorsFile,
    options: ImportOptions = ImportOptions()
  ) throws(FileError) {
    if let text = file.metadata["layers"] {
      try self.init(file, layers: text)
    } else {
      self = try PyTorchModel(file, options: options).model()
    }
  }

  /// Whether names are those of PyTorch's recurrent layers, which this library uses too.
  package static func arePyTorchNames(_ names: some Sequence<String>) -> Bool {
    PyTorchModules.areIn(names)
  }
}

extension SafetensorsFile {
  /// How the model in the file reads its input; no word of it means rows.
  func reading() throws(FileError) -> SequenceModel.Reading {
    guard let word = metadata["reading"] else { return .rows }
    guard let reading = SequenceModel.Reading(rawValue: word) else {
      throw problem("holds a model that reads '\(word)', which this version does not")
    }
    return reading
  }

  /// Which outputs the head reads, if the file says so.
  var summary: SequenceModel.Summary? {
    metadata["summary"].flatMap(SequenceModel.Summary.init)
  }
}

import Recurrent
import RecurrentData

/// A file that Keras wrote, as a model.
enum KerasFile {
  /// What was read, and what was left out.
  typealias Result = (model: SequenceModel, notes: [String])

  /// Whether arrays have the names of Keras's recurrent variables.
  static func areNames(_ names: some Sequence<String>) -> Bool {
    names.contains { name in
      (name.split(separator: "/").last ?? "").hasPrefix("recurrent_kernel")
    }
  }

  /// Reads arrays named by the paths of variables.
  static func model(
    _ arrays: NamedArrays,
    options: ImportOptions
  ) throws(FileError) -> Result {
    let variables = try KerasVariables(arrays, .paths)
    return (
      try KerasModel.model(KerasModel.inferred(variables, options: options), of: variables), []
    )
  }

  /// Reads an HDF5 file: numbered variables, or a whole model of Keras 2.
  ///
  /// `configuration` is a `.keras` file's.
  static func model(
    _ file: HDF5File,
    path: String,
    configuration: [UInt8]? = nil,
    options: ImportOptions
  ) throws(FileError) -> Result {
    let arrays = NamedArrays(file, path: path)
    let isStored = arrays.shapes.keys.contains { name in
      ["layers/", "_layer_checkpoint_dependencies/"].contains(where: name.hasPrefix)
    }
    let isWhole = arrays.shapes.keys.contains { $0.hasPrefix("model_weights/") }
    let variables = try KerasVariables(
      arrays,
      isStored ? .numbers : .layerThenPath,
      prefix: isWhole ? "model_weights/" : ""
    )
    var text = configuration
    if text == nil { text = try file.rootText(named: "model_config").map { Array($0.utf8) } }
    let plan: KerasModel.Plan
    if let text {
      plan = try KerasConfiguration(text, path: path).plan(isStored: isStored)
    } else {
      plan = try KerasModel.inferred(variables, options: options)
    }
    return (try KerasModel.model(plan, of: variables), plan.notes)
  }

  /// Reads a `.keras` file, a zip archive of a configuration and an HDF5 file.
  static func model(
    _ archive: ZipDirectory,
    path: String,
    options: ImportOptions
  ) throws(FileError) -> Result {
    func content(_ name: String) throws(FileError) -> [UInt8] {
      let found = archive.entries.filter { $0.name == name }
      guard found.count == 1 else {
        throw FileError("is a .keras file without '\(name)', or with two", file: path)
      }
      return try archive.bytes(of: found[0])
    }
    let weights = "model.weights.h5"
    return try model(
      HDF5File(content(weights), path: "\(path)/\(weights)"),
      path: path,
      configuration: content("config.json"),
      options: options
    )
  }
}

import ArgumentParser
import Foundation
import Recurrent
import RecurrentData

/// `recurrent trace`: every gate and state of every step, as numbers for other programs.
struct TraceCommand: AsyncParsableCommand {
  /// What the numbers are written as.
  enum Format: String, CaseIterable {
    case npz, safetensors, csv
  }

  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Write every gate and state of every step of one example.",
    discussion: """
      The arrays are named after the layer and the gate or state, such as lstm_l0.forget, and are [time, \
      units] each; beside them are input, [time, features], and answers, what is answered after each \
      step, [time, outputs]. The file's name says the format: .npz, .safetensors or .csv.
      """
  )

  @Argument(help: "The run: its name under runs/, or its folder.")
  var run: String

  @OptionGroup var choice: ExampleOptions

  @Option(
    help: "The file to write: .npz, .safetensors or .csv. Default: an .npz in the run's folder."
  )
  var output: String?

  func validate() throws {
    try Program.checkEnvironment()
    if let output { _ = try Self.format(of: output) }
  }

  private static func format(of path: String) throws -> Format {
    guard let format = Format(rawValue: URL(filePath: path).pathExtension.lowercased()) else {
      throw ValidationError("--output is '\(path)'; name a .npz, .safetensors or .csv file")
    }
    return format
  }

  func run() async throws {
    let trained = try TrainedRun(self.run)
    let folder = try RunFolder(existing: self.run)
    let example = try await ChosenExample(choice, of: trained)
    let explanation = try Explanation(of: example, by: trained, withAttributions: false)
    let path = output ?? "\(folder.path)/trace-\(example.shortName).npz"
    let arrays = explanation.arrays
    try WholeFile.write(try Self.content(of: arrays, as: Self.format(of: path)), to: path)
    print("\(example.title): \(explanation.summary)")
    for (name, array) in arrays { print("\(name) \(array.shape.dimensions)") }
    print("Written: \(path)")
  }

  private static func content(of arrays: [(name: String, array: Tensor)], as format: Format) throws
    -> [UInt8]
  {
    switch format {
    case .npz:
      return NumPyArchive.content(
        of: Dictionary(arrays.map { ($0.name, $0.array) }, uniquingKeysWith: { first, _ in first })
      )
    case .safetensors:
      var file = SafetensorsFile()
      for (name, array) in arrays { file.add(array, named: name) }
      return file.bytes
    case .csv:
      var lines = "array,step,place,value\n"
      for (name, array) in arrays {
        let (elements, columns) = (array.elements, array.shape[1])
        for (place, value) in elements.enumerated() {
          lines += "\(name),\(place / columns),\(place % columns),\(value)\n"
        }
      }
      return Array(lines.utf8)
    }
  }
}

extension Explanation {
  /// The input, the answers, and every gate and state, in order.
  var arrays: [(name: String, array: Tensor)] {
    [("input", example.input), ("answers", answers)]
      + traces.flatMap { trace in
        (trace.gates + trace.states).map {
          (
            "\(trace.name).\($0.name.replacing(" ", with: "_"))",
            $0.values.slice(at: 0, along: 0)
          )
        }
      }
  }
}

import Foundation
import Recurrent

/// Files in the folder Fixtures; its README says what made them.
enum Fixture {
  static func path(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/\(name)").path
  }

  static func content(_ name: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: path(name))))
  }

  /// What a Keras model of this name reads and answers; words are vectors with a single 1.
  static func answers(_ name: String) throws -> (input: Tensor, output: Tensor) {
    let file = try SafetensorsFile(contentsOf: path("keras-answers.safetensors"))
    var input = try file.tensor(named: "\(name)/x")
    if input.shape.rank == 2 {
      let words = input.elements.flatMap { word in (0..<9).map { Float($0) == word ? 1 : 0 } }
      input = Tensor(words.map { Float($0) }, shape: [input.shape[0], input.shape[1], 9])
    }
    return (input, try file.tensor(named: "\(name)/y"))
  }
}

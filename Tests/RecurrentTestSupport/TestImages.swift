import Foundation
public import Recurrent

/// Real images in the shared folder, read without the library's own readers.
public enum TestImages {
  /// All 60,000 training images of MNIST, in the order of their file.
  public static let training = load("train")
  /// All 10,000 test images of MNIST.
  public static let test = load("t10k")

  private static func load(_ name: String) -> SequenceDataset {
    guard SharedFolder.isGiven else {
      return SequenceDataset(
        elements: .bytes([], scale: 1),
        labels: [],
        steps: 1,
        features: 1,
        classNames: []
      )
    }
    let images = unzip("\(name)-images-idx3-ubyte.gz").dropFirst(16)
    let labels = unzip("\(name)-labels-idx1-ubyte.gz").dropFirst(8)
    return SequenceDataset(
      elements: .bytes(Array(images), scale: 1 / 255),
      labels: labels.map(Int.init),
      steps: 28,
      features: 28,
      classNames: (0...9).map(String.init)
    )
  }

  private static func unzip(_ name: String) -> [UInt8] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["gzip", "-dc", SharedFolder.path("data/mnist/\(name)")]
    let pipe = Pipe()
    process.standardOutput = pipe
    do { try process.run() } catch { fatalError("cannot run gzip: \(error)") }
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return [UInt8](data)
  }
}

extension SequenceDataset {
  /// The same elements cut into the steps and features that a manifest says.
  public func cut(as golden: Golden) throws -> SequenceDataset {
    try SequenceDataset(
      elements: elements,
      labels: labels,
      steps: golden.integer("sizes", "T"),
      features: golden.integer("sizes", "I"),
      classNames: classNames
    )
  }
}

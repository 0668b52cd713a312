// libFuzzer: -max_len=4096

import Foundation
import Recurrent
@testable import RecurrentData

private let folder = FileManager.default.temporaryDirectory.path

/// Reads the input as an IDX file, then as the images or labels of a folder whose other files fit.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIDX(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let content = bytes(start, count)
  guard
    let file = accepted({ () throws(FileError) in
      try IDXFile(content: content, file: "input")
    })
  else { return 0 }
  expect(file.bytes.count == file.dimensions.reduce(1, *), "its size is not that of its dimensions")
  let whole = file.header + file.bytes
  if !FileContent.isGzip(content) { expect(content == whole, "was read as something else") }
  let again = try? IDXFile(content: whole, file: "input")
  expect(again == file, "differs when it is written and read again")
  for damaged in [whole.dropLast(), whole + [0]] {
    expect(
      (try? IDXFile(content: Array(damaged), file: "input")) == nil,
      "is taken with a byte too few or too many"
    )
  }
  // More images would only take longer.
  guard let number = file.dimensions.first, number <= 3 else { return 0 }
  if file.dimensions.count == 1 {
    let pixels = [UInt8](repeating: 7, count: number * 784)
    let images = IDXFile(dimensions: [number, 28, 28], bytes: pixels)
    readFolder(images: images.header + images.bytes, labels: content)
  } else {
    let labels = IDXFile(dimensions: [number], bytes: (0..<number).map { UInt8($0) })
    readFolder(images: content, labels: labels.header + labels.bytes)
  }
  return 0
}

private func readFolder(images: [UInt8], labels: [UInt8]) {
  let (imagePath, labelPath) = (folder + "/images", folder + "/labels")
  for (path, content) in [(imagePath, images), (labelPath, labels)] {
    expect(FileManager.default.createFile(atPath: path, contents: Data(content)), "no \(path)")
  }
  let paths: [MNISTFile: String] = [
    .trainingImages: imagePath, .trainingLabels: labelPath, .testImages: imagePath,
    .testLabels: labelPath,
  ]
  guard let splits = try? MNIST(.mnist).read(paths) else { return }
  expect(splits.training.count + splits.validation.count == splits.test.count, "lost examples")
  expect(splits.test.labels.allSatisfy { 0..<10 ~= $0 }, "has a label of no class")
  expect(splits.test.values(ofExample: 0).count == 784, "has an image of another size")
}

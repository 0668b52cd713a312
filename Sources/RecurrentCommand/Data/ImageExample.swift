import Foundation
import Recurrent
import RecurrentData

/// Pictures that are named on the command line.
enum ImageExample {
  /// The picture of a PNG file of one digit, or an image of an IDX file by its number.
  ///
  /// - Throws: `CommandFailure` or `FileError` when it cannot be read, or the run reads no such pictures.
  static func dataset(_ name: String, for record: RunRecord) throws -> SequenceDataset {
    guard record.data.name.areImages,
      (record.steps, record.features) == (DigitImage.side, DigitImage.side)
    else {
      throw CommandFailure("the run reads no images of 28 rows of 28 pixels")
    }
    let isFile = FileManager.default.fileExists(atPath: name)
    if !isFile, let colon = name.lastIndex(of: ":"),
      let index = Int(name[name.index(after: colon)...])
    {
      return try image(index, of: String(name[..<colon]), classNames: record.classNames)
    }
    if isFile, let file = try? IDXFile(path: name), file.dimensions.count == 3 {
      throw CommandFailure(
        "\(name): holds \(file.dimensions[0]) images; say which, counted from 0, as in \(name):7"
      )
    }
    return try DigitImage(pngFile: name).dataset(classNames: record.classNames)
  }

  private static func image(
    _ index: Int,
    of path: String,
    classNames: [String]
  ) throws -> SequenceDataset {
    let file = try IDXFile(path: path)
    let side = DigitImage.side
    guard file.dimensions.count == 3, file.dimensions[1] == side, file.dimensions[2] == side else {
      throw CommandFailure(
        "\(path): holds no images of \(side) x \(side) pixels; its dimensions are \(file.dimensions)"
      )
    }
    let count = file.dimensions[0]
    guard (0..<count).contains(index) else {
      let others = count > 0 ? "its images are 0 to \(count - 1)" : "it is empty"
      throw CommandFailure("\(path): has no image \(index); \(others)")
    }
    let size = side * side
    return SequenceDataset(
      elements: .bytes(Array(file.bytes[index * size..<(index + 1) * size]), scale: 1 / 255),
      labels: [0],
      steps: side,
      features: side,
      classNames: classNames
    )
  }
}

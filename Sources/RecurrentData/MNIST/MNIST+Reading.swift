import Recurrent

extension MNIST {
  /// More than this many bytes are read of no file; three hundred thousand images fit.
  private static let limit = 1 << 28

  /// Reads the four files, checks that they fit together, and makes the splits.
  func read(_ paths: [MNISTFile: String]) throws(FileError) -> DataSplits {
    var digest = SHA256Digest()
    let training = try examples(.trainingImages, .trainingLabels, paths, &digest)
    let test = try examples(.testImages, .testLabels, paths, &digest)
    guard training.count >= 2 && test.count >= 1 else {
      throw FileError(
        "holds \(training.count) training and \(test.count) test images; "
          + "at least 2 and 1 are needed",
        file: paths[training.count >= 2 ? .testImages : .trainingImages]
      )
    }
    let validating = Self.validationCount(ofTraining: training.count)
    return DataSplits(
      training: training.slice(validating..<training.count),
      validation: training.slice(0..<validating),
      test: test,
      fingerprint: digest.hexadecimal
    )
  }

  /// Returns how many of `count` training images validate: 5,000, or a tenth of fewer than 10,000.
  static func validationCount(ofTraining count: Int) -> Int {
    count >= 2 * validationCount ? validationCount : max(1, count / 10)
  }

  private func examples(
    _ images: MNISTFile,
    _ labels: MNISTFile,
    _ paths: [MNISTFile: String],
    _ digest: inout SHA256Digest
  ) throws(FileError) -> SequenceDataset {
    let pixels = try array(images, paths, &digest)
    let classes = try array(labels, paths, &digest)
    guard Array(pixels.dimensions[1...]) == [Self.side, Self.side] else {
      throw FileError(
        "its images are \(IDXFile.shape(Array(pixels.dimensions[1...]))) pixels, not 28×28",
        file: paths[images]
      )
    }
    guard pixels.dimensions[0] == classes.bytes.count else {
      throw FileError(
        "holds \(classes.bytes.count) labels for \(pixels.dimensions[0]) images",
        file: paths[labels],
        advice: "images and labels must come from the same data set"
      )
    }
    let classCount = variant.classNames.count
    if let index = classes.bytes.firstIndex(where: { $0 >= classCount }) {
      throw FileError(
        "label \(classes.bytes[index]) of example \(index) is not from 0 to \(classCount - 1)",
        file: paths[labels]
      )
    }
    return SequenceDataset(
      elements: .bytes(pixels.bytes, scale: Float(1) / 255),
      labels: classes.bytes.map(Int.init),
      steps: Self.side,
      features: Self.side,
      classNames: variant.classNames
    )
  }

  private func array(
    _ file: MNISTFile,
    _ paths: [MNISTFile: String],
    _ digest: inout SHA256Digest
  ) throws(FileError) -> IDXFile {
    let path = paths[file] ?? file.name
    let array = try IDXFile(path: path, limit: Self.limit)
    guard array.dimensions.count == file.rank else {
      throw FileError(
        "holds an array of rank \(array.dimensions.count) (\(IDXFile.shape(array.dimensions))), "
          + "not \(file.rank)",
        file: path,
        advice: "are images and labels swapped?"
      )
    }
    digest.append(array.header)
    digest.append(array.bytes)
    return array
  }
}

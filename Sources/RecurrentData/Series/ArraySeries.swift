public import Recurrent

/// Series in NumPy's arrays.
///
/// An archive (`.npz`) has an array `x` of `[series, time]` or `[series, time, variable]`, and `y`: whole
/// numbers `[series]` classify, `[series, time]` label each time, and numbers with
/// fractions `[series]` or `[series, output]` are told of each series. `lengths` may say how many times of
/// each series count. `x_train`, `y_train`, `x_test` and `y_test` may stand for two parts. Large letters
/// may be small, and `data`, `inputs`, `labels` and `targets` stand for `x` and `y`.
///
/// A single array (`.npy`) of `[time]`, `[time, variable]` or `[series, time, variable]` is to be gone on
/// with.
public struct ArraySeries: Sendable, Equatable {
  /// What is learned from.
  public let training: SeriesContent
  /// What is tested on; nil where the file does not say.
  public let test: SeriesContent?

  /// Reads the file at `path`.
  ///
  /// - Throws: `FileError` when it cannot be read, or its arrays do not go together.
  public init(contentsOf path: String) throws(FileError) {
    let content = try WholeFile.contents(of: path)
    if content.starts(with: [0x93] + "NUMPY".utf8) {
      try self.init(NumPyArray(content, path: path), path: path)
    } else {
      try self.init(NumPyArchive(content, path: path).arrays, path: path)
    }
  }

  /// Takes a single array.
  init(_ array: NumPyArray, path: String) throws(FileError) {
    training = try Self.recorded(array, path: path)
    test = nil
  }

  /// Takes the arrays of an archive.
  init(_ arrays: [String: NumPyArray], path: String) throws(FileError) {
    let parts = ArchiveParts(arrays, path: path)
    training = try parts.content("train")
    test = parts.hasTest ? try parts.content("test") : nil
    if case .labelled(let first) = training, case .labelled(let second)? = test,
      first.variables != second.variables
    {
      throw FileError(
        "has \(first.variables) variables to train on, and \(second.variables) to test on",
        file: path
      )
    }
  }

  private static func recorded(
    _ array: NumPyArray,
    path: String
  ) throws(FileError) -> SeriesContent {
    let shape = array.shape
    guard 1...3 ~= shape.count, array.count > 0 else {
      throw FileError(
        "has the shape \(shape)",
        file: path,
        advice: "[time], [time, variable] or [series, time, variable] is wanted"
      )
    }
    let values = try finite(array, path: path)
    let variables = shape.count == 1 ? 1 : shape[shape.count - 1]
    let size = shape.count == 3 ? shape[1] * shape[2] : values.count
    let count = values.count / size
    return .recorded(
      (0..<count).map { index in
        LongSeries(
          name: count > 1 ? "\(index + 1)" : "",
          values: Array(values[index * size..<(index + 1) * size]),
          variables: variables
        )
      },
      variables: (1...variables).map { "variable \($0)" }
    )
  }

  /// An array's numbers, of which none may be infinite.
  static func finite(_ array: NumPyArray, path: String) throws(FileError) -> [Float] {
    let values = array.floats
    if let place = values.firstIndex(where: \.isInfinite) {
      throw FileError("holds an infinite number, its element \(place) in memory order", file: path)
    }
    return values
  }
}

/// The arrays of an archive by what they are for.
private struct ArchiveParts {
  private static let inputNames = ["x", "data", "inputs"]
  private static let targetNames = ["y", "labels", "targets"]

  private let arrays: [String: NumPyArray]
  private let path: String

  init(_ arrays: [String: NumPyArray], path: String) {
    self.arrays = Dictionary(arrays.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
    self.path = path
  }

  var hasTest: Bool { Self.inputNames.contains { arrays["\($0)_test"] != nil } }

  private func array(_ names: [String], _ part: String) -> (name: String, array: NumPyArray)? {
    let all = names.map { "\($0)_\(part)" } + (part == "train" ? names : [])
    return all.lazy.compactMap { name in arrays[name].map { (name, $0) } }.first
  }

  /// The series of one part.
  func content(_ part: String) throws(FileError) -> SeriesContent {
    guard let (name, read) = array(Self.inputNames, part) else {
      throw FileError(
        "has no array 'x'; it has \(arrays.keys.sorted().prefix(10).joined(separator: ", "))",
        file: path,
        advice: "name the series 'x' and what is to be answered 'y'"
      )
    }
    guard let (answerName, answers) = array(Self.targetNames, part) else {
      throw FileError(
        "has an array '\(name)' and no 'y' of what is to be answered",
        file: path,
        advice: "save the series alone as .npy to forecast them"
      )
    }
    let shape = read.shape
    guard 2...3 ~= shape.count, !shape.contains(0) else {
      throw FileError(
        "array '\(name)' has the shape \(shape)",
        file: path,
        advice: "[series, time] or [series, time, variable] is wanted"
      )
    }
    let (count, times, variables) = (shape[0], shape[1], shape.count == 3 ? shape[2] : 1)
    guard answers.shape.first == count, answers.shape.count <= 2 else {
      throw FileError(
        "array '\(answerName)' has the shape \(answers.shape), and there are \(count) series",
        file: path
      )
    }
    let lengths = try lengths(part, count: count, times: times)
    let values = try ArraySeries.finite(read, path: path)
    let (outputNames, all) = try self.answers(answers, lengths, times: times, answerName)
    let series = (0..<count).map { index in
      let first = index * times * variables
      return LabelledSeries.Series(
        values: Array(values[first..<first + lengths[index] * variables]),
        answer: all[index]
      )
    }
    return .labelled(
      LabelledSeries(name: path, variables: variables, outputNames: outputNames, series: series)
    )
  }

  private func lengths(_ part: String, count: Int, times: Int) throws(FileError) -> [Int] {
    guard let (name, array) = array(["lengths"], part) else {
      return [Int](repeating: times, count: count)
    }
    let lengths = try array.integers()
    guard lengths.count == count, lengths.allSatisfy({ 1...times ~= $0 }) else {
      throw FileError(
        "array '\(name)' needs \(count) lengths from 1 to \(times)",
        file: path
      )
    }
    return lengths
  }

  private func answers(
    _ array: NumPyArray,
    _ lengths: [Int],
    times: Int,
    _ name: String
  ) throws(FileError) -> ([String], [LabelledSeries.Answer]) {
    let outputs = array.shape.count == 2 ? array.shape[1] : 1
    guard array.kind != .real else {
      let numbers = try ArraySeries.finite(array, path: path)
      let names = outputs == 1 ? [name] : (1...max(outputs, 1)).map { "\(name) \($0)" }
      return (
        names,
        lengths.indices.map { .numbers(Array(numbers[$0 * outputs..<($0 + 1) * outputs])) }
      )
    }
    let labels = try array.integers()
    let classes = Array(Set(labels)).sorted()
    guard classes.count <= 65_536 else {
      throw FileError("array '\(name)' has \(classes.count) classes", file: path)
    }
    let places = Dictionary(uniqueKeysWithValues: zip(classes, 0...))
    let names = classes.map { "\($0)" }
    if array.shape.count == 1 {
      return (names, labels.map { .label(places[$0] ?? 0) })
    }
    guard outputs == times else {
      throw FileError(
        "array '\(name)' has \(outputs) classes a series, which has \(times) times",
        file: path
      )
    }
    return (
      names,
      lengths.enumerated().map { index, length in
        .labels(labels[index * times..<index * times + length].map { Int32(places[$0] ?? -1) })
      }
    )
  }
}

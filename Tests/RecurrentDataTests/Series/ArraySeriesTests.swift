import Recurrent
import Testing

@testable import RecurrentData

struct ArraySeriesTests {
  /// An array as NumPy writes it.
  private func array(_ shape: [Int], floats: [Float]) throws -> NumPyArray {
    try array(shape, "<f4", floats.flatMap { bytes(of: $0.bitPattern) })
  }

  private func array(_ shape: [Int], integers: [Int32]) throws -> NumPyArray {
    try array(shape, "<i4", integers.flatMap { bytes(of: UInt32(bitPattern: $0)) })
  }

  private func bytes(of word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) }
  }

  private func array(_ shape: [Int], _ type: String, _ bytes: [UInt8]) throws -> NumPyArray {
    let extents = shape.map { "\($0)," }.joined()
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(extents)), }"
    let length = [UInt8(text.utf8.count), 0]
    return try NumPyArray(
      [0x93] + "NUMPY".utf8 + [1, 0] + length + text.utf8 + bytes,
      path: "a.npy"
    )
  }

  private func labelled(_ arrays: [String: NumPyArray]) throws -> LabelledSeries {
    guard case .labelled(let series) = try ArraySeries(arrays, path: "a.npz").training else {
      throw FileError("is not labelled", file: "a.npz")
    }
    return series
  }

  @Test func `whole numbers are classes, and lengths are kept`() throws {
    let series = try labelled([
      "X": array([2, 3, 1], floats: [1, 2, 3, 4, 5, 6]),
      "y": array([2], integers: [7, -1]), "lengths": array([2], integers: [3, 2]),
    ])
    #expect(series.outputNames == ["-1", "7"] && series.variables == 1)
    #expect(
      series.series == [.init(values: [1, 2, 3], label: 1), .init(values: [4, 5], label: 0)]
    )
  }

  @Test func `a class for each time, and numbers`() throws {
    let read = try array([2, 2], floats: [1, 2, 3, 4])
    let labels = try labelled(["x": read, "labels": array([2, 2], integers: [0, 1, 1, 1])])
    #expect(labels.series.map(\.answer) == [.labels([0, 1]), .labels([1, 1])])
    let numbers = try labelled(["data": read, "targets": array([2], floats: [0.5, 2])])
    #expect(numbers.outputNames == ["targets"])
    #expect(numbers.series.map(\.answer) == [.numbers([0.5]), .numbers([2])])
    let several = try labelled(["x": read, "y": array([2, 3], floats: [1, 2, 3, 4, 5, 6])])
    #expect(several.outputNames == ["y 1", "y 2", "y 3"])
  }

  @Test func `two parts, and series to be gone on with`() throws {
    let arrays = try ArraySeries(
      [
        "x_train": array([1, 2], floats: [1, 2]), "y_train": array([1], integers: [0]),
        "x_test": array([1, 3], floats: [1, 2, 3]), "y_test": array([1], integers: [0]),
      ],
      path: "a.npz"
    )
    guard case .labelled(let test)? = arrays.test else {
      Issue.record("nothing to test on")
      return
    }
    #expect(test.longest == 3)
    let one = try ArraySeries(array([3], floats: [1, 2, 3]), path: "a.npy")
    #expect(
      one.training
        == .recorded([LongSeries(values: [1, 2, 3], variables: 1)], variables: ["variable 1"])
    )
    let two = try ArraySeries(array([2, 1, 2], floats: [1, 2, 3, 4]), path: "a.npy")
    #expect(
      two.training
        == .recorded(
          [
            LongSeries(name: "1", values: [1, 2], variables: 2),
            LongSeries(name: "2", values: [3, 4], variables: 2),
          ],
          variables: ["variable 1", "variable 2"]
        )
    )
  }

  @Test func `arrays that do not go together are refused in one line`() throws {
    let read = try array([2, 2], floats: [1, 2, 3, 4])
    let classes = try array([2], integers: [0, 1])
    let cases: [([String: NumPyArray], String)] = try [
      (["y": classes], "a.npz: has no array 'x'; it has y"),
      (["x": read], "a.npz: has an array 'x' and no 'y'"),
      (["x": classes, "y": classes], "a.npz: array 'x' has the shape [2]"),
      (["x": read, "y": array([3], integers: [0, 1, 2])], "a.npz: array 'y' has the shape [3]"),
      (
        ["x": read, "y": array([2, 3], integers: [0, 1, 2, 0, 1, 2])],
        "a.npz: array 'y' has 3 classes"
      ),
      (
        ["x": read, "y": classes, "lengths": array([2], integers: [0, 1])],
        "a.npz: array 'lengths' needs 2 lengths from 1 to 2"
      ),
      (
        ["x": array([1, 1], floats: [.infinity]), "y": array([1], integers: [0])],
        "a.npz: holds an infinite"
      ),
      (
        [
          "x": read, "y": classes, "x_test": array([1, 2, 2], floats: [1, 2, 3, 4]),
          "y_test": array([1], integers: [0]),
        ],
        "a.npz: has 1 variables to train on, and 2"
      ),
    ]
    for (arrays, message) in cases {
      let error = #expect(throws: FileError.self) { try ArraySeries(arrays, path: "a.npz") }
      #expect("\(try #require(error))".hasPrefix(message), "\(error.map { "\($0)" } ?? "")")
    }
    #expect(throws: FileError.self) { try ArraySeries(array([], floats: [1]), path: "a.npy") }
  }
}

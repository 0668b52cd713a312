import Recurrent

/// One operation with what it reads.
struct ONNXCall {
  let node: ONNXGraph.Node
  let inputs: [ONNXArray?]
  let operatorSet: Int
  /// No larger array is made.
  let limit: Int

  /// What the operation gives.
  func run() throws(FileError) -> [ONNXArray] {
    if let result = try elementwise() { return [result] }
    if let results = try shaping() { return results }
    if let result = try product() { return [result] }
    if let result = try reduction() { return [result] }
    switch node.operation {
    case "LSTM", "GRU", "RNN": return try ONNXRecurrence(self).run()
    default: throw problem("is an operation that is not read here")
    }
  }

  /// The error that something is wrong with the operation.
  func problem(_ text: String) -> FileError {
    let name = node.outputs.first.map { " ('\($0.prefix(80))')" } ?? ""
    return FileError("\(node.operation.prefix(40))\(name) \(text)")
  }

  /// An input that must be there.
  func input(_ index: Int) throws(FileError) -> ONNXArray {
    guard index < inputs.count, let input = inputs[index] else {
      throw problem("lacks its input \(index + 1)")
    }
    return input
  }

  /// An input that may be left out.
  func optional(_ index: Int) -> ONNXArray? { index < inputs.count ? inputs[index] : nil }

  /// An input that must be of floats.
  func floats(_ index: Int) throws(FileError) -> (elements: [Float], shape: [Int]) {
    let input = try input(index)
    guard let floats = input.floats else { throw problem("needs floats as input \(index + 1)") }
    return (floats, input.shape)
  }

  /// An input that must be of whole numbers.
  func integers(_ index: Int) throws(FileError) -> [Int] {
    guard let integers = try input(index).integers else {
      throw problem("needs whole numbers as input \(index + 1)")
    }
    return integers
  }

  /// Whole numbers that older versions have as a setting and newer ones as an input.
  func integers(_ name: String, orInput index: Int) throws(FileError) -> [Int]? {
    if let values = node.integers(name) { return values }
    return optional(index) == nil ? nil : try integers(index)
  }

  /// An axis of an array of this rank, counted from the end where it is negative.
  func axis(_ axis: Int, rank: Int) throws(FileError) -> Int {
    guard -rank..<rank ~= axis else { throw problem("names axis \(axis) of \(rank)") }
    return axis < 0 ? axis + rank : axis
  }

  /// The number of elements of a shape that is about to be made.
  func count(_ shape: [Int]) throws(FileError) -> Int {
    // Beside an extent of 0 the others must not be too large either.
    var (count, largest) = (1, 1)
    for extent in shape {
      let (product, isTooLarge) = largest.multipliedReportingOverflow(by: max(extent, 1))
      guard extent >= 0, !isTooLarge, product <= limit else {
        throw problem("would give an array of \(shape.prefix(8)) numbers")
      }
      largest = product
      count *= extent
    }
    return count
  }

  /// An array of the elements at the places given, of an array.
  func picked(_ array: ONNXArray, _ places: [Int], shape: [Int]) -> ONNXArray {
    switch array.elements {
    case .floats(let values): ONNXArray(places.map { values[$0] }, shape: shape)
    case .integers(let values): ONNXArray(places.map { values[$0] }, shape: shape, type: array.type)
    case .truths(let values): ONNXArray(places.map { values[$0] }, shape: shape)
    }
  }

  /// The arrays one on another along a new first axis.
  func stacked(_ arrays: [ONNXArray]) throws(FileError) -> ONNXArray {
    let shape = [arrays.count] + (arrays.first?.shape ?? [])
    _ = try count(shape)
    return try joined(arrays, shape: shape)
  }

  /// The elements of arrays of one type one after another.
  func joined(_ arrays: [ONNXArray], shape: [Int]) throws(FileError) -> ONNXArray {
    let type = arrays.first?.type
    guard arrays.allSatisfy({ $0.type == type }), let type else {
      throw problem("joins arrays of unequal types")
    }
    switch type {
    case .float: return ONNXArray(arrays.flatMap { $0.floats ?? [] }, shape: shape)
    case .int32, .int64:
      return ONNXArray(arrays.flatMap { $0.integers ?? [] }, shape: shape, type: type)
    case .bool: return ONNXArray(arrays.flatMap { $0.truths ?? [] }, shape: shape)
    }
  }
}

extension ONNXArray {
  /// The array of another shape with as many elements.
  func reshaped(to shape: [Int]) -> ONNXArray {
    switch elements {
    case .floats(let values): ONNXArray(values, shape: shape)
    case .integers(let values): ONNXArray(values, shape: shape, type: type)
    case .truths(let values): ONNXArray(values, shape: shape)
    }
  }

  /// The part at a place of the first axis, which must be there.
  func slice(_ place: Int) -> ONNXArray {
    let rest = Array(shape.dropFirst())
    let range = place * rest.product..<(place + 1) * rest.product
    return switch elements {
    case .floats(let values): ONNXArray(Array(values[range]), shape: rest)
    case .integers(let values): ONNXArray(Array(values[range]), shape: rest, type: type)
    case .truths(let values): ONNXArray(Array(values[range]), shape: rest)
    }
  }
}

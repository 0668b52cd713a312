import Foundation
import Recurrent

// Products of matrices, sums along axes, and the normalisation of the last axis.
extension ONNXCall {
  /// What the operation gives; nil if it is of another family.
  func product() throws(FileError) -> ONNXArray? {
    switch node.operation {
    case "MatMul": try matrixProduct()
    case "Gemm": try affineMap()
    case "LayerNormalization": try layerNormalization()
    default: nil
    }
  }

  /// The product of rows by a matrix.
  private func matrixProduct() throws(FileError) -> ONNXArray {
    let (x, shape) = try floats(0)
    let (y, matrix) = try floats(1)
    guard shape.count >= 1, matrix.count == 2, shape.last == matrix[0], matrix[0] > 0 else {
      throw problem("multiplies \(shape) by \(matrix)")
    }
    let result = Array(shape.dropLast()) + [matrix[1]]
    _ = try count(result)
    guard result.product > 0 else { return ONNXArray([Float](), shape: result) }
    let rows = Tensor(x, shape: [x.count / matrix[0], matrix[0]])
    return ONNXArray(matmul(rows, Tensor(y, shape: Shape(matrix))).elements, shape: result)
  }

  private func affineMap() throws(FileError) -> ONNXArray {
    var (a, b) = (Tensor.zeros([]), Tensor.zeros([]))
    let (x, y) = (try floats(0), try floats(1))
    guard x.shape.count == 2, y.shape.count == 2, !x.shape.contains(0), !y.shape.contains(0) else {
      throw problem("multiplies \(x.shape) by \(y.shape)")
    }
    a = Tensor(x.elements, shape: Shape(x.shape))
    b = Tensor(y.elements, shape: Shape(y.shape))
    if node.integer("transA") == 1 { a = a.transposed() }
    if node.integer("transB") == 1 { b = b.transposed() }
    guard a.shape[1] == b.shape[0] else { throw problem("multiplies \(a.shape) by \(b.shape)") }
    let alpha = node.float("alpha") ?? 1
    let beta = node.float("beta") ?? 1
    _ = try count([a.shape[0], b.shape[1]])
    var result = ONNXArray(
      matmul(a, b).elements.map { $0 * alpha },
      shape: [a.shape[0], b.shape[1]]
    )
    guard let bias = optional(2) else { return result }
    guard let added = try stretched(bias, to: result.shape).floats, let sums = result.floats else {
      throw problem("adds what is no float")
    }
    result = ONNXArray(zip(sums, added).map { $0 + beta * $1 }, shape: result.shape)
    return result
  }

  private func layerNormalization() throws(FileError) -> ONNXArray {
    let (elements, shape) = try floats(0)
    guard let width = shape.last, width > 0,
      try axis(node.integer("axis") ?? -1, rank: shape.count) == shape.count - 1
    else { throw problem("is not along the last axis") }
    let scale = try floats(1).elements
    let bias = optional(2) == nil ? nil : try floats(2).elements
    guard scale.count == width, bias.map({ $0.count == width }) ?? true else {
      throw problem("has a scale or a bias that does not fit")
    }
    let epsilon = node.float("epsilon") ?? 1e-5
    var results: [Float] = []
    for start in stride(from: 0, to: elements.count, by: width) {
      let row = elements[start..<start + width]
      let mean = row.reduce(0, +) / Float(width)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(width)
      let deviation = (variance + epsilon).squareRoot()
      for (unit, value) in row.enumerated() {
        results.append((value - mean) / deviation * scale[unit] + (bias?[unit] ?? 0))
      }
    }
    return ONNXArray(results, shape: shape)
  }

  // MARK: - Along axes

  /// What the operation gives; nil if it is of another family.
  func reduction() throws(FileError) -> ONNXArray? {
    switch node.operation {
    case "ReduceSum": try reduced(from: 0) { $0 + $1 }
    case "ReduceMean": try reduced(from: 0, isMean: true) { $0 + $1 }
    case "ReduceMax": try reduced(from: -.infinity) { $0.isNaN || $0 > $1 ? $0 : $1 }
    default: nil
    }
  }

  private func reduced(
    from first: Float,
    isMean: Bool = false,
    _ combine: (Float, Float) -> Float
  ) throws(FileError) -> ONNXArray {
    let (elements, shape) = try floats(0)
    var axes: Set<Int> = []
    for axis in try integers("axes", orInput: 1) ?? Array(shape.indices) {
      axes.insert(try self.axis(axis, rank: shape.count))
    }
    let kept = shape.indices.map { axes.contains($0) ? 1 : shape[$0] }
    // The place in the result that each element goes to.
    var steps = [Int](repeating: 0, count: shape.count)
    var step = 1
    for axis in shape.indices.reversed() where !axes.contains(axis) {
      steps[axis] = step
      step *= shape[axis]
    }
    var results = [Float](repeating: first, count: kept.product)
    for (element, place) in zip(elements, places(shape, steps)) {
      results[place] = combine(results[place], element)
    }
    if isMean {
      let count = Float(axes.reduce(1) { $0 * shape[$1] })
      results = results.map { $0 / count }
    }
    let isKept = node.integer("keepdims") ?? 1 != 0
    return ONNXArray(
      results,
      shape: isKept ? kept : shape.indices.filter { !axes.contains($0) }.map { shape[$0] }
    )
  }
}

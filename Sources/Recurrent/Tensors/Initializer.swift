/// How a parameter's starting values are drawn.
public enum Initializer: Sendable, Equatable {
  /// All the same number.
  case constant(Float)
  /// Uniform between -bound and bound.
  case uniform(bound: Float)
  /// Normal with mean 0.
  case normal(standardDeviation: Float)
  /// Uniform with bound √(6 / (inputs + outputs)) (X. Glorot, Y. Bengio, 2010, equation 16).
  case glorotUniform(inputs: Int, outputs: Int)
  /// A random matrix with orthonormal rows or columns, whichever are fewer.
  ///
  /// A. M. Saxe, J. L. McClelland, S. Ganguli, 2014.
  case orthogonal

  /// Returns a tensor of this shape, drawn from `stream`.
  ///
  /// - Precondition: An orthogonal tensor has rank 2.
  public func tensor(_ shape: Shape, from stream: inout RandomStream) -> Tensor {
    switch self {
    case .constant(let value):
      return Tensor(repeating: value, shape: shape)
    case .uniform(let bound):
      return Tensor(
        (0..<shape.count).map { _ in stream.nextUniform(in: -bound...bound) },
        shape: shape
      )
    case .normal(let deviation):
      return Tensor((0..<shape.count).map { _ in deviation * stream.nextNormal() }, shape: shape)
    case .glorotUniform(let inputs, let outputs):
      let bound = (6 / Float(inputs + outputs)).squareRoot()
      return Initializer.uniform(bound: bound).tensor(shape, from: &stream)
    case .orthogonal:
      require(shape.rank == 2, "an orthogonal tensor has rank 2, got shape \(shape)")
      return Self.orthogonalMatrix(rows: shape[0], columns: shape[1], from: &stream)
    }
  }

  /// Orthonormalises random normal vectors by the Gram-Schmidt process, each twice.
  ///
  /// Twice is enough for orthogonality to rounding (W. Kahan, in B. N. Parlett, 1980).
  private static func orthogonalMatrix(
    rows: Int,
    columns: Int,
    from stream: inout RandomStream
  ) -> Tensor {
    let count = min(rows, columns)
    let length = max(rows, columns)
    var vectors: [[Double]] = []
    while vectors.count < count {
      var vector = (0..<length).map { _ in Double(stream.nextNormal()) }
      for _ in 0..<2 {
        for other in vectors {
          var projection = 0.0
          for n in 0..<length { projection += vector[n] * other[n] }
          for n in 0..<length { vector[n] -= projection * other[n] }
        }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if norm > 1e-6 { vectors.append(vector.map { $0 / norm }) }
    }
    var elements = [Float](repeating: 0, count: rows * columns)
    for (v, vector) in vectors.enumerated() {
      for n in 0..<length {
        elements[rows <= columns ? v * columns + n : n * columns + v] = Float(vector[n])
      }
    }
    return Tensor(elements, shape: [rows, columns])
  }
}

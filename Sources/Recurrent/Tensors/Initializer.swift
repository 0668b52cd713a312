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
  /// Normal with standard deviation √(2 / (inputs + outputs)) (X. Glorot, Y. Bengio, 2010).
  case glorotNormal(inputs: Int, outputs: Int)
  /// Uniform with bound √(6 / inputs) (K. He et al., "Delving deep into rectifiers", 2015).
  case heUniform(inputs: Int)
  /// Normal with standard deviation √(2 / inputs) (K. He et al., 2015, equation 10).
  case heNormal(inputs: Int)
  /// Uniform with bound 1 / √inputs, as PyTorch's layers begin.
  case torchUniform(inputs: Int)
  /// A random matrix with orthonormal rows or columns, whichever are fewer, times `gain`.
  ///
  /// A. M. Saxe, J. L. McClelland, S. Ganguli, 2014.
  case orthogonal(gain: Float = 1)
  /// A matrix with `scale` on the diagonal and 0 elsewhere.
  case identity(scale: Float = 1)

  /// Returns a tensor of this shape, drawn from `stream`.
  ///
  /// - Precondition: An orthogonal tensor and an identity have rank 2.
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
    case .glorotNormal(let inputs, let outputs):
      let deviation = (2 / Float(inputs + outputs)).squareRoot()
      return Initializer.normal(standardDeviation: deviation).tensor(shape, from: &stream)
    case .heUniform(let inputs):
      return Initializer.uniform(bound: (6 / Float(inputs)).squareRoot())
        .tensor(shape, from: &stream)
    case .heNormal(let inputs):
      return Initializer.normal(standardDeviation: (2 / Float(inputs)).squareRoot())
        .tensor(shape, from: &stream)
    case .torchUniform(let inputs):
      return Initializer.uniform(bound: 1 / Float(inputs).squareRoot())
        .tensor(shape, from: &stream)
    case .orthogonal(let gain):
      require(shape.rank == 2, "an orthogonal tensor has rank 2, got shape \(shape)")
      let matrix = Self.orthogonalMatrix(rows: shape[0], columns: shape[1], from: &stream)
      return gain == 1 ? matrix : matrix.scaled(by: gain)
    case .identity(let scale):
      require(shape.rank == 2, "an identity has rank 2, got shape \(shape)")
      var matrix = Tensor.zeros(shape)
      for place in 0..<min(shape[0], shape[1]) { matrix[place, place] = scale }
      return matrix
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

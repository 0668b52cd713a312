extension Tensor {
  /// Returns each row of the last axis less its mean, over the root of its variance + `epsilon`.
  ///
  /// The variance is the mean square of what is left. Both means are taken in double precision,
  /// from first to last.
  ///
  /// Source: J. L. Ba, J. R. Kiros, G. E. Hinton, "Layer normalization", 2016.
  package func normalized(epsilon: Float) -> Tensor {
    require(
      shape.rank > 0 && count > 0,
      "normalized(epsilon:) needs a tensor with a last axis, got shape \(shape)"
    )
    return Tape.operation([self]) { inputs, _ in
      let isDouble = inputs[0].isDoublePrecision
      let x = inputs[0].doubleElements
      let shape = inputs[0].shape
      let size = shape[shape.rank - 1]
      /// Numbers as a tensor of the input's precision.
      let tensor: @Sendable ([Double]) -> Tensor = { numbers in
        isDouble
          ? Tensor(doublePrecision: numbers, shape: shape)
          : Tensor(numbers.map { Float($0) }, shape: shape)
      }
      var y = x
      var scales: [Double] = []
      for start in stride(from: 0, to: x.count, by: size) {
        let row = start..<start + size
        let mean = row.reduce(0) { $0 + x[$1] } / Double(size)
        var square = 0.0
        for n in row { square += (x[n] - mean) * (x[n] - mean) }
        let scale = 1 / (square / Double(size) + Double(epsilon)).squareRoot()
        for n in row { y[n] = (x[n] - mean) * scale }
        scales.append(scale)
      }
      let output = tensor(y)
      return (
        output,
        { [scales] gradient in
          // dx = (dy - mean of dy - y times the mean of dy y) / √(variance + ε)
          let (y, dy) = (output.doubleElements, gradient.doubleElements)
          var dx = dy
          for (index, scale) in scales.enumerated() {
            let row = index * size..<(index + 1) * size
            var (sum, along) = (0.0, 0.0)
            for n in row {
              sum += dy[n]
              along += dy[n] * y[n]
            }
            (sum, along) = (sum / Double(size), along / Double(size))
            for n in row { dx[n] = (dy[n] - sum - y[n] * along) * scale }
          }
          return [tensor(dx)]
        }
      )
    }
  }
}

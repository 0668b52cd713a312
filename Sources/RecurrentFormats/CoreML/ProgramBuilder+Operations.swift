import Recurrent

extension ProgramBuilder {
  /// x Wᵀ + b, of `[..., inputs]`; without a bias one of zeros.
  mutating func linear(
    _ x: ProgramValue,
    _ weight: Tensor,
    _ bias: Tensor? = nil,
    name: String? = nil
  ) -> ProgramValue {
    let outputs = weight.shape[0]
    return append(
      "linear",
      [
        "x": [x], "weight": [constant(weight)],
        "bias": [constant(bias ?? .zeros([outputs]), "bias")],
      ],
      outputs: [(x.shape.dropLast() + [outputs], .float32)],
      name: name
    )[0]
  }

  /// A function of two tensors, number by number, with extents of 1 and missing ones stretched.
  mutating func binary(
    _ type: String,
    _ x: ProgramValue,
    _ y: ProgramValue,
    name: String? = nil
  ) -> ProgramValue {
    let rank = max(x.shape.count, y.shape.count)
    func padded(_ shape: [Int?]) -> [Int?] {
      [Int?](repeating: 1, count: rank - shape.count) + shape
    }
    let shape = zip(padded(x.shape), padded(y.shape)).map { $0 == 1 ? $1 : $0 }
    return append(
      type,
      ["x": [x], "y": [y]],
      outputs: [(shape, type == "equal" ? .bool : .float32)],
      name: name
    )[0]
  }

  /// The sum, number by number.
  mutating func add(_ x: ProgramValue, _ y: ProgramValue, name: String? = nil) -> ProgramValue {
    binary("add", x, y, name: name)
  }

  /// The product, number by number.
  mutating func multiply(_ x: ProgramValue, _ y: ProgramValue) -> ProgramValue {
    binary("mul", x, y)
  }

  /// The product with a number.
  mutating func multiply(_ x: ProgramValue, by number: Float) -> ProgramValue {
    let factor = constant(Tensor(number), "number")
    return multiply(x, factor)
  }

  /// 1 less each number.
  mutating func complement(_ x: ProgramValue) -> ProgramValue {
    let one = constant(Tensor(1), "number")
    return binary("sub", one, x)
  }

  /// Where between two tensors a third says: share·a + (1 - share)·b.
  mutating func mix(_ share: ProgramValue, _ a: ProgramValue, _ b: ProgramValue) -> ProgramValue {
    let rest = complement(share)
    return add(multiply(share, a), multiply(rest, b))
  }

  /// A function of each number: "sigmoid", "tanh", "relu", "exp", "abs".
  mutating func unary(_ type: String, _ x: ProgramValue) -> ProgramValue {
    append(type, ["x": [x]], outputs: [(x.shape, .float32)])[0]
  }

  /// The logarithm of the logistic function, for however small a number.
  mutating func logSigmoid(_ x: ProgramValue) -> ProgramValue {
    let below = unary("relu", multiply(x, by: -1))
    let small = unary("exp", multiply(unary("abs", x), by: -1))
    let one = constant(Tensor(1), "number")
    let epsilon = constant(Tensor(0), "epsilon")
    let sum = add(one, small)
    let log = append(
      "log",
      ["x": [sum], "epsilon": [epsilon]],
      outputs: [(x.shape, .float32)]
    )[0]
    return multiply(add(below, log), by: -1)
  }

  /// `[batch, count * size]` cut into as many pieces of one size.
  mutating func split(_ x: ProgramValue, into count: Int) -> [ProgramValue] {
    if count == 1 { return [x] }
    let shape: [Int?] = x.shape.dropLast() + [x.shape.last.flatMap { $0.map { $0 / count } }]
    return append(
      "split",
      [
        "x": [x], "num_splits": [constant([count], isScalar: true)],
        "axis": [constant([x.shape.count - 1], isScalar: true)],
      ],
      outputs: Array(repeating: (shape, .float32), count: count)
    )
  }

  /// Tensors side by side along their last axis.
  mutating func concatenate(_ values: [ProgramValue]) -> ProgramValue {
    let rank = values[0].shape.count
    let last = values.compactMap { $0.shape[rank - 1] }.reduce(0, +)
    return append(
      "concat",
      [
        "values": values, "axis": [constant([rank - 1], isScalar: true)],
        "interleave": [constant([false], isScalar: true)],
      ],
      outputs: [(values[0].shape.dropLast() + [last], .float32)]
    )[0]
  }

  /// (x - mean) / √(variance + ε)·γ + β over the last axis.
  mutating func normalize(_ x: ProgramValue, gain: Tensor, bias: Tensor) -> ProgramValue {
    append(
      "layer_norm",
      [
        "x": [x], "axes": [constant([x.shape.count - 1])], "gamma": [constant(gain, "gain")],
        "beta": [constant(bias, "bias")],
        "epsilon": [constant(Tensor(LSTMCell.Normalization.epsilon), "epsilon")],
      ],
      outputs: [(x.shape, .float32)]
    )[0]
  }

  /// The first where a truth holds, else the second.
  mutating func select(
    _ condition: ProgramValue,
    _ a: ProgramValue,
    _ b: ProgramValue
  ) -> ProgramValue {
    append("select", ["cond": [condition], "a": [a], "b": [b]], outputs: [(b.shape, .float32)])[0]
  }

  /// The axes in another order.
  mutating func transpose(
    _ x: ProgramValue,
    _ order: [Int],
    name: String? = nil
  ) -> ProgramValue {
    append(
      "transpose",
      ["x": [x], "perm": [constant(order)]],
      outputs: [(order.map { x.shape[$0] }, .float32)],
      name: name
    )[0]
  }

  /// The steps of `[time, batch, features]` from the last to the first.
  mutating func reverse(_ x: ProgramValue) -> ProgramValue {
    append("reverse", ["x": [x], "axes": [constant([0])]], outputs: [(x.shape, .float32)])[0]
  }

  /// The last step of `[time, batch, features]`, `[batch, features]`.
  mutating func lastStep(_ x: ProgramValue) -> ProgramValue {
    append(
      "slice_by_index",
      [
        "x": [x], "begin": [constant([-1, 0, 0])], "end": [constant([0, 0, 0])],
        "stride": [constant([1, 1, 1])],
        "begin_mask": [constant([false, true, true])], "end_mask": [constant([true, true, true])],
        "squeeze_mask": [constant([true, false, false])],
      ],
      outputs: [(Array(x.shape.dropFirst()), .float32)]
    )[0]
  }

  /// "reduce_mean" or "reduce_max" of `[time, batch, features]` over the steps, `[batch, features]`.
  mutating func reduce(_ type: String, _ x: ProgramValue) -> ProgramValue {
    append(
      type,
      [
        "x": [x], "axes": [constant([0])], "keep_dims": [constant([false], isScalar: true)],
      ],
      outputs: [(Array(x.shape.dropFirst()), .float32)]
    )[0]
  }
}

import RecurrentKernels

// Element-wise arithmetic of two tensors, whose shapes are stretched to each other's as everywhere
// in the field: axes are aligned at the end, an extent of 1 or a missing axis is repeated.
extension Tensor {
  /// Returns the element-wise sum.
  ///
  /// - Precondition: The shapes are equal, or differ where one has extent 1 or no axis.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    Tape.operation([a, b]) { inputs, isTracked in
      let (a, b) = (inputs[0].shape, inputs[1].shape)
      return (
        inputs[0].combined(with: inputs[1], by: RECURRENT_ADD, name: "+"),
        { gradient in
          [
            isTracked[0] ? gradient.summed(to: a) : nil,
            isTracked[1] ? gradient.summed(to: b) : nil,
          ]
        }
      )
    }
  }

  /// Returns the element-wise difference.
  ///
  /// - Precondition: As for `+`.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    Tape.operation([a, b]) { inputs, isTracked in
      let (a, b) = (inputs[0].shape, inputs[1].shape)
      return (
        inputs[0].combined(with: inputs[1], by: RECURRENT_SUBTRACT, name: "-"),
        { gradient in
          [
            isTracked[0] ? gradient.summed(to: a) : nil,
            isTracked[1] ? gradient.scaled(by: -1).summed(to: b) : nil,
          ]
        }
      )
    }
  }

  /// Returns the element-wise product.
  ///
  /// - Precondition: As for `+`.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    Tape.operation([a, b]) { inputs, isTracked in
      let (a, b) = (inputs[0], inputs[1])
      return (
        a.combined(with: b, by: RECURRENT_MULTIPLY, name: "*"),
        { gradient in
          [
            isTracked[0] ? (gradient * b).summed(to: a.shape) : nil,
            isTracked[1] ? (gradient * a).summed(to: b.shape) : nil,
          ]
        }
      )
    }
  }

  /// Returns the element-wise quotient.
  ///
  /// - Precondition: As for `+`.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    Tape.operation([a, b]) { inputs, isTracked in
      let (a, b) = (inputs[0], inputs[1])
      let quotient = a.combined(with: b, by: RECURRENT_DIVIDE, name: "/")
      return (
        quotient,
        { gradient in
          let perNumerator = gradient / b
          return [
            isTracked[0] ? perNumerator.summed(to: a.shape) : nil,
            isTracked[1] ? (perNumerator * quotient).scaled(by: -1).summed(to: b.shape) : nil,
          ]
        }
      )
    }
  }

  /// Returns the tensor with every sign changed.
  public static prefix func - (a: Tensor) -> Tensor { a * -1 }

  /// Adds `other`, times `scale`, to this tensor in place, which no gradient sees.
  ///
  /// - Precondition: The shapes are equal.
  package mutating func add(_ other: Tensor, scaledBy scale: Float) {
    require(shape == other.shape, "cannot add a tensor of shape \(other.shape) to one of \(shape)")
    if isDoublePrecision || other.isDoublePrecision {
      self = Tensor(
        doublePrecision: zip(doubleElements, other.doubleElements).map { $0 + Double(scale) * $1 },
        shape: shape
      )
      return
    }
    unsafe withUnsafeMutableElements { target in
      unsafe other.withUnsafeElements { source in
        guard let target = target.baseAddress, let source = source.baseAddress else { return }
        unsafe kernels.pointee.add_scaled(other.count, scale, source, target)
      }
    }
  }

  /// The tensor times a number, which no gradient sees.
  func scaled(by scale: Float) -> Tensor {
    detached.combined(with: Tensor(scale), by: RECURRENT_MULTIPLY, name: "*")
  }

  private func combined(
    with other: Tensor,
    by operation: RecurrentOperation,
    name: StaticString
  ) -> Tensor {
    guard let shape = Shape.broadcast(shape, other.shape) else {
      requirementFailed(
        "\(name) cannot combine tensors of shapes \(shape) and \(other.shape)",
        file: #fileID,
        line: #line
      )
    }
    let plan = BroadcastPlan(shape, self.shape, other.shape)
    if isDoublePrecision || other.isDoublePrecision {
      return Tensor(
        doublePrecision: plan.combined(doubleElements, other.doubleElements) {
          operation.applied($0, $1)
        },
        shape: shape
      )
    }
    return unsafe Tensor(uninitialized: shape) { result in
      unsafe withUnsafeElements { a in
        unsafe other.withUnsafeElements { b in
          guard let a = a.baseAddress, let b = b.baseAddress, let y = result.baseAddress else {
            return
          }
          var done = 0
          plan.forEachRun { aOffset, bOffset in
            unsafe kernels.pointee.combine(
              operation,
              plan.run,
              a + aOffset,
              plan.aRunStep,
              b + bOffset,
              plan.bRunStep,
              y + done
            )
            done += plan.run
          }
        }
      }
    }
  }

  /// The gradient of a tensor of shape `target` that was stretched to this tensor's shape.
  ///
  /// Sums over the repeated axes, each from first to last.
  func summed(to target: Shape) -> Tensor {
    if shape == target { return self }
    var result = detached
    for _ in target.rank..<result.shape.rank { result = result.sum(along: 0) }
    for axis in 0..<target.rank where target[axis] == 1 && result.shape[axis] != 1 {
      result = result.sum(along: axis).reshaped(to: result.shape.replacing(axis: axis, with: 1))
    }
    return result
  }
}

/// The order in which two stretched operands are walked: runs of elements with fixed steps.
struct BroadcastPlan {
  /// The number of consecutive result elements that one run covers.
  private(set) var run = 1
  /// 1 if the first operand advances within a run, 0 if one element of it is repeated.
  private(set) var aRunStep = 1
  private(set) var bRunStep = 1
  private var outer: [(extent: Int, aStride: Int, bStride: Int)] = []

  init(_ result: Shape, _ a: Shape, _ b: Shape) {
    if a == b {
      run = result.count
      return
    }
    // Neighbouring axes along which both operands behave alike are merged into one.
    var axes: [(extent: Int, aMoves: Bool, bMoves: Bool)] = []
    for axis in 0..<result.rank where result[axis] != 1 {
      let aAxis = axis - result.rank + a.rank
      let bAxis = axis - result.rank + b.rank
      let aMoves = aAxis >= 0 && a[aAxis] != 1
      let bMoves = bAxis >= 0 && b[bAxis] != 1
      if let last = axes.last, last.aMoves == aMoves, last.bMoves == bMoves {
        axes[axes.count - 1].extent *= result[axis]
      } else {
        axes.append((result[axis], aMoves, bMoves))
      }
    }
    if let inner = axes.popLast() {
      run = inner.extent
      aRunStep = inner.aMoves ? 1 : 0
      bRunStep = inner.bMoves ? 1 : 0
    }
    var aStride = aRunStep == 1 ? run : 1
    var bStride = bRunStep == 1 ? run : 1
    for axis in axes.reversed() {
      outer.insert(
        (axis.extent, axis.aMoves ? aStride : 0, axis.bMoves ? bStride : 0),
        at: 0
      )
      if axis.aMoves { aStride *= axis.extent }
      if axis.bMoves { bStride *= axis.extent }
    }
  }

  /// Calls `body` with the operands' offsets of each run, in the order of the result's elements.
  func forEachRun(_ body: (_ aOffset: Int, _ bOffset: Int) -> Void) {
    walk(0, 0, 0, body)
  }

  /// The results in double precision.
  func combined(
    _ a: [Double],
    _ b: [Double],
    by operation: (Double, Double) -> Double
  ) -> [Double] {
    var result: [Double] = []
    forEachRun { aOffset, bOffset in
      for n in 0..<run {
        result.append(operation(a[aOffset + n * aRunStep], b[bOffset + n * bRunStep]))
      }
    }
    return result
  }

  private func walk(_ axis: Int, _ aOffset: Int, _ bOffset: Int, _ body: (Int, Int) -> Void) {
    guard axis < outer.count else {
      body(aOffset, bOffset)
      return
    }
    for n in 0..<outer[axis].extent {
      walk(axis + 1, aOffset + n * outer[axis].aStride, bOffset + n * outer[axis].bStride, body)
    }
  }
}

extension RecurrentOperation {
  /// The same function of two numbers in double precision.
  func applied(_ a: Double, _ b: Double) -> Double {
    switch self {
    case RECURRENT_ADD: a + b
    case RECURRENT_SUBTRACT: a - b
    case RECURRENT_MULTIPLY: a * b
    default: a / b
    }
  }
}

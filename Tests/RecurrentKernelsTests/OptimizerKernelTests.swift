import RecurrentKernels
import RecurrentTestSupport
import Testing

/// Every step's equations in double precision, and the same bits from every instruction set.
struct OptimizerKernelTests {
  static let counts = ElementwiseTests.counts

  /// Runs a kernel on arrays of one length between guard words; returns them one after another.
  private func run(
    _ arrays: [[Float]],
    _ body: (RecurrentKernels, [UnsafeMutablePointer<Float>]) -> Void
  ) -> [Float] {
    func open(
      _ kernels: RecurrentKernels,
      _ rest: ArraySlice<[Float]>,
      _ pointers: [UnsafeMutablePointer<Float>]
    ) -> [Float] {
      guard let first = rest.first else {
        body(kernels, pointers)
        return []
      }
      var guarded = GuardedFloats(first)
      let later = guarded.withPointer { open(kernels, rest.dropFirst(), pointers + [$0]) }
      #expect(guarded.isIntact)
      return guarded.values + later
    }
    return InstructionSet.agreed { open($0, arrays[...], []) }
  }

  // Some twenty roundings of numbers of about 1.
  private func expectEqual(_ got: [Float], _ want: [[Double]]) {
    #expect(mismatch(got, want.flatMap(\.self), tolerance: 2e-6) == nil)
  }

  private func numbers(_ count: Int, _ lists: Int, in range: ClosedRange<Float> = -1...1)
    -> [[Float]]
  {
    var numbers = SeededNumbers(UInt64(lists))
    return (0..<lists).map { _ in numbers.floats(count, in: range) }
  }

  @Test(arguments: counts)
  func `gradient descent adds with one rounding`(count: Int) {
    let arrays = numbers(count, 2)
    let got = run(arrays) { $0.gradient_descent(count, 0.3, $1[1], $1[0]) }
    let want = zip(arrays[0], arrays[1]).map { $0.addingProduct(-0.3, $1) }
    #expect(haveSameBits(Array(got[..<count]), want))
  }

  @Test(arguments: counts, [false, true])
  func `momentum follows its equations`(count: Int, isNesterov: Bool) {
    let arrays = numbers(count, 3)
    for (decay, hasVelocity) in [(0, true), (0.25, true), (0.25, false)] as [(Float, Bool)] {
      let got = run(arrays) { kernels, arrays in
        var step = RecurrentMomentumStep(
          count: count,
          parameters: arrays[0],
          gradients: arrays[1],
          velocities: hasVelocity ? arrays[2] : nil,
          learning_rate: 0.5,
          momentum: 0.75,
          gradient_share: 0.5,
          weight_decay: decay,
          is_nesterov: isNesterov
        )
        kernels.momentum(&step)
      }
      let lists = arrays.map { $0.map(Double.init) }
      var (w, v) = (lists[0], lists[2])
      for n in 0..<count {
        let g = lists[1][n] + Double(decay) * w[n]
        if hasVelocity { v[n] = 0.75 * v[n] + 0.5 * g }
        w[n] -= 0.5 * (!hasVelocity ? g : isNesterov ? g + 0.75 * v[n] : v[n])
      }
      expectEqual(got, [w, lists[1], v])
    }
  }

  @Test(arguments: counts, [false, true])
  func `Adam follows its equations`(count: Int, isAMSGrad: Bool) {
    var arrays = numbers(count, 3)
    arrays += numbers(count, 2, in: 0...1)
    for (decay, scale) in [(0, 1), (0.25, 1), (0, 0.875)] as [(Float, Float)] {
      let got = run(arrays) { kernels, arrays in
        var step = RecurrentAdamStep(
          count: count,
          parameters: arrays[0],
          gradients: arrays[1],
          first_moments: arrays[2],
          second_moments: arrays[3],
          greatest_second_moments: isAMSGrad ? arrays[4] : nil,
          beta1: 0.75,
          beta2: 0.875,
          epsilon: 0.125,
          weight_decay: decay,
          parameter_scale: scale,
          step_size: 0.5,
          second_moment_scale: 3
        )
        kernels.adam(&step)
      }
      let lists = arrays.map { $0.map(Double.init) }
      var (w, m, v, most) = (lists[0], lists[2], lists[3], lists[4])
      for n in 0..<count {
        let g = lists[1][n] + Double(decay) * w[n]
        m[n] = 0.75 * m[n] + 0.25 * g
        v[n] = 0.875 * v[n] + 0.125 * g * g
        if isAMSGrad { most[n] = max(most[n], v[n]) }
        let root = (isAMSGrad ? most[n] : v[n]).squareRoot()
        w[n] = w[n] * Double(scale) - 0.5 * m[n] / (root * 3 + 0.125)
      }
      expectEqual(got, [w, lists[1], m, v, most])
    }
  }

  @Test(arguments: counts, [false, true])
  func `RMSprop follows its equations`(count: Int, isInside: Bool) {
    var arrays = numbers(count, 4)
    arrays.append(numbers(count, 5, in: 2...3)[0])
    for (decay, hasMeans, hasVelocities) in [
      (0, false, false), (0.25, true, false), (0.25, false, true), (0, true, true),
    ] as [(Float, Bool, Bool)] {
      let got = run(arrays) { kernels, arrays in
        var step = RecurrentRMSpropStep(
          count: count,
          parameters: arrays[0],
          gradients: arrays[1],
          squares: arrays[4],
          means: hasMeans ? arrays[2] : nil,
          velocities: hasVelocities ? arrays[3] : nil,
          learning_rate: 0.5,
          decay: 0.75,
          gain: 0.25,
          momentum: 0.5,
          epsilon: 0.125,
          weight_decay: decay,
          is_epsilon_inside: isInside
        )
        kernels.rmsprop(&step)
      }
      let lists = arrays.map { $0.map(Double.init) }
      var (w, mean, u, square) = (lists[0], lists[2], lists[3], lists[4])
      for n in 0..<count {
        let g = lists[1][n] + Double(decay) * w[n]
        square[n] = 0.75 * square[n] + 0.25 * g * g
        var spread = square[n]
        if hasMeans {
          mean[n] = 0.75 * mean[n] + 0.25 * g
          spread -= mean[n] * mean[n]
        }
        var d = g / (isInside ? (spread + 0.125).squareRoot() : spread.squareRoot() + 0.125)
        if hasVelocities {
          u[n] = 0.5 * u[n] + d
          d = u[n]
        }
        w[n] -= 0.5 * d
      }
      expectEqual(got, [w, lists[1], mean, u, square])
    }
  }

  @Test func `a spread that rounds below zero counts as zero`() {
    // v = 0 and m = 1 would give √-1.
    let got = run([[1], [0], [1], [0]]) { kernels, arrays in
      var step = RecurrentRMSpropStep(
        count: 1,
        parameters: arrays[0],
        gradients: arrays[1],
        squares: arrays[3],
        means: arrays[2],
        velocities: nil,
        learning_rate: 0.5,
        decay: 1,
        gain: 0,
        momentum: 0,
        epsilon: 0.125,
        weight_decay: 0,
        is_epsilon_inside: false
      )
      kernels.rmsprop(&step)
    }
    #expect(got == [1, 0, 1, 0])
  }

  @Test(arguments: counts)
  func `Lion follows its equations`(count: Int) {
    let arrays = numbers(count, 3)
    let got = run(arrays) { kernels, arrays in
      var step = RecurrentLionStep(
        count: count,
        parameters: arrays[0],
        gradients: arrays[1],
        moments: arrays[2],
        learning_rate: 0.25,
        beta1: 0.75,
        beta2: 0.875,
        parameter_scale: 0.5
      )
      kernels.lion(&step)
    }
    let lists = arrays.map { $0.map(Double.init) }
    var (w, m) = (lists[0], lists[2])
    for n in 0..<count {
      let c = 0.75 * m[n] + 0.25 * lists[1][n]
      w[n] = 0.5 * w[n] - 0.25 * (c > 0 ? 1 : c < 0 ? -1 : 0)
      m[n] = 0.875 * m[n] + 0.125 * lists[1][n]
    }
    expectEqual(got, [w, lists[1], m])
  }

  @Test(arguments: counts)
  func `an average moves by its share`(count: Int) {
    let arrays = numbers(count, 2)
    let got = run(arrays) { $0.average(count, 0.3, $1[1], $1[0]) }
    let want = zip(arrays[0], arrays[1]).map { $0.addingProduct(0.3, $1 - $0) }
    #expect(haveSameBits(Array(got[..<count]), want))
  }

  @Test(arguments: counts)
  func `numbers are kept within a bound, and NaN stays`(count: Int) {
    var values = numbers(count, 1)[0]
    values[count / 2] = .nan
    let got = run([values]) { $0.clamp(count, -0.25, 0.25, $1[0]) }
    for (n, value) in values.enumerated() {
      #expect(value.isNaN ? got[n].isNaN : got[n] == min(max(value, -0.25), 0.25))
    }
  }
}

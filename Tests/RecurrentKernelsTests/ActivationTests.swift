import Foundation
import RecurrentKernels
import RecurrentTestSupport
import Testing

struct ActivationTests {
  /// A function of the kernels and its exact value.
  struct Function: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let code: RecurrentFunction
    let exact: @Sendable (Double) -> Double
    /// Whether a result that is no normal number may be zero instead.
    var flushesSubnormals = false

    static let sigmoid = Function(
      testDescription: "sigmoid",
      code: RECURRENT_SIGMOID,
      // Below, the form that does not round 1 + e⁻ˣ away.
      exact: {
        $0 < 0 ? Foundation.exp($0) / (1 + Foundation.exp($0)) : 1 / (1 + Foundation.exp(-$0))
      },
      flushesSubnormals: true
    )
    static let tanh = Function(
      testDescription: "tanh",
      code: RECURRENT_TANH,
      exact: { Foundation.tanh($0) }
    )
    static let exp = Function(
      testDescription: "exp",
      code: RECURRENT_EXP,
      exact: { Foundation.exp($0) }
    )
    static let log = Function(
      testDescription: "log",
      code: RECURRENT_LOG,
      exact: { Foundation.log($0) }
    )
    static let relu = Function(
      testDescription: "relu",
      code: RECURRENT_RELU,
      exact: { max($0, 0) }
    )

    /// How far `y` is from the function of `x`, in units in the last place.
    func distance(_ y: Float, at x: Float) -> Double {
      let want = exact(Double(x))
      let isSubnormal = abs(want) < Double(Float.leastNormalMagnitude)
      return flushesSubnormals && isSubnormal && y == 0 ? 0 : ulpDistance(y, want)
    }
  }

  static let smooth = [Function.sigmoid, .tanh, .exp, .log]

  private func map(_ function: Function, _ x: [Float]) -> [Float] {
    InstructionSet.agreed { kernels in
      var y = [Float](repeating: 0, count: x.count)
      kernels.map(function.code, x.count, x, &y)
      return y
    }
  }

  // About two million floats of every size and sign: all bit patterns in steps of a prime. Two
  // units in the last place is what the kernels promise; double precision adds 2⁻²⁹ to that.
  @Test(arguments: smooth)
  func `a function is within two units in the last place everywhere`(function: Function) {
    let (step, size) = (2_147, 16_384)
    var (worst, place) = (0.0, Float(0))
    var next = 0
    var x = [Float](repeating: 0, count: size)
    var results = InstructionSet.available.map { _ in [Float](repeating: 0, count: size) }
    while next < 1 << 32 {
      var count = 0
      while count < size && next < 1 << 32 {
        let number = Float(bitPattern: UInt32(next))
        if !number.isNaN {
          x[count] = number
          count += 1
        }
        next += step
      }
      for (index, set) in InstructionSet.available.enumerated() {
        set.kernels.map(function.code, count, x, &results[index])
      }
      let y = results[0]
      for n in 0..<count {
        let distance = function.distance(y[n], at: x[n])
        if distance > worst { (worst, place) = (distance, x[n]) }
      }
      for other in results.dropFirst() where other[..<count] != y[..<count] {
        // Results that are no number equal nothing, so they are compared one by one.
        #expect((0..<count).allSatisfy { other[$0] == y[$0] || (other[$0].isNaN && y[$0].isNaN) })
      }
    }
    #expect(worst <= 2, "\(function.testDescription)(\(place)) is \(worst) ulp off")
  }

  @Test(arguments: smooth)
  func `a function is within two units in the last place where models work`(function: Function) {
    var numbers = SeededNumbers(1)
    let x = numbers.floats(60_000, in: -12...12) + numbers.floats(20_000, in: -0.1...0.1)
    for (x, y) in zip(x, map(function, x)) {
      let distance = function.distance(y, at: x)
      if distance > 2 { Issue.record("\(function.testDescription)(\(x)) is \(distance) ulp off") }
    }
  }

  @Test func `limits are exact`() {
    let x: [Float] = [0, -0.0, .infinity, -.infinity, 89, -104, 104, -104.5]
    let sigmoid = map(.sigmoid, x)
    #expect(sigmoid[..<4] == [0.5, 0.5, 1, 0])
    #expect(sigmoid[5...] == [0, 1, 0])
    let tanh = map(.tanh, x)
    #expect(haveSameBits(Array(tanh[..<4]), [0, -0.0, 1, -1]))
    #expect(tanh[4...] == [1, -1, 1, -1])
    let exp = map(.exp, x)
    #expect(exp == [1, 1, .infinity, 0, .infinity, 0, .infinity, 0])
    let log = map(.log, [0, -0.0, .infinity, 1])
    #expect(haveSameBits(log, [-.infinity, -.infinity, .infinity, 0]))
    let relu = map(.relu, x)
    #expect(relu == [0, 0, .infinity, 0, 89, 0, 104, 0])
  }

  @Test func `numbers at the edges of the range are right`() {
    let x: [Float] = [88, -88, 88.72, 88.73, -87.3, -87.4, -103.2, -103.9]
    for function in [Function.sigmoid, .tanh, .exp] {
      for (x, y) in zip(x, map(function, x)) {
        #expect(function.distance(y, at: x) <= 2, "\(function.testDescription)(\(x))")
      }
    }
    let tiny: [Float] = [
      .leastNonzeroMagnitude, 2 * .leastNonzeroMagnitude, .leastNormalMagnitude.nextDown,
      .leastNormalMagnitude / 3,
      .leastNormalMagnitude, 1e-30, .greatestFiniteMagnitude, 1,
    ]
    for function in [Function.log, .tanh, .sigmoid, .exp] {
      for (x, y) in zip(tiny, map(function, tiny)) {
        #expect(function.distance(y, at: x) <= 2, "\(function.testDescription)(\(x))")
      }
    }
    let negative = tiny.map { -$0 }
    #expect(map(.tanh, negative) == map(.tanh, tiny).map { -$0 })
    #expect(map(.log, negative + [-.infinity]).allSatisfy { $0.isNaN })
  }

  @Test(arguments: smooth + [.relu])
  func `no number in gives no number out`(function: Function) {
    let x: [Float] = [.nan, -.nan, .signalingNaN, Float(bitPattern: 0x7FFF_FFFF)]
    #expect(map(function, x).allSatisfy { $0.isNaN })
  }

  // The same operations decide every element, wherever it lies in a buffer.
  @Test(arguments: smooth + [.relu])
  func `an element's value does not depend on its place`(function: Function) {
    var numbers = SeededNumbers(2)
    let x = numbers.floats(53, in: 0.01...5)
    let whole = map(function, x)
    for count in 1..<x.count {
      #expect(haveSameBits(map(function, Array(x[..<count])), Array(whole[..<count])))
    }
  }

  @Test(arguments: smooth + [.relu], [1, 5, 15, 16, 17, 33])
  func `nothing is written past the end, and in place works`(function: Function, count: Int) {
    var numbers = SeededNumbers(3)
    let x = numbers.floats(count, in: 0.1...3)
    let want = map(function, x)
    for set in InstructionSet.available {
      var source = GuardedFloats(x)
      var target = GuardedFloats(count: count)
      source.withPointer { x in target.withPointer { set.kernels.map(function.code, count, x, $0) }
      }
      #expect(target.isIntact && haveSameBits(target.values, want))
      source.withPointer { set.kernels.map(function.code, count, $0, $0) }
      #expect(source.isIntact && haveSameBits(source.values, want))
    }
  }

  @Test(arguments: smooth + [.relu], [1, 7, 16, 19])
  func `derivatives follow from the value, the logarithm's from the argument`(
    function: Function,
    count: Int
  ) {
    var numbers = SeededNumbers(4)
    let known = numbers.floats(count, in: 0.1...0.9)
    let arriving = numbers.floats(count)
    let got = InstructionSet.agreed { kernels in
      var (known, result) = (GuardedFloats(known), GuardedFloats(arriving))
      known.withPointer { known in
        result.withPointer { kernels.map_gradient(function.code, count, known, $0, $0) }
      }
      #expect(result.isIntact)
      return result.values
    }
    let want = zip(known, arriving).map { known, arriving in
      let (y, dy) = (Double(known), Double(arriving))
      return switch function.code {
      case RECURRENT_SIGMOID: dy * y * (1 - y)
      case RECURRENT_TANH: dy * (1 - y * y)
      case RECURRENT_EXP: dy * y
      case RECURRENT_LOG: dy / y
      default: dy
      }
    }
    // Three roundings of numbers below 10.
    #expect(mismatch(got, want, tolerance: 3e-7) == nil)
  }
}

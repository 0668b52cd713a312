import Foundation
import RecurrentKernels
import RecurrentTestSupport
import Testing

struct LossKernelTests {
  /// What the kernel is given for each row.
  enum Wanted: Sendable {
    case labels([Int], smoothing: Float)
    case targets([Float])
  }

  /// Losses, then the gradient if it is wanted.
  private func run(
    _ kernels: RecurrentKernels,
    _ logits: [Float],
    classes: Int,
    _ wanted: Wanted,
    inPlace: Bool = false,
    wantsGradient: Bool = true
  ) -> [Float] {
    let rows = logits.count / classes
    var source = GuardedFloats(logits)
    var losses = GuardedFloats(count: rows)
    var gradient = GuardedFloats(count: rows * classes)
    source.withPointer { x in
      losses.withPointer { losses in
        gradient.withPointer { gradient in
          var request = RecurrentCrossEntropy(
            rows: rows,
            classes: classes,
            logits: x,
            labels: nil,
            targets: nil,
            label_smoothing: 0,
            scale: 0.25,
            losses: losses,
            gradient: wantsGradient ? (inPlace ? x : gradient) : nil
          )
          switch wanted {
          case .labels(let labels, let smoothing):
            request.label_smoothing = smoothing
            labels.map(Int32.init).withUnsafeBufferPointer {
              request.labels = $0.baseAddress
              kernels.softmax_cross_entropy(&request)
            }
          case .targets(let targets):
            targets.withUnsafeBufferPointer {
              request.targets = $0.baseAddress
              kernels.softmax_cross_entropy(&request)
            }
          }
        }
      }
    }
    #expect(source.isIntact && losses.isIntact && gradient.isIntact)
    if !wantsGradient { return losses.values }
    return losses.values + (inPlace ? source : gradient).values
  }

  /// Losses and gradient by the equations, from a weight for every class.
  private func reference(_ logits: [Float], classes: Int, targets: [[Double]]) -> [Double] {
    let table = Reference.rows(logits.map(Double.init), of: classes)
    var losses: [Double] = []
    var gradient: [Double] = []
    for (row, targets) in zip(table, targets) {
      let total = targets.reduce(0, +)
      var loss = 0.0
      for (probability, target) in zip(Reference.softmax([row])[0], targets) {
        if target != 0 { loss -= target * log(probability) }
        gradient.append(0.25 * (probability * total - target))
      }
      losses.append(loss)
    }
    return losses + gradient
  }

  private func check(_ logits: [Float], classes: Int, _ wanted: Wanted, targets: [[Double]]) {
    let rows = logits.count / classes
    let got = InstructionSet.agreed { run($0, logits, classes: classes, wanted) }
    let again = InstructionSet.agreed { run($0, logits, classes: classes, wanted, inPlace: true) }
    #expect(haveSameBits(again, got))
    let losses = InstructionSet.agreed {
      run($0, logits, classes: classes, wanted, wantsGradient: false)
    }
    #expect(haveSameBits(losses, Array(got[..<rows])))
    // An exponential and a logarithm, each good to 2 ulp, of sums of few numbers.
    let want = reference(logits, classes: classes, targets: targets)
    #expect(mismatch(Array(got[..<rows]), Array(want[..<rows]), tolerance: 1e-6) == nil)
    #expect(mismatch(Array(got[rows...]), Array(want[rows...]), tolerance: 3e-7) == nil)
  }

  @Test(arguments: [1, 3, 9], [1, 2, 10, 15, 16, 17, 40])
  func `cross-entropy with labels follows its equations`(rows: Int, classes: Int) {
    var numbers = SeededNumbers(12)
    let logits = numbers.floats(rows * classes, in: -5...5)
    let labels = numbers.integers(rows, in: 0...classes - 1)
    for smoothing in [0, 0.125, 1] as [Float] {
      let shared = Double(smoothing) / Double(classes)
      var targets = labels.map { _ in [Double](repeating: shared, count: classes) }
      for (row, label) in labels.enumerated() { targets[row][label] += 1 - Double(smoothing) }
      check(logits, classes: classes, .labels(labels, smoothing: smoothing), targets: targets)
    }
  }

  @Test(arguments: [1, 3, 9], [1, 2, 10, 15, 16, 17, 40])
  func `cross-entropy with targets follows its equations`(rows: Int, classes: Int) {
    var numbers = SeededNumbers(13)
    let logits = numbers.floats(rows * classes, in: -5...5)
    let targets = numbers.floats(rows * classes, in: -0.2...0.5).map { max($0, 0) }
    check(
      logits,
      classes: classes,
      .targets(targets),
      targets: Reference.rows(targets.map(Double.init), of: classes)
    )
  }

  @Test func `a row without a label costs nothing, whatever its logits`() {
    let logits: [Float] = [1, 2, .nan, 4, 5, 6]
    let got = InstructionSet.agreed {
      run($0, logits, classes: 3, .labels([-1, 0], smoothing: 0.5))
    }
    #expect(got[0] == 0 && got[2...4].allSatisfy { $0 == 0 })
    #expect(got[1] > 0 && got[5] < 0)
  }

  @Test func `a class of probability 0 that no target wants costs nothing`() {
    let logits: [Float] = [0, -.infinity, 0]
    let got = InstructionSet.agreed { run($0, logits, classes: 3, .targets([0.5, 0, 0.5])) }
    #expect(abs(got[0] - 0.6931472) < 1e-6)
    #expect(got[1...3].allSatisfy { $0 == 0 })
  }
}

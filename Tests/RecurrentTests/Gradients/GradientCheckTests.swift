import Foundation
import RecurrentTestSupport
import Testing

/// The checks that the other tests rest on: they must fail where something is wrong.
struct GradientCheckTests {
  // L = x² y + e^y at (3, 0.5): dL/dx = 2 x y = 3, dL/dy = x² + e^0.5.
  private func loss(_ point: [[Double]]) -> Double {
    point[0][0] * point[0][0] * point[1][0] + exp(point[1][0])
  }

  private let slope = Float(9 + exp(0.5))

  @Test func `a right gradient has no mismatch`() {
    #expect(gradientMismatches([[3], [slope]], at: [[3], [0.5]], of: loss) == [])
  }

  @Test func `a wrong gradient is named`() {
    let problems = gradientMismatches(
      [[3], [slope + 0.001]],
      names: ["x", "y"],
      at: [[3], [0.5]],
      of: loss
    )
    #expect(problems.count == 1)
    #expect(problems.allSatisfy { $0.hasPrefix("y: number 0 is 10.64") })
  }

  @Test func `gradients that are missing, too many or no number are wrong`() {
    #expect(gradientMismatches([[3]], at: [[3], [0.5]], of: loss).count == 1)
    #expect(gradientMismatches([[3, 1], [slope]], at: [[3], [0.5]], of: loss).count == 1)
    #expect(gradientMismatches([[3], [.nan]], at: [[3], [0.5]], of: loss).count == 1)
  }

  @Test func `numbers are compared by the largest, and NaN equals nothing`() {
    #expect(mismatch([1, 2], [1, 2] as [Double], tolerance: 0) == nil)
    #expect(mismatch([1, 2.1], [1, 2] as [Double], tolerance: 0.01) != nil)
    #expect(mismatch([0.02, 2], [0, 2] as [Double], tolerance: 0.01) == nil)
    #expect(mismatch([1], [1, 2] as [Double], tolerance: 1) != nil)
    #expect(mismatch([.nan], [.nan] as [Double], tolerance: 1) != nil)
    #expect(mismatch([.infinity], [1] as [Double], tolerance: 1) != nil)
    #expect(mismatch([], [] as [Double], tolerance: 0) == nil)
  }

  @Test func `bits tell zeros apart`() {
    #expect(haveSameBits([.nan, 0], [.nan, 0]))
    #expect(!haveSameBits([0], [-0.0]))
    #expect(!haveSameBits([1], [1, 1]))
  }

  @Test func `distances are in units of the spacing of floats`() {
    #expect(ulpDistance(1, 1) == 0)
    #expect(ulpDistance(Float(1).nextUp, 1) == 1)
    #expect(ulpDistance(1, 1 + 0x1p-24) == 0.5)
    #expect(ulpDistance(0, Double(Float.leastNonzeroMagnitude)) == 1)
    #expect(ulpDistance(.infinity, .infinity) == 0)
    #expect(ulpDistance(.greatestFiniteMagnitude, .infinity) == 1)
    #expect(ulpDistance(1, .infinity) == .infinity)
    #expect(ulpDistance(-.infinity, .infinity) == .infinity)
    #expect(ulpDistance(.nan, .nan) == 0)
    #expect(ulpDistance(.nan, 1) == .infinity)
  }
}

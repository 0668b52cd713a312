import Foundation
import Testing

@testable import Recurrent

struct NumbersTests {
  @Test func `a cosine of half turns is good to a rounding or two`() {
    for step in -4000...4000 {
      let x = Double(step) / 1000
      #expect(abs(cosine(halfTurns: x) - cos(.pi * x)) < 2e-15, "cos(π \(x))")
    }
    #expect([0, 0.5, 1, 1.5, 2].map(cosine(halfTurns:)) == [1, 0, -1, 0, 1])
  }

  @Test(arguments: [0.5, 0.93, 1.01, -2])
  func `a whole power is a repeated product`(base: Double) {
    var product = 1.0
    for exponent in 0...60 {
      #expect(abs(base.power(exponent) / product - 1) < 1e-13)
      product *= base
    }
  }
}

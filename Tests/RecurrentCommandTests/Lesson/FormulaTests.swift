import Testing

@testable import RecurrentCommand

struct FormulaTests {
  private static func given(_ name: String, _ value: Double) -> Formula {
    .quantity(Quantity(name: name, value: value, isGiven: true))
  }

  private let a = Self.given("a", -0.5)
  private let b = Self.given("b", 2)
  private let c = Formula.quantity(Quantity(name: "c", value: 0.125))

  @Test func `a sum of products needs brackets around negative numbers alone`() {
    let sum = Formula.sum([.product([a, b]), .product([b, c]), a])
    #expect(sum.text(.names) == "a·b + b·c + a")
    #expect(sum.text(.numbers) == "(-0.5)·2 + 2·0.125000 + (-0.5)")
    #expect(sum.value == -1.25)
  }

  @Test func `a sum among factors stands in brackets`() {
    let slope = Formula.product([a, .difference(.constant(1), .square(c))])
    #expect(slope.text(.names) == "a·(1 - c²)")
    #expect(slope.text(.numbers) == "(-0.5)·(1 - 0.125000²)")
    #expect(slope.value == -0.5 * (1 - 0.125 * 0.125))
    #expect(Formula.square(a).text(.numbers) == "(-0.5)²")
    #expect(Formula.quotient(b, .sum([a, b])).text(.names) == "b/(a + b)")
    #expect(Formula.quotient(b, .sum([a, b])).value == 2 / 1.5)
    #expect(Formula.sum([b, .negative(c)]).text(.names) == "b + (-c)")
  }

  @Test func `a function's argument needs no brackets of its own`() {
    #expect(Formula.function(.tanh, a).text(.numbers) == "tanh(-0.5)")
    #expect(Formula.function(.sigmoid, .sum([a, b])).text(.names) == "σ(a + b)")
    let loss = Formula.negative(.function(.logarithm, c))
    #expect(loss.text(.names) == "-ln(c)")
    #expect(abs(loss.value - 2.0794415416798357) < 1e-15)
  }
}

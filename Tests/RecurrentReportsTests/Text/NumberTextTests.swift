import Testing

@testable import RecurrentReports

struct NumberTextTests {
  @Test(arguments: [
    (0.0, 2, "0.00"), (1.005, 1, "1.0"), (2.141885, 4, "2.1419"), (0.999, 2, "1.00"),
    (-0.001, 2, "0.00"), (-1.5, 1, "−1.5"), (1234567.891, 1, "1,234,567.9"), (999.95, 0, "1,000"),
    (1e20, 2, "1e20"), (.nan, 1, "not a number"), (.infinity, 1, "∞"), (-.infinity, 1, "−∞"),
  ])
  func `fixed places round, group and carry`(value: Double, places: Int, text: String) {
    #expect(NumberText.fixed(value, places: places) == text)
  }

  @Test(arguments: [
    (0.0, "0"), (2.141885, "2.142"), (0.1, "0.1"), (123456, "123,456"), (0.00012345, "0.0001235"),
    (1.2e-7, "1.2e−7"), (9.99999e-7, "1e−6"), (-3.5e12, "−3.5e12"),
  ])
  func `significant digits drop zeros and turn to powers when extreme`(
    value: Double,
    text: String
  ) {
    #expect(NumberText.significant(value) == text)
  }

  @Test(arguments: [
    (0.0, "0%"), (1.0, "100%"), (0.87, "87%"), (0.99995, ">99.99%"), (0.9953, "99.53%"),
    (0.00002, "<0.01%"), (0.0042, "0.42%"),
  ])
  func `a probability never rounds to certainty`(value: Double, text: String) {
    #expect(NumberText.probability(value) == text)
  }

  @Test(arguments: [
    (1.25, "1.3 s"), (59.96, "1 min 0 s"), (357, "5 min 57 s"), (11_520, "3 h 12 min"),
    (86_399, "24 h 0 min"),
  ])
  func `a duration is written in units a person would use`(seconds: Double, text: String) {
    #expect(NumberText.duration(seconds: seconds) == text)
  }

  @Test(arguments: [(0.0, "0"), (12.34, "12.3"), (-0.04, "0"), (-7.25, "-7.3"), (10, "10")])
  func `a coordinate has one decimal at most`(value: Double, text: String) {
    #expect(NumberText.coordinate(value) == text)
  }

  @Test func `logarithms of powers of ten are whole`() {
    for exponent in -100...100 {
      let power = DecimalLogarithm.power(exponent)
      #expect(abs(DecimalLogarithm.of(power) - Double(exponent)) < 1e-12)
      #expect(DecimalLogarithm.floor(power) == exponent)
    }
  }
}

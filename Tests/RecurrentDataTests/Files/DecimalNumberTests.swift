import RecurrentTestSupport
import Testing

@testable import RecurrentData

struct DecimalNumberTests {
  private func read(_ text: String) -> Float? { DecimalNumber.float(Array(text.utf8)[...]) }

  @Test(arguments: [
    "0", "-0", "1", "+1", "-1.5", ".5", "5.", "1e3", "1E-3", "-2.5e+4", "123456789", "0.1",
    "1.17549435e-38", "1e-45", "1e-46", "3.4028235e38", "3.4028236e38", "1e39", "-1e99999999999",
    "0.000000000000000000000000000001234", "12345678901234567890123", "16777217", "16777219",
    "16777217.0000001", "9007199254740993", "8.5e22", "8.5e23", "1e-22", "1e-23",
    "0000000000000000000000000001.5", "1.50000000000000000000000000000000000001",
  ])
  func `a number is the float nearest to it`(text: String) {
    #expect(read(text)?.bitPattern == Float(text)?.bitPattern)
    #expect(read("  \(text)\t ") == Float(text))
  }

  @Test(arguments: [
    "", " ", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "1,5", "--1", "0x10", "nan", "inf", "1 2",
    "١",
    "1e5.5", "1_000", "\0",
  ])
  func `what is no number is none`(text: String) {
    #expect(read(text) == nil)
  }

  @Test func `every float comes back from its shortest text and from many digits`() {
    var numbers = SeededNumbers(60)
    for _ in 0..<20_000 {
      let high = UInt32(numbers.integers(1, in: 0...0xFFFF)[0])
      let low = UInt32(numbers.integers(1, in: 0...0xFFFF)[0])
      let value = Float(bitPattern: high << 16 | low)
      guard value.isFinite else { continue }
      #expect(read("\(value)")?.bitPattern == value.bitPattern)
      #expect(read("\(Double(value))")?.bitPattern == value.bitPattern)
    }
  }

  @Test func `numbers halfway between two floats are rounded once`() {
    var numbers = SeededNumbers(61)
    for _ in 0..<5_000 {
      let value = abs(numbers.floats(1)[0]) * 1000
      let middle = (Double(value) + Double(value.nextUp)) / 2
      for text in ["\(middle)", "\(middle.nextUp)", "\(middle.nextDown)", "\(middle)0001"] {
        #expect(read(text)?.bitPattern == Float(text)?.bitPattern, "\(text)")
      }
    }
  }
}

import Foundation
import Testing

@testable import RecurrentCommand

struct LessonNumbersTests {
  @Test func `the functions agree with the system's to some 14 digits`() {
    for x in stride(from: -12.0, through: 12, by: 0.0625) {
      #expect(abs(LessonNumbers.exp(x) / exp(x) - 1) < 1e-14)
      #expect(abs(LessonNumbers.tanh(x) - tanh(x)) < 1e-14)
      #expect(abs(LessonNumbers.sigmoid(x) - 1 / (1 + exp(-x))) < 1e-14)
    }
    for x in [1e-6, 0.01, 0.3, 0.5, 1, 1.99, 2, 7.5, 1e4] {
      #expect(abs(LessonNumbers.logarithm(x) - log(x)) < 1e-14 * max(1, abs(log(x))))
    }
  }

  @Test func `numbers are written without needless signs and zeros`() {
    #expect(LessonNumbers.sixPlaces(-0.0000004) == "0.000000")
    #expect(LessonNumbers.sixPlaces(-0.0000006) == "-0.000001")
    #expect(LessonNumbers.short(-0.25) == "-0.25")
    #expect(LessonNumbers.short(0) == "0" && LessonNumbers.short(-3) == "-3")
    #expect(LessonNumbers.short(100) == "100")
    #expect(LessonNumbers.scientific(0.000123) == "1.2e-4")
    #expect(LessonNumbers.scientific(-9.96) == "-1.0e1")
    #expect(LessonNumbers.scientific(0.0995) == "1.0e-1")
    #expect(LessonNumbers.scientific(0) == "0" && LessonNumbers.scientific(.nan) == "nan")
  }
}

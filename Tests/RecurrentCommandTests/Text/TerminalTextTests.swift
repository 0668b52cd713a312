import Foundation
import Recurrent
import Testing

@testable import RecurrentCommand

struct TerminalTextTests {
  @Test(arguments: [
    (0.0, "░░░░"), (0.12, "░░░░"), (0.13, "█░░░"), (0.5, "██░░"), (1.0, "████"), (-3.0, "░░░░"),
    (7.0, "████"),
  ])
  func `a bar is filled to its share`(share: Double, bar: String) {
    #expect(progressBar(share, width: 4) == bar)
  }

  @Test(arguments: [
    (-1.0, "0 s"), (0.4, "0 s"), (8.4, "8 s"), (59.6, "1 min 00 s"), (185, "3 min 05 s"),
    (3599.7, "1 h 00 min"), (7800, "2 h 10 min"), (360_000, "100 h 00 min"),
  ])
  func `a duration is told in the two largest units`(seconds: Double, text: String) {
    #expect(duration(seconds) == text)
  }

  @Test func `a share is a percentage with two decimals and a point`() {
    #expect(percent(0.98234) == "98.23%")
    #expect(percent(1) == "100.00%")
  }

  private let corner = SequenceDataset(
    elements: .floats([0, 1, 0.5, 0, 0, 0]),
    labels: [0],
    steps: 3,
    features: 2,
    classNames: ["a"]
  )

  @Test func `a pixel is two signs where there is no terminal`() {
    #expect(TerminalImage(corner, usesGreys: false).text == "  @@\n++\n")
  }

  @Test func `two rows are a line of half blocks on a terminal`() {
    let lines = TerminalImage(corner, usesGreys: true).text.split(separator: "\n")
    #expect(lines.count == 2)
    #expect(
      lines[0] == "\u{1B}[38;5;232;48;5;244m▀\u{1B}[38;5;255;48;5;232m▀\u{1B}[0m"
    )
  }
}

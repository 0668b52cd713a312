import Foundation
import Recurrent

#if canImport(Glibc)
import Glibc
#endif

/// An image drawn with characters: in greys on a terminal, in plain signs elsewhere.
struct TerminalImage {
  private let rows: Int
  private let columns: Int
  private let values: [Float]
  private let usesGreys: Bool

  /// Draws the first example of a data set, a row for each step.
  init(_ dataset: SequenceDataset, usesGreys: Bool = isatty(STDOUT_FILENO) == 1) {
    rows = dataset.steps
    columns = dataset.features
    values = dataset.values(ofExample: 0)
    self.usesGreys = usesGreys
  }

  /// The drawing, without a newline at its end.
  var text: String { usesGreys ? greys : signs }

  /// Two pixels, one above the other, are a half block in two of a terminal's 24 greys.
  private var greys: String {
    stride(from: 0, to: rows, by: 2).map { row in
      let line = (0..<columns).map { column in
        "\u{1B}[38;5;\(grey(row, column));48;5;\(grey(row + 1, column))m▀"
      }
      return line.joined() + "\u{1B}[0m"
    }.joined(separator: "\n")
  }

  private func grey(_ row: Int, _ column: Int) -> Int {
    let value = row < rows ? values[row * columns + column] : 0
    return 232 + Int((max(0, min(1, value)) * 23).rounded())
  }

  /// A pixel is two signs wide, since a sign is about twice as high as wide.
  private var signs: String {
    let shades = Array(" .:-=+*#%@")
    return (0..<rows).map { row in
      let line = (0..<columns).map { column in
        let value = max(0, min(1, values[row * columns + column]))
        return String(repeating: shades[Int((value * 9).rounded())], count: 2)
      }.joined()
      return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
  }
}

internal import Recurrent

/// The ways in which each digit is written, drawn after common school and everyday hands.
enum DigitSkeletons {
  /// The shapes of the digit at each index, 0 to 9.
  static let shapes: [[DigitShape]] = [
    zeros, ones, twos, threes, fours, fives, sixes, sevens, eights, nines,
  ]

  /// How thick the line of each digit is in comparison with its size, 0 to 9.
  ///
  /// A pen is the same for all digits, but some are written larger than others.
  static let lineWidths: [Float] = [1.05, 1.05, 0.92, 0.92, 0.86, 0.88, 0.88, 0.95, 0.83, 0.83]

  /// How far each digit leans to the right on average, 0 to 9, as dx per unit of height.
  static let slants: [Float] = [0.17, 0.2, 0.08, 0.03, 0.22, 0.03, 0.05, 0.05, 0.06, 0.09]

  /// Returns one of the shapes of `digit`, each as likely as its weight says.
  static func shape(of digit: Int, drawingFrom stream: inout RandomStream) -> DigitShape {
    let candidates = shapes[digit]
    let total = candidates.reduce(0) { $0 + $1.weight }
    var rest = stream.nextUniform() * total
    for candidate in candidates.dropLast() {
      rest -= candidate.weight
      if rest < 0 { return candidate }
    }
    return candidates[candidates.count - 1]
  }
}

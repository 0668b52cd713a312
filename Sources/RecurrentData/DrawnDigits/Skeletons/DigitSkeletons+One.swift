extension DigitSkeletons {
  /// The ways of writing a 1.
  static let ones = [
    // A single line, straight or bowed to either side.
    DigitShape(
      weight: 9,
      """
      53,0 52,33 50,67 50,100
      """,
      """
      48,0 52,33 52,67 47,100
      """
    ),
    DigitShape(
      weight: 3,
      """
      50,0 48,33 49,67 53,100
      """,
      """
      54,0 52,33 48,67 46,100
      """
    ),
    // With a flag at the top.
    DigitShape(
      weight: 1,
      """
      38,14 50,0 | 51,33 50,67 50,100
      """,
      """
      26,30 50,0 | 51,33 50,67 50,100
      """
    ),
    // With a flag and a foot.
    DigitShape(
      weight: 0.8,
      """
      36,16 50,0 | 51,33 50,67 50,97
      30,98 50,98 72,98
      """,
      """
      24,24 50,0 | 51,33 50,67 50,97
      16,100 50,98 86,96
      """
    ),
  ]
}

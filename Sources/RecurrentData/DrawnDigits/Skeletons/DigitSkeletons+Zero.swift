extension DigitSkeletons {
  /// The ways of writing a 0.
  static let zeros = [
    // One closed turn from the top: round, or narrow.
    DigitShape(
      weight: 5,
      """
      40,0 14,13 2,50 14,88 40,100 68,86 78,50 66,13 37,1
      """,
      """
      42,0 24,17 14,52 20,86 36,100 52,88 60,50 55,16 38,0
      """
    ),
    // Begun at the upper right, left open there or closed by an overshoot.
    DigitShape(
      weight: 3,
      """
      52,10 34,3 12,30 6,68 20,97 45,94 64,62 66,27 60,10
      """,
      """
      62,12 36,0 12,24 5,66 22,100 50,92 68,60 64,20 44,2
      """
    ),
    // Closed with a small loop or hook at the top.
    DigitShape(
      weight: 2,
      """
      36,6 16,26 6,60 18,92 42,97 64,72 66,30 50,4 30,2
      """,
      """
      30,0 13,24 4,62 20,97 45,98 66,70 66,30 48,10 28,18
      """
    ),
    // Begun at the left or at the bottom, turning the other way.
    DigitShape(
      weight: 1,
      """
      12,30 34,1 60,14 70,50 56,90 30,99 8,76 5,42 20,13
      """,
      """
      10,36 28,2 56,8 64,46 50,88 26,100 6,80 8,50 16,26
      """
    ),
    // Run on into the inside of the ring.
    DigitShape(
      weight: 1,
      """
      40,2 16,20 4,54 16,90 42,99 66,76 70,36 56,8 36,10 26,28
      """,
      """
      30,4 12,28 4,62 20,96 46,96 68,66 68,26 46,4 34,26 30,56
      """
    ),
    // Not quite closed, the beginning inside.
    DigitShape(
      weight: 1,
      """
      30,24 16,34 4,62 18,94 46,98 68,70 68,30 46,4 24,6 14,20
      """,
      """
      46,18 24,12 6,44 6,78 28,100 56,86 70,50 60,16 38,0 26,4
      """
    ),
  ]
}

extension DigitSkeletons {
  /// The ways of writing a 6.
  static let sixes = [
    // A curved back into a round bowl.
    DigitShape(
      weight: 4,
      """
      50,0 28,18 12,44 6,72 16,95 40,98 58,80 50,60 28,58 10,74
      """,
      """
      40,0 22,22 10,48 6,76 20,98 44,97 62,76 48,54 24,56 8,72
      """
    ),
    // A straight back, the bowl narrow.
    DigitShape(
      weight: 3,
      """
      30,0 20,28 12,56 10,82 26,100 46,90 50,70 36,58 14,72
      """,
      """
      44,0 30,24 16,50 8,80 22,100 42,94 54,74 42,64 14,84
      """
    ),
    // The top bent over to the right.
    DigitShape(
      weight: 1,
      """
      56,8 40,0 20,16 8,46 8,78 26,100 50,92 56,70 38,56 10,66
      """,
      """
      66,6 44,4 24,20 8,50 6,80 24,99 48,94 60,74 44,58 12,70
      """
    ),
    // A small bowl low down, or a large one that reaches high.
    DigitShape(
      weight: 2,
      """
      36,0 24,26 14,52 10,78 22,97 42,94 46,78 32,70 12,82
      """,
      """
      36,0 16,24 4,56 8,86 32,100 60,86 64,58 42,42 10,56
      """
    ),
    // The bowl left open, or closed past the back.
    DigitShape(
      weight: 1.5,
      """
      34,0 16,30 6,64 16,94 42,98 60,78 52,56 36,54 26,66
      """,
      """
      30,0 18,28 10,60 14,92 36,100 54,84 50,64 30,58 0,78
      """
    ),
    // A long, flat back over a small, wide bowl.
    DigitShape(
      weight: 1,
      """
      60,0 40,14 22,36 6,62 10,90 34,100 60,90 64,72 44,62 12,76
      """,
      """
      60,0 38,18 18,42 4,70 12,94 40,98 68,84 62,68 40,68 10,88
      """
    ),
    // A wide sweep into a small bowl on the right that does not reach the back.
    DigitShape(
      weight: 2,
      """
      22,0 8,24 0,54 8,86 34,98 62,88 74,66 62,50 42,60 38,80
      """,
      """
      30,4 10,28 0,58 8,88 34,100 60,90 68,68 54,54 36,66 40,92
      """
    ),
    // A straight, leaning back and a bowl that closes on it low down.
    DigitShape(
      weight: 1.5,
      """
      40,0 24,30 8,62 4,88 20,100 46,92 62,72 52,60 32,70 18,90
      """,
      """
      30,0 16,30 4,64 6,90 26,100 50,88 58,66 44,58 26,72 24,98
      """
    ),
  ]
}

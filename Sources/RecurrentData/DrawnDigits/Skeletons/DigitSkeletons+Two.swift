extension DigitSkeletons {
  /// The ways of writing a 2.
  static let twos = [
    // Hook, diagonal, a sharp corner and a straight base.
    DigitShape(
      weight: 3,
      """
      8,22 24,4 47,2 60,18 54,42 32,70 4,97 | 36,95 72,95
      """,
      """
      5,18 22,2 50,0 64,16 58,38 34,66 6,94 | 38,98 76,92
      """
    ),
    // With a loop at the lower left.
    DigitShape(
      weight: 3,
      """
      10,20 26,3 48,5 56,24 46,54 26,84 6,94 3,80 20,74 44,90 76,92
      """,
      """
      6,16 28,0 52,4 58,26 46,56 28,82 10,98 0,90 10,78 40,92 72,100
      """
    ),
    // The base flows out of the diagonal in a tight, rounded turn.
    DigitShape(
      weight: 2.5,
      """
      8,16 30,2 55,7 60,28 44,56 18,84 7,93 16,96 44,93 76,97
      """,
      """
      10,26 20,6 44,0 60,14 54,42 26,74 6,92 12,98 42,93 70,90
      """
    ),
    // Like a Z: flat top, sharp corners.
    DigitShape(
      weight: 1.5,
      """
      6,8 32,4 56,4 60,14 40,46 4,94 | 36,94 70,95
      """,
      """
      12,14 34,8 56,3 62,10 40,40 5,84 | 40,86 80,92
      """
    ),
    // Curled at the start, the base short or falling.
    DigitShape(
      weight: 1.5,
      """
      22,24 10,24 16,8 38,0 56,14 52,42 32,70 8,92 | 30,90 66,98
      """,
      """
      18,30 8,26 12,9 36,0 60,10 58,40 38,72 10,96 | 26,94 50,95
      """
    ),
    // A straight slope into a large loop, the base running on to the right.
    DigitShape(
      weight: 3,
      """
      20,22 36,4 58,2 66,16 56,42 36,72 14,94 0,90 6,74 28,72 50,84 78,86
      """,
      """
      16,14 40,0 62,6 62,26 48,54 28,82 8,98 0,84 14,66 36,72 48,90 60,98
      """
    ),
    // A small top over a long base.
    DigitShape(
      weight: 1.2,
      """
      14,18 30,4 46,6 50,22 38,48 20,72 2,92 | 36,92 66,92 104,96
      """,
      """
      18,26 28,10 46,4 56,18 44,44 24,70 4,90 | 38,86 68,90 98,82
      """
    ),
    // The lower loop leaves to the right as a tail.
    DigitShape(
      weight: 1,
      """
      6,14 30,0 54,6 58,28 52,60 38,88 18,98 4,90 14,76 36,82 60,100
      """,
      """
      14,10 36,2 56,14 56,40 46,70 30,90 12,92 8,80 22,74 42,84 70,96
      """
    ),
    // A curl into the top and a loop that is as large as the top.
    DigitShape(
      weight: 1.2,
      """
      14,36 4,22 24,2 54,2 62,24 46,52 24,82 4,92 4,74 28,72 50,92 76,84
      """,
      """
      24,30 12,18 34,0 58,10 58,36 38,66 16,94 0,86 14,68 38,78 58,96 84,90
      """
    ),
    // A wide loop whose tail leaves below it, the top round.
    DigitShape(
      weight: 1.5,
      """
      16,30 28,8 50,2 66,16 62,40 44,64 20,84 2,88 4,72 24,64 48,76 64,90 82,98
      """,
      """
      8,34 22,6 48,0 64,16 56,44 36,70 14,90 -4,84 6,66 32,64 54,80 66,92 76,100
      """
    ),
    // A top that nearly closes, the turn at the foot round.
    DigitShape(
      weight: 1.2,
      """
      24,34 8,26 16,6 44,0 62,16 58,44 36,74 10,92 4,84 20,78 46,88 74,90
      """,
      """
      30,36 14,34 12,12 38,0 60,12 58,42 40,74 18,98 6,92 18,82 44,88 64,100
      """
    ),
    // A loop that hangs below its tail, which leaves to the right at half height.
    DigitShape(
      weight: 3.5,
      """
      8,26 22,6 46,0 60,14 56,38 40,64 20,88 4,100 -4,88 10,72 36,66 62,72 80,74
      """,
      """
      18,20 34,4 54,0 66,14 60,40 44,70 26,94 8,98 0,84 14,66 40,60 64,62 88,62
      """
    ),
    // The same with the loop nearly flat.
    DigitShape(
      weight: 1.2,
      """
      12,18 30,4 52,4 60,22 48,50 26,78 8,96 0,92 14,80 40,72 60,78 84,84
      """,
      """
      20,14 38,2 58,6 62,26 48,54 24,82 6,100 4,90 20,74 44,68 66,72 92,68
      """
    ),
  ]
}

extension DigitSkeletons {
  /// The ways of writing a 4.
  static let fours = [
    // Open: an L, then an upright through or beside it.
    DigitShape(
      weight: 4,
      """
      12,6 8,30 6,54 | 34,53 66,50
      58,2 55,35 52,68 50,100
      """,
      """
      20,0 12,22 2,46 | 34,50 74,50
      60,10 57,40 55,70 54,100
      """
    ),
    // Open and rounded, like a u, both lines joined.
    DigitShape(
      weight: 3,
      """
      10,6 6,28 12,46 32,46 52,30 60,2 | 56,34 53,68 52,100
      """,
      """
      8,12 4,36 16,52 38,48 56,36 64,10 | 57,40 50,70 44,100
      """
    ),
    // Open and rounded, the upright apart.
    DigitShape(
      weight: 2.5,
      """
      10,4 6,30 14,48 36,50 66,44
      56,6 54,36 51,68 50,100
      """,
      """
      16,0 8,24 8,42 30,46 56,42
      62,2 57,36 52,68 46,100
      """
    ),
    // Closed, a triangle with its tip at the top.
    DigitShape(
      weight: 1,
      """
      56,2 30,30 4,62 | 38,61 76,60
      56,0 55,35 54,68 54,100
      """,
      """
      50,0 30,24 4,54 | 36,56 72,54
      54,4 54,35 51,68 50,100
      """
    ),
    // In one stroke: down the slope, across, back up and down.
    DigitShape(
      weight: 0.6,
      """
      34,2 18,26 4,50 | 30,48 52,40 62,16 | 56,44 52,70 48,100
      """,
      """
      44,0 24,22 6,48 | 30,52 52,42 64,10 | 54,40 52,70 52,100
      """
    ),
    // The slope begins far left of an upright that only starts near the bar.
    DigitShape(
      weight: 1.5,
      """
      30,0 18,28 4,56 | 34,55 74,52
      52,30 50,54 47,78 45,100
      """,
      """
      40,0 22,26 2,54 | 36,58 80,56
      56,16 53,44 48,74 44,100
      """
    ),
    // Wide, with a long bar and the upright leaning.
    DigitShape(
      weight: 1.5,
      """
      16,8 6,28 0,50 | 32,54 84,46
      62,0 56,34 48,68 40,100
      """,
      """
      8,16 4,36 4,56 | 40,58 92,54
      60,4 58,34 56,68 54,100
      """
    ),
  ]
}

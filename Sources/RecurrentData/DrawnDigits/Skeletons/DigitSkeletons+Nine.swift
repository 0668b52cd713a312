extension DigitSkeletons {
  /// The ways of writing a 9.
  static let nines = [
    // A ring and a straight leg.
    DigitShape(
      weight: 5,
      """
      54,14 36,1 14,10 6,30 20,46 42,38 56,12 | 54,42 50,70 48,100
      """,
      """
      52,6 34,0 12,14 8,36 24,46 44,34 56,6 | 50,36 40,68 32,100
      """
    ),
    // A ring and a leg that bends to the left.
    DigitShape(
      weight: 2.5,
      """
      54,18 40,2 18,6 8,26 20,44 42,40 56,16 | 58,42 52,74 36,98 14,96
      """,
      """
      58,16 42,0 16,8 6,32 20,50 46,42 60,18 | 60,46 54,74 40,100 10,90
      """
    ),
    // Ring and leg in one flowing line, without a corner.
    DigitShape(
      weight: 2.5,
      """
      50,34 28,46 10,36 14,12 36,0 54,10 54,36 48,68 42,100
      """,
      """
      50,28 30,44 12,42 10,20 30,1 52,6 52,34 40,68 28,100
      """
    ),
    // A small ring high up, or a wide one left open at the top.
    DigitShape(
      weight: 2,
      """
      46,10 30,2 16,12 16,28 32,34 46,24 52,8 | 48,38 44,68 40,100
      """,
      """
      46,2 22,4 6,22 8,44 28,50 50,38 62,10 | 58,40 54,70 50,100
      """
    ),
    // A round ring, the leg set on it apart and long.
    DigitShape(
      weight: 1,
      """
      50,6 28,0 10,14 12,36 32,44 52,30 52,10
      56,4 55,36 53,68 52,100
      """,
      """
      54,10 34,0 12,12 10,34 30,46 50,34 54,12
      54,12 56,42 48,74 34,100
      """
    ),
    // A wide ring and a short leg.
    DigitShape(
      weight: 1.5,
      """
      62,16 40,0 10,8 0,34 16,54 44,50 64,22 | 66,46 64,72 60,100
      """,
      """
      64,10 36,0 8,14 2,42 22,58 48,46 62,14 | 60,44 54,72 44,100
      """
    ),
    // A ring that is narrow and open, on a leaning line.
    DigitShape(
      weight: 2.5,
      """
      44,4 24,16 8,36 12,48 30,44 48,28 60,6 | 50,36 38,68 28,100
      """,
      """
      52,8 30,8 12,28 10,46 28,46 46,32 62,2 | 52,36 42,68 34,100
      """
    ),
    // A ring that starts with a stroke of its own at the upper right.
    DigitShape(
      weight: 1.5,
      """
      68,6 46,2 20,10 6,32 20,48 42,38 58,14 | 54,40 46,70 42,100
      """,
      """
      60,12 34,4 10,16 8,38 26,46 46,34 64,16 | 58,42 44,70 24,100
      """
    ),
    // A small, round ring on a long, bowed leg.
    DigitShape(
      weight: 1.2,
      """
      48,20 38,4 20,4 12,20 24,34 40,30 48,16 | 50,44 46,74 30,98
      """,
      """
      52,18 38,2 18,8 14,26 28,36 44,28 54,14 | 56,44 56,72 52,100
      """
    ),
    // A leaning, pointed ring whose beginning reaches past the leg.
    DigitShape(
      weight: 2,
      """
      70,8 50,2 28,12 10,34 16,46 36,40 58,16 | 50,42 38,72 28,100
      """,
      """
      62,4 44,4 22,20 12,38 22,44 40,34 54,18 | 46,44 36,72 30,100
      """
    ),
  ]
}

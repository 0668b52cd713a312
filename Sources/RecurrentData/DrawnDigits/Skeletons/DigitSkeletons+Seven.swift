extension DigitSkeletons {
  /// The ways of writing a 7.
  static let sevens = [
    // A flat top, a sharp corner and a straight or bowed leg.
    DigitShape(
      weight: 4,
      """
      4,8 32,6 64,2 | 52,32 38,66 26,100
      """,
      """
      2,14 32,10 62,0 | 56,34 48,68 44,100
      """
    ),
    // A rounded corner.
    DigitShape(
      weight: 3,
      """
      4,14 24,4 48,2 60,12 52,40 38,70 28,100
      """,
      """
      6,10 30,6 54,3 62,14 56,42 46,70 38,100
      """
    ),
    // A tick at the start of the top.
    DigitShape(
      weight: 2,
      """
      6,26 6,10 | 32,8 62,4 | 54,34 44,66 38,100
      """,
      """
      0,20 8,2 | 34,6 62,6 | 50,34 36,66 24,100
      """
    ),
    // With a bar across the leg.
    DigitShape(
      weight: 1.2,
      """
      6,10 32,7 64,2 | 54,32 42,66 32,100
      24,52 44,50 66,47
      """,
      """
      4,12 30,8 60,4 | 54,32 44,66 36,100
      16,56 42,50 72,42
      """
    ),
    // The top sags or rises, and the leg is upright or leans back.
    DigitShape(
      weight: 2,
      """
      0,12 18,16 38,10 56,0 | 54,34 50,68 50,100
      """,
      """
      6,2 20,12 40,14 60,10 | 48,36 32,64 14,98
      """
    ),
    // A deep tick and a hooked corner.
    DigitShape(
      weight: 1,
      """
      4,34 2,16 10,4 | 32,8 54,4 62,14 54,40 40,70 32,100
      """,
      """
      10,30 8,14 14,6 | 36,10 60,8 64,20 58,44 52,72 50,100
      """
    ),
    // A bar and a rounded corner, the leg bent.
    DigitShape(
      weight: 1,
      """
      4,16 20,6 44,4 60,12 54,36 40,66 34,100
      16,54 38,52 62,50
      """,
      """
      0,12 22,8 48,6 62,8 52,34 34,64 20,98
      22,48 42,50 66,46
      """
    ),
    // A long bar low on the leg.
    DigitShape(
      weight: 0.8,
      """
      6,20 10,6 | 34,6 60,4 | 52,32 42,66 36,100
      14,58 46,56 80,52
      """,
      """
      0,14 6,4 | 34,8 58,6 | 48,34 34,66 24,100
      10,60 42,54 74,46
      """
    ),
    // A steep tick on a slanting top, like a tent.
    DigitShape(
      weight: 0.5,
      """
      0,44 10,28 20,12 | 40,8 60,0 | 50,34 36,66 24,100
      """,
      """
      8,36 8,22 14,8 | 40,10 64,8 | 62,36 58,68 54,100
      """
    ),
  ]
}

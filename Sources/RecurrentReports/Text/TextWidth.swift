/// Estimates how wide text will be drawn, since no font is at hand to measure it.
///
/// The estimate leans towards too wide, so that what is laid out by it does not collide.
enum TextWidth {
  /// The width of the text in the same unit as the font size.
  static func estimate(_ text: String, fontSize: Double) -> Double {
    text.reduce(0) { $0 + advance(of: $1) } * fontSize
  }

  /// The text, or its beginning and an ellipsis where the whole would be wider than `width`.
  static func shortened(_ text: String, toFit width: Double, fontSize: Double) -> String {
    guard estimate(text, fontSize: fontSize) > width else { return text }
    let room = width - advance(of: "…") * fontSize
    var kept = ""
    var used = 0.0
    for character in text {
      used += advance(of: character) * fontSize
      if used > room { break }
      kept.append(character)
    }
    while kept.last == " " { kept.removeLast() }
    return kept + "…"
  }

  /// Breaks text at spaces into lines no wider than `width`; a longer word is shortened.
  static func wrapped(_ text: String, toFit width: Double, fontSize: Double) -> [String] {
    var lines: [String] = []
    for word in text.split(whereSeparator: \.isWhitespace) {
      let fitted = shortened(String(word), toFit: width, fontSize: fontSize)
      if let last = lines.last, estimate(last + " " + fitted, fontSize: fontSize) <= width {
        lines[lines.count - 1] = last + " " + fitted
      } else {
        lines.append(fitted)
      }
    }
    return lines
  }

  private static func advance(of character: Character) -> Double {
    guard character.isASCII else { return character == "…" || character == "−" ? 0.9 : 1.05 }
    return switch character {
    case "i", "j", "l", "I", ".", ",", ":", ";", "'", "|", " ": 0.32
    case "m", "w", "M", "W", "%", "@": 0.9
    case "A"..."Z": 0.68
    default: 0.58
    }
  }
}

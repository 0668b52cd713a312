import Testing

@testable import RecurrentReports

struct MarkupTextTests {
  @Test(arguments: [
    ("T-shirt/top", "T-shirt/top"),
    ("<b>\"Tom\" & 'Ann'</b>", "&lt;b&gt;&quot;Tom&quot; &amp; &#39;Ann&#39;&lt;/b&gt;"),
    ("👜 é 漢", "👜 é 漢"),
    ("a\r\nb", "a\n\nb"),
    ("\u{0}\u{1B}[31m\u{FFFE}", "\u{FFFD}\u{FFFD}[31m\u{FFFD}"),
  ])
  func `text is safe in content and in attributes`(plain: String, safe: String) {
    #expect(MarkupText.escaped(plain) == safe)
  }

  @Test func `text too wide is shortened and wrapped at spaces`() {
    #expect(TextWidth.shortened("short", toFit: 100, fontSize: 10) == "short")
    let shortened = TextWidth.shortened("a rather long name", toFit: 60, fontSize: 10)
    #expect(shortened.hasSuffix("…"))
    #expect(TextWidth.estimate(shortened, fontSize: 10) <= 60)
    let lines = TextWidth.wrapped("true 4, read as 9, 87%", toFit: 80, fontSize: 10)
    #expect(lines.joined(separator: " ") == "true 4, read as 9, 87%")
    #expect(lines.count == 2)
  }
}

/// The style sheet of all charts, alone in an SVG file or shared by a page that holds several.
///
/// Colours are the hues of Okabe and Ito's palette for colour-blind readers (Color Universal
/// Design, 2008, https://jfly.uni-koeln.de/color/), darkened for white paper and lightened for
/// dark so that each stands out at least 3 to 1. They are spelled out rather than held in custom
/// properties, which many programs that show SVG files do not know.
enum ChartStyle {
  /// Colours for series before they repeat.
  static let seriesColors = 7
  /// Dash patterns for series before they repeat; no common factor with the colours.
  static let seriesDashes = 5

  /// The font size of labels, in drawing units.
  static let labelSize: Double = 13
  /// The font size of labels on a page too narrow to show the drawing at its own size.
  static let narrowLabelSize: Double = 19
  /// The font size of a chart's own title.
  static let titleSize: Double = 17

  /// The rules all charts need, for light and dark.
  static let rules = """
    .chart{font-family:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif;\
    font-size:13px;font-variant-numeric:tabular-nums}
    .chart text{fill:#566270}
    .chart .title{font-size:17px;font-weight:600;fill:#1b1f24}
    .chart .strong{fill:#1b1f24}
    .chart .paper{fill:#fff}
    .chart .grid{stroke:#e3e7eb;stroke-width:1;fill:none}
    .chart .axis{stroke:#9aa4ae;stroke-width:1;fill:none}
    .chart .line{fill:none;stroke:currentColor;stroke-width:2;stroke-linejoin:round;\
    stroke-linecap:round}
    .chart .raw{fill:none;stroke:currentColor;stroke-width:1;stroke-opacity:.4;\
    stroke-linejoin:round}
    .chart .mark{fill:currentColor;stroke:none}
    .chart .dots{fill:none;stroke:currentColor;stroke-width:6;stroke-linecap:round}
    .chart .d1{stroke-dasharray:7 5}
    .chart .d2{stroke-dasharray:1 5}
    .chart .d3{stroke-dasharray:12 4 1 4}
    .chart .d4{stroke-dasharray:14 6}
    .chart .s0{color:#0072b2}
    .chart .s1{color:#d05800}
    .chart .s2{color:#00805d}
    .chart .s3{color:#a9467f}
    .chart .s4{color:#996800}
    .chart .s5{color:#2b83b3}
    .chart .s6{color:#3c4650}
    .chart .at rect{fill:#1b1f24;fill-opacity:0}
    .chart .at circle{fill:currentColor;stroke:#fff;stroke-width:2;opacity:0}
    .chart .at:hover rect{fill-opacity:.06}
    .chart .at:hover circle{opacity:1}
    .chart .blank{fill:#f3f5f7}
    .chart .hit{fill:#0072b2}
    .chart .miss{fill:#d05800}
    .chart .count{fill:#1b1f24}
    .chart .between{fill:#1b1f24}
    .chart .over{fill:#fff}
    .chart .pixels{image-rendering:pixelated}
    @media screen and (prefers-color-scheme:dark){
    .chart text{fill:#9ba6b1}
    .chart .title,.chart .strong{fill:#e8ebee}
    .chart .paper{fill:#14171a}
    .chart .grid{stroke:#2a3037}
    .chart .axis{stroke:#5e6873}
    .chart .s0{color:#56b4e9}
    .chart .s1{color:#f2994a}
    .chart .s2{color:#2cc295}
    .chart .s3{color:#e29ac0}
    .chart .s4{color:#f0e442}
    .chart .s5{color:#9bd3f5}
    .chart .s6{color:#cfd6dc}
    .chart .at rect{fill:#fff}
    .chart .at circle{stroke:#14171a}
    .chart .blank{fill:#1d2126}
    .chart .hit{fill:#56b4e9}
    .chart .miss{fill:#f2994a}
    .chart .count{fill:#e8ebee}
    .chart .between,.chart .over{fill:#0d1013}
    .chart .ink{filter:invert(1)}
    }
    """

  /// The rule that enlarges labels where a page shows charts much smaller than drawn.
  static let narrowRules = """
    @media (max-width:560px){.chart{font-size:19px}.chart.compact .count{font-size:17px}}
    """

  /// The classes that give a series its colour, and its line its dashes.
  static func colorClass(ofSeries index: Int) -> String { "s\(index % seriesColors)" }

  /// The class that gives a series' line its dashes.
  static func dashClass(ofSeries index: Int) -> String { "d\(index % seriesDashes)" }
}

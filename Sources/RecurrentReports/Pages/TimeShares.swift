/// Where time went: how long each part of some work took, of one run or of several.
struct TimeShares {
  /// One run's parts.
  struct Run {
    var name: String
    /// The seconds of each part, in the order of the names.
    var seconds: [Double]

    var total: Double { seconds.reduce(0, +) }
  }

  /// What the parts are called.
  var names: [String]
  var runs: [Run]

  /// The table of all parts, and over it a bar for each run, as long as its time.
  var markup: String {
    let longest = runs.map(\.total).max() ?? 0
    guard longest > 0 else { return "" }
    let shown = names.indices.filter { part in runs.contains { $0.seconds[part] > 0 } }
    let isSingle = runs.count == 1
    let bars = runs.map { run in
      let name = isSingle ? "" : "<p>\(MarkupText.escaped(run.name))</p>\n"
      return name + bar(run, longest: longest, shown: shown)
    }
    let heads = runs.map { "<th scope=\"col\">\(MarkupText.escaped($0.name))</th>" }
    let head =
      isSingle
      ? "" : "<thead><tr><th scope=\"col\">part</th>\(heads.joined())</tr></thead>\n"
    let rows = shown.map { part in
      let cells = runs.map { run in
        let share = run.total > 0 ? run.seconds[part] / run.total : 0
        return "<td>\(Self.text(run.seconds[part]))</td>"
          + (isSingle ? "<td>\(NumberText.percent(share, places: 1))</td>" : "")
      }
      return "<tr><th scope=\"row\"><b class=\"\(Self.color(part))\" aria-hidden=\"true\">■</b> "
        + "\(MarkupText.escaped(names[part]))</th>\(cells.joined())</tr>\n"
    }
    let totals = runs.map { "<td>\(Self.text($0.total))</td>\(isSingle ? "<td>100%</td>" : "")" }
    return """
      <div class="shares chart">
      \(bars.joined())</div>
      <div class="scroll" role="region" aria-label="Time by part" tabindex="0">
      <table class="numbers parts chart">
      \(head)<tbody>
      \(rows.joined())<tr><th scope="row">all</th>\(totals.joined())</tr>
      </tbody>
      </table>
      </div>

      """
  }

  private func bar(_ run: Run, longest: Double, shown: [Int]) -> String {
    let parts = shown.filter { run.seconds[$0] > 0 }
    let words = parts.map { "\(names[$0]) \(Self.text(run.seconds[$0]))" }
    let label = MarkupText.escaped("\(run.name): \(words.joined(separator: ", "))")
    let pieces = parts.map { part in
      let width = NumberText.significant(100 * run.seconds[part] / longest, digits: 4)
      let title = MarkupText.escaped("\(names[part]): \(Self.text(run.seconds[part]))")
      let size = width.contains("e") ? "0" : width
      return
        "<span class=\"\(Self.color(part))\" style=\"width:\(size)%\" title=\"\(title)\"></span>"
    }
    return "<div class=\"share\" role=\"img\" aria-label=\"\(label)\">\(pieces.joined())</div>\n"
  }

  private static func color(_ part: Int) -> String { ChartStyle.colorClass(ofSeries: part) }

  /// A time with enough digits to tell short parts apart.
  private static func text(_ seconds: Double) -> String {
    seconds < 9.95
      ? NumberText.fixed(seconds, places: seconds < 0.0995 ? 4 : 2) + " s"
      : NumberText.duration(seconds: seconds)
  }
}

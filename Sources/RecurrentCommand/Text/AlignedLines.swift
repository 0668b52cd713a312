/// Lines of columns two spaces apart; the first few are text, the others numbers.
func alignedLines(_ table: [[String]], textColumns: Int) -> [String] {
  let columns = table.map(\.count).max() ?? 0
  let widths = (0..<columns).map { column in
    table.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
  }
  return table.map { cells in
    let line = cells.enumerated().map { column, cell in
      let space = String(repeating: " ", count: widths[column] - cell.count)
      return column < textColumns ? cell + space : space + cell
    }.joined(separator: "  ")
    return String(line.prefix(line.count - line.reversed().prefix { $0 == " " }.count))
  }
}

import Foundation
import Recurrent
import RecurrentReports

extension SweepStandings {
  /// So many trials are told; all are in the file.
  private static let toldTrials = 20

  /// The table as lines of text.
  var lines: [String] {
    let names = record.plan.axes.map(\.option.name)
    let hasTest = all.contains { $0.test != nil }
    let tests = hasTest ? ["test"] : []
    let heads: [String] = ["rank", "trial"] + names + ["validation"] + tests + ["seconds"]
    let rows = all.prefix(Self.toldTrials).map { standing in
      var cells = [standing.rank.map { "\($0)" } ?? "-", "\(standing.trial.number)"]
      cells += standing.trial.settings.map(\.value)
      cells.append(text(standing.validation) ?? standing.state)
      if hasTest { cells.append(standing.test.map(record.measure.text) ?? "-") }
      cells.append(standing.seconds.map { decimals($0, 1) } ?? "-")
      return cells
    }
    var lines = alignedLines([heads] + rows, textColumns: 0)
    if all.count > Self.toldTrials {
      lines.append("... and \(all.count - Self.toldTrials) more in sweep.csv")
    }
    return lines + failures
  }

  /// Why trials failed, a line each.
  private var failures: [String] {
    let failed = record.trainings.filter { $0.state == .failed }
    let lines = failed.prefix(Self.toldTrials).map { training in
      "\(record.name(of: training)) failed: \(Self.brief(training.reason ?? "nobody knows why"))"
    }
    return failed.count > lines.count
      ? lines + ["... and \(failed.count - lines.count) more failed: see sweep.csv"] : lines
  }

  /// What went wrong, without what to do about it.
  static func brief(_ reason: String) -> String {
    reason.firstRange(of: "; ").map { String(reason[..<$0.lowerBound]) } ?? reason
  }

  /// A mean, with its interval where there are several seeds.
  private func text(_ value: MeanInterval?) -> String? {
    value.map { value in
      let width = value.halfWidth.map { " ± \(record.measure.differenceText($0))" } ?? ""
      return record.measure.text(value.mean) + width
    }
  }

  /// The table as comma-separated values, a row for each trial, with no word to make it short.
  func commaSeparated(in folder: SweepFolder) -> String {
    let names = record.plan.axes.map(\.option.name)
    let measure = record.measure.rawValue
    let heads: [String] =
      ["rank", "trial"] + names
      + [
        "validation_\(measure)", "validation_half_width", "test_\(measure)", "seconds", "state",
        "reason", "runs",
      ]
    let rows = all.map { standing in
      let validation = standing.validation
      let numbers = [validation?.mean, validation?.halfWidth, standing.test, standing.seconds]
      let runs = standing.trainings.map {
        URL(filePath: folder.run(of: $0, in: record.plan)).lastPathComponent
      }
      var fields = [standing.rank.map { "\($0)" } ?? "", "\(standing.trial.number)"]
      fields += standing.trial.settings.map(\.value)
      fields += numbers.map { number in number.map { "\($0)" } ?? "" }
      fields += [standing.state, standing.failure?.reason ?? "", runs.joined(separator: " ")]
      return fields
    }
    return ([heads] + rows).map { $0.map(Self.field).joined(separator: ",") + "\n" }.joined()
  }

  /// A field as such files have it.
  private static func field(_ text: String) -> String {
    guard text.contains(where: { ",\"\n\r".contains($0) }) else { return text }
    return "\"\(text.replacing("\"", with: "\"\""))\""
  }
}

extension SweepStandings {
  /// What each option did: a dot for every trial that is done, in a panel for each option.
  var chart: PanelChart {
    let done = all.filter { $0.state != "open" }
    let isOfAccuracy = record.measure == .accuracy
    return PanelChart(
      title: "Sweep on \(record.data)",
      yLabel: "validation \(record.measure.rawValue)"
        + (record.plan.seeds > 1 ? ", mean of \(record.plan.seeds) seeds and their range" : ""),
      dots: done.map { standing in
        let values = standing.trainings.compactMap { $0.outcome?.validation }
        let range = values.min().flatMap { least in values.max().map { least...$0 } }
        return PanelChart.Dot(
          name: "trial \(standing.trial.number): \(standing.trial.words)",
          y: standing.validation?.mean,
          range: standing.validation == nil ? nil : range,
          isEmphasized: standing.rank == 1
        )
      },
      panels: record.plan.axes.enumerated().map { place, axis in
        PanelChart.Panel(
          name: axis.option.name,
          values: done.map { $0.trial.settings[place].value }
        )
      },
      absenceName: "failed",
      valueStyle: isOfAccuracy ? .percent : .number
    )
  }
}

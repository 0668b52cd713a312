extension Results {
  /// The results as tables: a summary, then each job.
  var markdown: String {
    ([heading, summary] + jobs.map(table) + [versionList]).joined(separator: "\n\n") + "\n"
  }

  private var heading: String {
    """
    # Recurrent and its peers

    \(machine.processor), \(machine.cores) cores, \(machine.system), \(machine.compiler). \
    Commit \(machine.commit), \(machine.date).

    Contenders take turns: \(rounds) round\(rounds == 1 ? "" : "s") of \
    \(TimeText.short(secondsPerTurn)) each. A time is the median over the rounds of each round's \
    median, with the rounds' least and most. The ratio is the time of the round's fastest peer \
    over ours, taken round by round: above 1, Recurrent is faster.
    """
  }

  private var summary: String {
    var lines = [
      "| job | Recurrent | fastest peer | its time | fastest peer / Recurrent |",
      "|---|---|---|---|---|",
    ]
    for job in jobs {
      let ours = job.ours.map { value($0, in: job) } ?? "left out"
      if job.ratios.isEmpty { lines.append("| \(job.title) | \(ours) | – | – | – |") }
      for ratio in job.ratios {
        let peer = job.contenders.first { $0.name == ratio.fastest }
        let note = job.ratios.count > 1 ? " (\(ratio.precision.rawValue) peers)" : ""
        lines.append(
          """
          | \(job.title)\(note) | \(ours) | \(peer?.entrant.title ?? "–") \
          | \(peer.map { value($0, in: job) } ?? "–") \
          | \(TimeText.spread(ratio.overRounds, TimeText.digits)) |
          """
        )
      }
    }
    return lines.joined(separator: "\n")
  }

  private func table(_ job: JobResult) -> String {
    var lines = ["## \(job.title.prefix(1).uppercased())\(job.title.dropFirst())", ""]
    if !job.contenders.isEmpty {
      let showsMemory = job.contenders.contains { $0.memory != nil }
      let rates = showsMemory ? "peak memory, MB" : "GFLOP/s"
      lines.append("| contender | time | \(rates) | its time / Recurrent's | settings |")
      lines.append("|---|---|---|---|---|")
      for contender in job.contenders {
        let middle =
          showsMemory
          ? TimeText.spread(contender.memory) { TimeText.digits($0 / 1e6) } : rate(contender)
        lines.append(
          """
          | \(contender.entrant.title) | \(TimeText.spread(contender.overRounds, TimeText.short)) \
          | \(middle) | \(TimeText.spread(contender.ratioToOurs, TimeText.digits)) \
          | \(contender.settings) |
          """
        )
      }
      if job.comparesRates {
        lines += [
          "", "The contenders do unequal work; the ratio is that of their GFLOP/s, ours on top.",
        ]
      }
    }
    if let load = job.otherLoad, load.median > 0.02 {
      let share = TimeText.spread(load) { "\(Int(($0 * 100).rounded()))%" }
      lines += ["", "Other programs kept the processors \(share) busy between turns."]
    }
    for (name, reason) in job.leftOut.sorted(by: { $0.key < $1.key }) {
      let title = Entrant(rawValue: name)?.title ?? "The job"
      lines += ["", "\(title) was left out: \(reason)"]
    }
    return lines.joined(separator: "\n")
  }

  private var versionList: String {
    let versions = versions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    let missing = leftOut.sorted { $0.key < $1.key }.map { "Not installed: \($0.key): \($0.value)" }
    return (["Versions: \(versions.joined(separator: ", "))."] + missing)
      .joined(separator: "\n\n")
  }

  /// A time, or a rate where rates are compared.
  private func value(_ contender: ContenderResult, in job: JobResult) -> String {
    job.comparesRates
      ? rate(contender) + " GFLOP/s" : TimeText.spread(contender.overRounds, TimeText.short)
  }

  /// Operations per second, in thousand millions.
  private func rate(_ contender: ContenderResult) -> String {
    guard let operations = contender.operations, let time = contender.overRounds else { return "–" }
    return TimeText.digits(operations / time.median / 1e9)
  }
}

import RecurrentReports

extension Results {
  /// All jobs' times side by side, each job to a scale of its own.
  var chart: BarChart {
    BarChart(
      title: "Recurrent and its peers: shorter is faster, a gap means cut",
      groups: jobs.filter { !$0.contenders.isEmpty && !$0.comparesRates }.map(group)
    )
  }

  /// The job's times; one that would leave the others no length is cut.
  private func group(_ job: JobResult) -> BarChart.Group {
    let medians = job.contenders.compactMap { $0.overRounds?.median }.sorted()
    return BarChart.Group(
      name: job.title,
      bars: job.contenders.compactMap { contender in
        guard let time = contender.overRounds else { return nil }
        return BarChart.Bar(
          name: contender.entrant.title,
          value: time.median,
          text: TimeText.short(time.median),
          range: time.least...time.most,
          isEmphasized: contender.entrant.isOurs
        )
      },
      limit: medians.isEmpty ? nil : 3 * medians[medians.count / 2]
    )
  }
}

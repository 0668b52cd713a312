extension RunReport {
  /// The average cost per epoch, with the validation cost where it was measured.
  public var costChart: LineChart {
    let training = epochs.map { point($0, $0.averageCost) }
    let validation = epochs.map { point($0, $0.validationCost) }
    let hasValidation = epochs.contains { $0.validationCost != nil }
    var series = [LineChart.Series(name: hasValidation ? "training" : "cost", points: training)]
    if hasValidation { series.append(.init(name: "validation", points: validation)) }
    return LineChart(title: "Average cost", xLabel: "epoch", yLabel: "cost", series: series)
  }

  /// The accuracy on training and validation examples per epoch.
  public var accuracyChart: LineChart {
    LineChart(
      title: "Training and validation accuracy",
      xLabel: "epoch",
      yLabel: "accuracy",
      series: [
        .init(name: "training", points: epochs.map { point($0, $0.trainingAccuracy) }),
        .init(name: "validation", points: epochs.map { point($0, $0.validationAccuracy) }),
      ],
      valueStyle: .percent
    )
  }

  /// What each class was taken for in the test.
  public var confusionChart: ConfusionMatrixChart {
    ConfusionMatrixChart(counts: confusionCounts, classNames: classNames)
  }

  /// The mistakes as a grid of pictures.
  public var mistakesGrid: ImageGrid {
    let items = mistakes.map { ImageGrid.Item(image: $0.image, caption: caption(of: $0)) }
    return ImageGrid(title: mistakesTitle, items: items)
  }

  /// The heading of the mistakes.
  var mistakesTitle: String {
    mistakes.count == 1 ? "The worst mistake" : "The \(mistakes.count) worst mistakes"
  }

  /// A mistake in a few words.
  func caption(of mistake: Mistake) -> String {
    "true \(className(mistake.trueClass)), read as \(className(mistake.predictedClass)), "
      + NumberText.probability(mistake.predictedProbability)
  }

  private func point(_ record: EpochRecord, _ value: Double?) -> LineChart.Point {
    LineChart.Point(x: Double(record.epoch), y: value ?? .nan)
  }
}

extension RunReport {
  /// The average cost per epoch, with the validation cost where it was measured.
  public var costChart: LineChart {
    let training = epochs.map { point($0, $0.averageCost) }
    let validation = epochs.map { point($0, $0.validationCost) }
    let hasValidation = epochs.contains { $0.validationCost != nil }
    var series = [LineChart.Series(name: hasValidation ? "training" : "cost", points: training)]
    if hasValidation { series.append(.init(name: "validation", points: validation)) }
    return LineChart(
      title: "Average cost",
      xLabel: "epoch",
      yLabel: "cost",
      series: series,
      isSmoothed: true
    )
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
      valueStyle: .percent,
      isSmoothed: true
    )
  }

  /// The mean and the largest norm of each epoch's gradients, before any limit.
  public var gradientNormChart: LineChart {
    LineChart(
      title: "Norm of the gradient",
      xLabel: "epoch",
      yLabel: "norm before any limit",
      series: [
        .init(name: "mean", points: epochs.map { point($0, $0.gradientNorm) }),
        .init(name: "largest", points: epochs.map { point($0, $0.largestGradientNorm) }),
      ],
      isSmoothed: true
    ).spreadByRatio()
  }

  /// The norm of the weights after each epoch: of all, and of each layer's.
  public var weightNormChart: LineChart {
    let layers = layerNames.enumerated().map { place, name in
      LineChart.Series(
        name: name,
        points: epochs.map { record in
          let norms = record.layerNorms
          return point(record, norms.indices.contains(place) ? norms[place] : nil)
        }
      )
    }
    let whole = LineChart.Series(name: "all", points: epochs.map { point($0, $0.weightNorm) })
    return LineChart(
      title: "Norm of the weights",
      xLabel: "epoch",
      yLabel: "norm",
      series: [whole] + layers
    ).spreadByRatio()
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

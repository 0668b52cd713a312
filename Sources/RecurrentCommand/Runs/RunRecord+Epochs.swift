import Recurrent

extension RunRecord {
  /// What came of one epoch.
  struct Epoch: Codable, Equatable {
    var epoch: Int
    var cost: Double
    /// Nil where numbers are to be answered.
    var trainingAccuracy: Double?
    /// Nil where numbers are to be answered, and without examples to validate.
    var validationAccuracy: Double?
    /// Nil without examples to validate.
    var validationCost: Double?
    var seconds: Double
    var examplesPerSecond: Double
    /// The mean norm of the steps' gradients before any limit; like all that follows nil in epochs of
    /// versions that did not measure it.
    var gradientNorm: Double?
    /// The largest of them.
    var largestGradientNorm: Double?
    /// The norm of the weights that were validated: after the epoch, or their average.
    var weightNorm: Double?
    /// The same of each layer's own, the head's last.
    var layerNorms: [Double]?
    var times: Times?
  }

  /// Where an epoch's time went, in seconds.
  struct Times: Codable, Equatable {
    /// Gathering and augmenting examples.
    var reading: Double
    /// Forward and backward.
    var passes: Double
    /// Adding up gradients.
    var summing: Double
    /// Limiting the gradient and changing the weights.
    var updating: Double
    var validating: Double
    /// Checkpoints and files since the epoch before was recorded.
    var saving: Double
    /// What is left of the epoch: drawing the order, showing the progress.
    var other: Double

    /// All of them, in a fixed order.
    var all: [Double] { [reading, passes, summing, updating, validating, saving, other] }
  }

  /// The columns of the table that every run has.
  private static let columns = [
    "epoch", "cost", "training_accuracy", "validation_accuracy", "validation_cost", "seconds",
    "examples_per_second", "gradient_norm", "largest_gradient_norm", "weight_norm",
    "reading_seconds", "passes_seconds", "summing_seconds", "updating_seconds",
    "validating_seconds", "saving_seconds", "other_seconds",
  ]

  /// The epochs as a table of comma-separated values.
  ///
  /// A column for the norm of each layer's weights and of the head's follow those that every run has.
  /// What is not known is left empty.
  var metricsTable: String {
    let norms = epochs.compactMap { $0.layerNorms?.count }.max() ?? 0
    let names = (0..<norms).map {
      $0 == norms - 1 ? "weight_norm_head" : "weight_norm_layer_\($0)"
    }
    let rows = epochs.map { row in
      let values = [
        row.cost, row.trainingAccuracy, row.validationAccuracy, row.validationCost,
      ].map(Self.text)
      let pace = [decimals(row.seconds, 3), decimals(row.examplesPerSecond, 1)]
      let lengths = [row.gradientNorm, row.largestGradientNorm, row.weightNorm].map(Self.text)
      let times =
        row.times?.all.map { decimals($0, 6) } ?? Array(repeating: "", count: 7)
      let layers = (0..<norms).map { place in
        Self.text(row.layerNorms.flatMap { $0.indices.contains(place) ? $0[place] : nil })
      }
      return (["\(row.epoch)"] + values + pace + lengths + times + layers).joined(separator: ",")
    }
    return ([(Self.columns + names).joined(separator: ",")] + rows).joined(separator: "\n") + "\n"
  }

  private static func text(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }
}

extension RunRecord.Epoch {
  /// What came of an epoch that ended, with the weights that were validated.
  ///
  /// `savingWithin` is the part of the epoch's own seconds that went into saving.
  init(
    _ report: EpochReport,
    _ validation: AnswerComparison?,
    hasAccuracy: Bool,
    model: SequenceModel,
    validating: Double,
    saving: Double,
    savingWithin: Double
  ) {
    let layers = model.layers.map { $0.parameterNorm } + [model.head.parameterNorm]
    let isFinite = layers.allSatisfy(\.isFinite)
    self.init(
      epoch: report.epoch,
      cost: report.averageCost,
      trainingAccuracy: hasAccuracy ? report.accuracy : nil,
      validationAccuracy: hasAccuracy ? validation?.accuracy : nil,
      validationCost: validation?.cost,
      seconds: report.seconds,
      examplesPerSecond: report.examplesPerSecond,
      gradientNorm: report.gradientNorm,
      largestGradientNorm: report.largestGradientNorm,
      // A record is text that has no word for what is not finite.
      weightNorm: isFinite ? model.parameterNorm : nil,
      layerNorms: isFinite ? layers : nil,
      times: report.times.map { times in
        RunRecord.Times(
          reading: times.reading,
          passes: times.passes,
          summing: times.summing,
          updating: times.updating,
          validating: validating,
          saving: saving,
          other: max(0, report.seconds - times.total - savingWithin)
        )
      }
    )
  }

  /// Whether an epoch can have had what was measured beside its cost.
  var hasPossibleMeasures: Bool {
    let numbers =
      [gradientNorm, largestGradientNorm, weightNorm].compactMap(\.self) + (layerNorms ?? [])
      + (times?.all ?? [])
    return numbers.allSatisfy { $0 >= 0 && $0.isFinite } && (layerNorms?.count ?? 0) <= 1_000
  }
}

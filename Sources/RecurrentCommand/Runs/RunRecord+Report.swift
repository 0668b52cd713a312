import RecurrentReports

extension RunRecord {
  /// The epochs as a report has them.
  var reportedEpochs: [RunReport.EpochRecord] {
    epochs.map { epoch in
      RunReport.EpochRecord(
        epoch: epoch.epoch,
        averageCost: epoch.cost,
        trainingAccuracy: epoch.trainingAccuracy,
        validationAccuracy: epoch.validationAccuracy,
        validationCost: epoch.validationCost,
        seconds: epoch.seconds,
        examplesPerSecond: epoch.examplesPerSecond,
        gradientNorm: epoch.gradientNorm,
        largestGradientNorm: epoch.largestGradientNorm,
        weightNorm: epoch.weightNorm,
        layerNorms: epoch.layerNorms ?? []
      )
    }
  }

  /// What the layers are called whose weights have a norm of their own.
  var layerNames: [String] {
    let count = epochs.compactMap { $0.layerNorms?.count }.max() ?? 0
    return (0..<count).map { $0 == count - 1 ? "head" : "layer \($0)" }
  }

  /// Where the time of all epochs went that measured it; empty if none did.
  var timeParts: [RunReport.TimePart] {
    let times = epochs.compactMap(\.times)
    guard !times.isEmpty else { return [] }
    return Times.names.enumerated().map { place, name in
      RunReport.TimePart(name: name, seconds: times.reduce(0) { $0 + $1.all[place] })
    }
  }

  /// What it was trained on.
  var surroundings: [RunReport.Entry] {
    let entries: [(name: String, value: String?)] = [
      ("Recurrent", version),
      ("Processor", machine?.processor),
      ("Processors", machine.map { "\($0.processors)" }),
      ("Instruction set", instructionSet),
      ("Threads", "\(threads)"),
      ("System", system),
    ]
    return entries.compactMap { entry in
      entry.value.map { RunReport.Entry(name: entry.name, value: $0) }
    }
  }
}

extension RunRecord.Times {
  /// What the parts are called, in the order of `all`.
  static let names = [
    "reading and augmenting", "forward and backward", "adding gradients", "updating weights",
    "validating", "saving", "other",
  ]
}

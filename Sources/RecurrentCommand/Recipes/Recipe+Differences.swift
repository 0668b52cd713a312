import Recurrent
import RecurrentData

extension Recipe {
  /// Every setting by the option that asks for it, in a fixed order.
  var settings: [(option: String, value: String)] {
    let structure = usedStructure
    let kept = structure.regularization
    func text(_ value: (some Any)?) -> String { value.map { "\($0)" } ?? "none" }
    func number(_ value: Float) -> String { value == 0 ? "none" : "\(value)" }
    return [
      ("--cell", cell.rawValue),
      ("--hidden", hiddenSize.text),
      ("--forget-bias", "\(forgetBias)"),
      ("--init", initialization.rawValue),
      ("--epochs", "\(epochs)"),
      ("--batch", "\(batchSize)"),
      ("--drop-last", "\(dropsLastBatch)"),
      ("--optimizer", optimizer.rawValue),
      ("--learning-rate", "\(learningRate)"),
      ("--clip", text(clip)),
      ("--schedule", schedule.rawValue),
      ("--precision", text(precision?.rawValue)),
      ("--momentum", text(momentum)),
      ("--weight-decay", text(weightDecay)),
      ("--clip-value", text(clipValue)),
      ("--label-smoothing", text(labelSmoothing)),
      ("--average", text(average)),
      ("--dropout", text(dropout)),
      ("--patience", text(patience)),
      ("--augment", text(augmentation)),
      ("--window", "\(usedWindow)"),
      ("--read", structure.reading.argument),
      ("--sweeps", "\(structure.sweeps)"),
      ("--merge", text(structure.merge?.rawValue)),
      ("--residual", "\(structure.isResidual)"),
      ("--summary", structure.summary.word),
      ("--projection", text(structure.projectionSize)),
      ("--learn-state", "\(structure.learnsState)"),
      ("--input-dropout", number(kept.inputDropout)),
      ("--layer-dropout", number(structure.layerDropout)),
      ("--recurrent-dropout", number(kept.recurrentDropout)),
      ("--drop-connect", number(kept.dropConnect)),
      ("--zoneout", number(kept.hiddenZoneout)),
      ("--cell-zoneout", number(kept.cellZoneout)),
    ]
  }

  /// Where these settings differ from others, such as "--hidden is 64, not 128".
  func differences(from other: Recipe) -> [String] {
    if self == other { return [] }
    let changed = zip(settings, other.settings).filter { $0.value != $1.value }
      .map { "\($0.option) is \($0.value), not \($1.value)" }
    return changed.isEmpty ? ["the settings differ"] : changed
  }
}

extension RunRecord {
  /// Where what decides this run's bits differs from another's.
  func differences(from other: RunRecord) -> [String] {
    var differences = recipe.differences(from: other.recipe)
    if seed != other.seed { differences.append("--seed is \(seed), not \(other.seed)") }
    if data.path != nil, data.path != other.data.path, other.data.path != nil {
      differences.append("the data are \(data.title), not \(other.data.title)")
    } else if data.name != other.data.name {
      differences.append("the data are \(data.name.rawValue), not \(other.data.name.rawValue)")
    }
    if data.task == .languageModel {
      let (own, others) = (data.tokens ?? .characters, other.data.tokens ?? .characters)
      if own != others {
        differences.append("--tokens is \(own.rawValue), not \(others.rawValue)")
      }
    }
    if data.validationShare != other.data.validationShare {
      let shares = [data, other.data].map { $0.validationShare.map { "\($0)" } ?? "the usual" }
      differences.append("--validation-share is \(shares[0]), not \(shares[1])")
    }
    if data.choice != other.data.choice {
      differences.append(
        """
        the series are read as \(data.choice?.words ?? "chosen"), not as \
        \(other.data.choice?.words ?? "chosen")
        """
      )
    }
    if data.tableTask != other.data.tableTask {
      let tasks = [data, other.data].map { $0.tableTask?.rawValue ?? "found in the table" }
      differences.append("--task is \(tasks[0]), not \(tasks[1])")
    }
    if data.columns != other.data.columns { differences.append("other columns are asked for") }
    for (option, own, others) in [
      ("--season", data.season, other.data.season),
      ("--horizon", data.horizon, other.data.horizon),
      ("--lag", data.lag, other.data.lag),
    ] where own != others {
      let texts = [own, others].map { $0.map { "\($0)" } ?? "the usual" }
      differences.append("\(option) is \(texts[0]), not \(texts[1])")
    }
    if data.forecast != other.data.forecast {
      differences.append(
        "forecast are \(data.forecast?.words ?? "numbers as chosen"), not "
          + "\(other.data.forecast?.words ?? "numbers as chosen")"
      )
    }
    if data.testPath != other.data.testPath {
      differences.append("--test names another file")
    }
    if data.drawnCount != other.data.drawnCount {
      let counts = [data.drawnCount, other.data.drawnCount].map { $0.map { "\($0)" } ?? "none" }
      differences.append("--examples is \(counts[0]), not \(counts[1])")
    }
    if dataFingerprint != other.dataFingerprint {
      differences.append(
        "the data's SHA-256 is \(dataFingerprint.prefix(12))..., not \(other.dataFingerprint.prefix(12))..."
      )
    }
    return differences
  }
}

import Foundation
import Recurrent
import RecurrentData

func ownSequences() {
  // Three series of two variables, of 4, 2 and 3 times, filled up to the longest.
  let readings: [[[Float]]] = [
    [[0.1, 1.0], [0.4, 0.9], [0.5, 1.1], [0.9, 1.0]],
    [[0.2, 0.3], [0.1, 0.2]],
    [[0.7, 0.9], [0.3, 1.2], [0.2, 1.0]],
  ]
  let padded = readings.flatMap { series in
    series.flatMap(\.self) + [Float](repeating: 0, count: (4 - series.count) * 2)
  }

  let classified = SequenceDataset(
    elements: .floats(padded),
    labels: [1, 0, 0],
    steps: 4,
    features: 2,
    classNames: ["falls", "rises"],
    lengths: [4, 2, 3]
  )

  let measured = SequenceDataset(
    elements: .floats(padded),
    count: 3,
    steps: 4,
    features: 2,
    targets: .numbers([0.475, 0.15, 0.4]),
    outputNames: ["mean"],
    lengths: [4, 2, 3]
  )
  print("\(classified.count) series with classes, \(measured.count) with numbers")
}

func ownSeries() throws {
  try """
  @problemName GunPoint
  @univariate true
  @classLabel true gun point
  @data
  0.1,0.2,0.4,0.3:gun
  0.3,0.1,0.1,0.2:point
  """
  .write(toFile: "GunPoint_TRAIN.ts", atomically: true, encoding: .utf8)

  let series = try TimeSeriesFile.read("GunPoint_TRAIN.ts")
  let preparation = SeriesPreparation(of: series)
  let dataset = preparation.dataset(of: series)

  print("\(series.name): \(dataset.count) series of \(dataset.steps) steps")
}

func ownTable() throws {
  try writeWalks(to: "walks.csv")

  let table = try TableFile("walks.csv").read()
  let (columns, _) = try TablePreparation.recognised(in: table, path: "walks.csv")
  let (series, _) = try columns.labelledSeries(in: table, path: "walks.csv")
  let preparation = SeriesPreparation(of: series)
  let dataset = preparation.dataset(of: series)
  print("\(dataset.count) series of \(dataset.features) features; \(columns.words)")

  let model = SequenceModel.lstm(
    inputSize: dataset.features,
    hiddenSize: 16,
    classes: dataset.outputNames.count,
    seed: 1
  )
  let new: [Float] = [0.3, 0.4, 0.2, 0.6, 0.1, 0.8]  // 3 times of 2 variables
  let read = preparation.prepared(new)
  let steps = preparation.steps(times: 3)
  let logits = model(Tensor(read, shape: [1, steps, dataset.features]))
  print("logits of a new series: \(logits.shape)")
}

/// Twelve walks of five steps: up and down along x, with a second variable.
private func writeWalks(to path: String) throws {
  var lines = ["subject,step,x,y,class"]
  for subject in 0..<12 {
    let slope = subject % 2 == 0 ? 1 : -1
    for step in 0..<5 {
      let y = (subject * step) % 3
      lines.append("\(subject),\(step),\(slope * step),\(y),\(slope > 0 ? "up" : "down")")
    }
  }
  try lines.joined(separator: "\n").write(toFile: path, atomically: true, encoding: .utf8)
}

import Foundation
import Recurrent

/// How far back a model remembers, for other programs and for people.
struct HorizonRecord: Codable, Equatable {
  /// One direction of a layer.
  struct Layer: Codable, Equatable {
    /// How fast the units forget a part of the state.
    struct TimeConstants: Codable, Equatable {
      var part: String
      /// In steps, by unit; nil where a unit does not forget.
      var values: [Double?]
      var quartile: Double?
      var median: Double?
      var upperQuartile: Double?
      var longest: Double?
    }

    /// How often a gate is all but shut or open.
    struct Gate: Codable, Equatable {
      var name: String
      var shutShare: Double
      var openShare: Double
    }

    /// The norms of a part of the state.
    struct Part: Codable, Equatable {
      var name: String
      var norms: [Double?]
    }

    var name: String
    var units: Int
    var horizon: Int
    var deadUnits: [Int]
    var timeConstants: [TimeConstants]
    var gates: [Gate]
    /// The norm of the Jacobian after 0, 1, 2 and more steps; nil where it is no finite number.
    var norms: [Double?]
    var parts: [Part]
  }

  var version = Version.text
  var run: String
  var data: String
  /// The examples looked at: "test" or "validation".
  var part: String
  var examples: Int
  /// The number of steps of the longest of them.
  var steps: Int
  /// The number of steps, from the last one back, whose states still reach the end in some layer.
  var horizon: Int
  /// The norm below which a state counts as forgotten.
  var leastNorm = MemoryHorizon.leastNorm
  var layers: [Layer]

  /// The record as the text of a JSON file.
  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // A layer a line: each has a number for every unit and step.
    var head = self
    head.layers = []
    let start = String(decoding: try encoder.encode(head), as: UTF8.self)
    let lines = try layers.map { String(decoding: try encoder.encode($0), as: UTF8.self) }
    return start.replacing(
      "\"layers\":[]",
      with: "\"layers\":[\n\(lines.joined(separator: ",\n"))]"
    )
      + "\n"
  }
}

extension HorizonRecord {
  init(of found: MemoryHorizon, run: String, data: String, part: String) {
    self.run = run
    self.data = data
    self.part = part
    examples = found.examples
    steps = found.steps
    horizon = found.horizon
    layers = found.paths.map { path in
      Layer(
        name: path.name,
        units: path.units,
        horizon: path.horizon,
        deadUnits: path.deadUnits,
        timeConstants: path.timeConstants.map { times in
          Layer.TimeConstants(
            part: times.part,
            values: times.values.map(\.finite),
            quartile: times.quantile(0.25).finite,
            median: times.quantile(0.5).finite,
            upperQuartile: times.quantile(0.75).finite,
            longest: times.quantile(1).finite
          )
        },
        gates: path.gates.map {
          Layer.Gate(name: $0.name, shutShare: $0.shutShare, openShare: $0.openShare)
        },
        norms: path.norms.map(\.finite),
        parts: path.parts.map { Layer.Part(name: $0.name, norms: $0.norms.map(\.finite)) }
      )
    }
  }
}

extension HorizonRecord {
  /// How far back the model remembers, in one line.
  var headline: String {
    let least = decimals(100 * leastNorm, 0) + "%"
    guard horizon < steps else {
      let last = layers.compactMap { $0.norms.count == steps ? $0.norms.last ?? nil : nil }.max()
      return """
        Remembers all \(steps) steps: a change of the state after the first still comes to \
        \(last.map { decimals(100 * $0, 0) + "%" } ?? "more than \(least)") of its size at the end
        """
    }
    return """
      Remembers about \(horizon) of \(steps) steps: a change of the state further back comes to \
      less than \(least) of its size at the end
      """
  }

  /// What is printed: the headline and two tables.
  var lines: [String] {
    let title = "\(data) \(part): \(examples) example\(examples == 1 ? "" : "s")"
    return [title, headline, ""] + alignedLines(layerRows, textColumns: 1) + gateLines
  }

  private var layerRows: [[String]] {
    let head = [
      "layer", "units", "dead", "horizon", "25% forget in", "50%", "75%", "longest",
    ]
    func text(_ steps: Double?) -> String { steps.map { decimals($0, 1) } ?? "never" }
    return [head]
      + layers.flatMap { layer -> [[String]] in
        let dead = percent(Double(layer.deadUnits.count) / Double(layer.units))
        let start = [layer.name, "\(layer.units)", dead, "\(layer.horizon)"]
        if layer.timeConstants.isEmpty { return [start + ["-", "-", "-", "-"]] }
        return layer.timeConstants.enumerated().map { place, times in
          let row = place == 0 ? start : ["  its \(times.part)", "", "", ""]
          let numbers = [times.quartile, times.median, times.upperQuartile, times.longest]
          return row + numbers.map(text)
        }
      }
  }

  private var gateLines: [String] {
    let rows = layers.flatMap { layer in
      layer.gates.map { [layer.name, $0.name, percent($0.shutShare), percent($0.openShare)] }
    }
    guard !rows.isEmpty else { return [] }
    return [""]
      + alignedLines([["layer", "gate", "below 0.1", "above 0.9"]] + rows, textColumns: 2)
  }
}

extension Double {
  /// The number, unless it is NaN or infinite, which JSON has no words for.
  fileprivate var finite: Double? { isFinite ? self : nil }
}

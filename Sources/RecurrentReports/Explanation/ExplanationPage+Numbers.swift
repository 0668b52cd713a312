import Foundation

extension ExplanationPage {
  /// The page's numbers as JSON that may stand inside a script element.
  var numbersJSON: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    // Texts, whole numbers and base64 can always be encoded.
    guard let data = try? encoder.encode(PageNumbers(self)) else { return "{}" }
    // No name may end the element, or begin a comment in it.
    return String(decoding: data, as: UTF8.self).replacing("<", with: "\\u003c")
  }
}

/// The numbers of a page as its script reads them; floats are bytes, little-endian, in base64.
private struct PageNumbers: Encodable {
  struct Input: Encodable {
    let kind: String
    var rows: Int?
    var columns: Int?
    var names: [String]?
    var values: String?
    let features: Int
    let positions: [Int]?
    let note: String
  }

  struct Answers: Encodable {
    let kind: String
    let names: [String]
    let values: String
    let truth: Int?
  }

  struct Attribution: Encodable {
    let note: String
    let values: String?
    let bySteps: String?
  }

  struct Signal: Encodable {
    let name: String
    let low: Double
    let high: Double
    let units: Int
    let values: String
  }

  struct Sum: Encodable {
    let gate: String
    let symbol: String
    let function: String
    let fromInput: String
    let fromState: String
    let bias: String
  }

  struct Factor: Encodable {
    let signal: String
    let symbol: String
    let isBefore: Bool
    let function: String
  }

  struct Equation: Encodable {
    let result: String
    let symbol: String
    let terms: [[Factor]]
  }

  struct Layer: Encodable {
    let name: String
    let isReversed: Bool
    let units: Int
    let stateCount: Int
    let signals: [Signal]
    let initial: [String: [Float]]
    let sums: [Sum]
    let equations: [Equation]
  }

  let steps: Int
  let stepNoun: String
  let input: Input
  let answers: Answers
  let attributions: [Attribution]
  let layers: [Layer]

  init(_ page: ExplanationPage) {
    (steps, stepNoun) = (page.steps, page.stepNoun)
    func input(_ kind: String, features: Int) -> Input {
      Input(
        kind: kind,
        features: features,
        positions: page.positions,
        note: page.inputNote
      )
    }
    switch page.input {
    case .image(let columns, let pixels):
      let features = (page.positions?.count ?? pixels.count) / max(page.steps, 1)
      var image = input("image", features: features)
      (image.rows, image.columns) = (pixels.count / max(columns, 1), columns)
      image.values = Self.text(pixels)
      self.input = image
    case .series(let names, let values):
      var series = input("series", features: names.count)
      (series.names, series.values) = (names, Self.text(values))
      self.input = series
    case .text: self.input = input("text", features: 1)
    }
    answers = Answers(
      kind: page.answers.kind.rawValue,
      names: page.answers.names,
      values: Self.text(page.answers.values),
      truth: page.answers.truth
    )
    attributions = page.attributions.map {
      Attribution(
        note: $0.note,
        values: $0.values.map(Self.text),
        bySteps: $0.bySteps.map(Self.text)
      )
    }
    layers = page.layers.map { layer in
      Layer(
        name: layer.name,
        isReversed: layer.isReversed,
        units: layer.units,
        stateCount: layer.states.count,
        signals: (layer.gates + layer.states).map {
          Signal(
            name: $0.name,
            low: $0.range.lowerBound,
            high: $0.range.upperBound,
            units: $0.values.count / max(page.steps, 1),
            values: Self.text($0.values)
          )
        },
        initial: layer.initial,
        sums: layer.sums.map {
          Sum(
            gate: $0.gate,
            symbol: $0.symbol,
            function: $0.function.rawValue,
            fromInput: Self.text($0.fromInput),
            fromState: Self.text($0.fromState),
            bias: Self.text($0.bias)
          )
        },
        equations: layer.equations.map { equation in
          Equation(
            result: equation.result,
            symbol: equation.symbol,
            terms: equation.terms.map {
              $0.map {
                Factor(
                  signal: $0.signal,
                  symbol: $0.symbol,
                  isBefore: $0.isBefore,
                  function: $0.function.rawValue
                )
              }
            }
          )
        }
      )
    }
  }

  private static func text(_ values: [Float]) -> String {
    Base64Text.encoded(
      values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) }
      }
    )
  }
}

/// A page on which one example can be followed through a recurrent network, step by step.
///
/// It shows the input, the answer after every step, what the answer depended on, every gate and state of
/// every unit, and the arithmetic of one unit. All numbers stand in the page as they are, and the page
/// needs nothing but itself: no network, no other file.
public struct ExplanationPage: Sendable {
  /// What was read.
  public enum Input: Sendable {
    /// A picture of so many columns, with its pixels row by row.
    case image(columns: Int, pixels: [Float])
    /// Numbers, `[time, name]`.
    case series(names: [String], values: [Float])
    /// Parts of a text, one a step.
    case text(tokens: [String])
  }

  /// What the model answers after each step.
  public struct Answers: Sendable {
    /// What answers are.
    public enum Kind: String, Sendable {
      /// Probabilities of classes.
      case probabilities
      /// Numbers.
      case numbers
    }

    /// What they are.
    public let kind: Kind
    /// What each output is called.
    public let names: [String]
    /// The answers, `[time, output]`.
    public let values: [Float]
    /// The class that would be right, if that is known.
    public let truth: Int?

    /// Takes the answers after each step, `[time, output]`.
    public init(_ kind: Kind, names: [String], values: [Float], truth: Int? = nil) {
      (self.kind, self.names, self.values, self.truth) = (kind, names, values, truth)
    }
  }

  /// How much each part of the input mattered, by one way of telling.
  public struct Attribution: Sendable {
    /// What the way is called.
    public let name: String
    /// What its numbers are, in a sentence or two.
    public let note: String
    /// A number for each number of the input, in its order; nil where there is only one a step.
    public let values: [Float]?
    /// A number for each step; nil where a step is no part of the input by itself.
    public let bySteps: [Float]?

    /// Takes the numbers of one way of telling.
    public init(name: String, note: String, values: [Float]?, bySteps: [Float]?) {
      (self.name, self.note, self.values, self.bySteps) = (name, note, values, bySteps)
    }
  }

  /// One gate or state at every step.
  public struct Signal: Sendable {
    /// What it is called.
    public let name: String
    /// Its numbers, `[time, units]`.
    public let values: [Float]
    /// The least and the greatest number that is told from others by its shade.
    public let range: ClosedRange<Double>

    /// Takes the numbers of a gate or state, `[time, units]`.
    public init(name: String, values: [Float], range: ClosedRange<Double>) {
      (self.name, self.values, self.range) = (name, values, range)
    }
  }

  /// One direction of a layer.
  public struct Layer: Sendable {
    /// The name of its parameters, such as "lstm_l0".
    public let name: String
    /// What it is called on the page.
    public let title: String
    /// Whether it reads from the end to the beginning.
    public let isReversed: Bool
    /// The number of its units.
    public let units: Int
    /// The gates.
    public let gates: [Signal]
    /// The parts of the state, the one that is carried along last.
    public let states: [Signal]
    /// The parts of the state before the first step, if they are not zero.
    public let initial: [String: [Float]]
    /// How gates come about.
    public let sums: [GateSum]
    /// How a unit's state comes about.
    public let equations: [UnitEquation]

    /// Takes what is to be shown of a layer.
    public init(
      name: String,
      title: String,
      isReversed: Bool,
      units: Int,
      gates: [Signal],
      states: [Signal],
      initial: [String: [Float]] = [:],
      sums: [GateSum] = [],
      equations: [UnitEquation] = []
    ) {
      (self.name, self.title, self.isReversed, self.units) = (name, title, isReversed, units)
      (self.gates, self.states) = (gates, states)
      (self.initial, self.sums, self.equations) = (initial, sums, equations)
    }
  }

  /// The page's heading.
  public var title: String
  /// What the run is called.
  public var runName: String
  /// What came of it, in a sentence or two.
  public var summary: String
  /// What a step is called, such as "row".
  public var stepNoun: String
  /// The number of steps.
  public var steps: Int
  /// What was read.
  public var input: Input
  /// What is said below the input.
  public var inputNote: String
  /// Where each number that is read lies in the input, step by step; nil where they are read in order.
  public var positions: [Int]?
  /// The answers.
  public var answers: Answers
  /// What mattered.
  public var attributions: [Attribution]
  /// The layers whose gates and states are known.
  public var layers: [Layer]
  /// What else is worth telling, a line each.
  public var remarks: [String]

  /// Takes everything that the page shows.
  public init(
    title: String,
    runName: String,
    summary: String,
    stepNoun: String,
    steps: Int,
    input: Input,
    inputNote: String,
    positions: [Int]? = nil,
    answers: Answers,
    attributions: [Attribution],
    layers: [Layer],
    remarks: [String] = []
  ) {
    (self.title, self.runName, self.summary) = (title, runName, summary)
    (self.stepNoun, self.steps) = (stepNoun, steps)
    (self.input, self.inputNote, self.positions) = (input, inputNote, positions)
    (self.answers, self.attributions, self.layers) = (answers, attributions, layers)
    self.remarks = remarks
  }
}

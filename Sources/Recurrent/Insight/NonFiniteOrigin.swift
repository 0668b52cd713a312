/// Where the first NaN or infinity of a training step comes up.
///
/// All numbers count from 0, those of `description` too: examples as in the data set, layers as in
/// the model, time steps, units, places, rows and columns as in code. Time steps are those that the
/// model's way of reading makes of a sequence.
public struct NonFiniteOrigin: Sendable, Equatable {
  /// What a training step computes, from its first to its last.
  public enum Stage: Sendable, Equatable {
    /// A parameter, before the step.
    case parameter
    /// What the model reads, as augmentation left it.
    case input
    /// A part of a layer's state after a time step, such as "hidden state" or "cell state".
    case state(String)
    /// What a layer gives at a time step; without a time step, after everything was read.
    case output
    /// What the head reads, summed up over the steps.
    case summary
    /// What the head gives.
    case logits
    /// An example's loss; without an example, that of the batch, where each by itself is finite.
    case loss
    /// The gradient that arrives from above at what a layer gives at a time step; without a time
    /// step, at what it gives after everything was read.
    case outputGradient
    /// The gradient that arrives at a part of a layer's state after a time step, from what reads it
    /// in that layer and above.
    case stateGradient(String)
    /// The gradient of a parameter, summed over the batch.
    case parameterGradient
  }

  /// A number that is not finite.
  public enum Value: Sendable, Equatable {
    /// What 0 / 0 gives, equal to nothing.
    case notANumber
    /// More than the largest float.
    case infinity
    /// Less than the least float.
    case negativeInfinity

    /// What a number is that is not finite; nil for one that is.
    public init?(_ number: Double) {
      if number.isFinite { return nil }
      self = number.isNaN ? .notANumber : number > 0 ? .infinity : .negativeInfinity
    }
  }

  /// Which way a layer reads.
  public enum Direction: String, Sendable {
    /// From the first step to the last.
    case forward
    /// From each row's last step to its first.
    case reverse
  }

  /// A recurrent layer of a model.
  public struct Layer: Sendable, Equatable {
    /// Its place in the model.
    public var index: Int
    /// What it is, such as "LSTM", "Residual GRU" or, of a cell of a program's own, the cell's type.
    public var name: String
    /// The direction, where there are two or the only one is from the end.
    public var direction: Direction?

    /// Names a layer.
    public init(index: Int, name: String, direction: Direction? = nil) {
      self.index = index
      self.name = name
      self.direction = direction
    }
  }

  /// An element of a parameter.
  public struct Parameter: Sendable, Equatable {
    /// The parameter's name in the model.
    public var name: String
    /// The element's indices, one for each axis: the row and the column of a matrix.
    public var indices: [Int]

    /// Names an element of a parameter.
    public init(name: String, indices: [Int]) {
      self.name = name
      self.indices = indices
    }
  }

  /// What the number is.
  public var stage: Stage
  /// The number itself.
  public var value: Value
  /// The recurrent layer, where it belongs to one.
  public var layer: Layer?
  /// The parameter and the element of it, where it is one.
  public var parameter: Parameter?
  /// The unit; the feature of an input or a summary, the class of a logit.
  public var unit: Int?
  /// The place within the time step, where a layer is swept over a grid.
  public var place: Int?
  /// The time step.
  public var step: Int?
  /// The number of time steps of the example.
  public var steps: Int?
  /// The example's index in its data set.
  public var example: Int?

  /// Creates an origin from what is known of it.
  public init(
    stage: Stage,
    value: Value,
    layer: Layer? = nil,
    parameter: Parameter? = nil,
    unit: Int? = nil,
    place: Int? = nil,
    step: Int? = nil,
    steps: Int? = nil,
    example: Int? = nil
  ) {
    self.stage = stage
    self.value = value
    self.layer = layer
    self.parameter = parameter
    self.unit = unit
    self.place = place
    self.step = step
    self.steps = steps
    self.example = example
  }
}

extension NonFiniteOrigin: CustomStringConvertible {
  /// One line, such as "layer 1 (LSTM, reverse), unit 17, time step 5 of 28, example 20481: the cell
  /// state became infinite (counted from 0)".
  public var description: String {
    let parts = [
      parameter?.text,
      layer?.text,
      unit.map { "\(unitName) \($0)" },
      place.map { "place \($0)" },
      step.map { step in "time step \(step)" + (steps.map { " of \($0)" } ?? "") },
      example.map { "example \($0)" },
    ].compactMap(\.self)
    let place = parts.isEmpty ? "the batch" : parts.joined(separator: ", ")
    return "\(place): \(event) \(value.text)\(parts.isEmpty ? "" : " (counted from 0)")"
  }

  private var unitName: String {
    switch stage {
    case .input, .summary: "feature"
    case .logits: "class"
    default: "unit"
    }
  }

  /// What is not finite, up to the word for its value.
  private var event: String {
    let output = step == nil ? "the final output" : "the output"
    return switch stage {
    case .parameter: "before the step, the parameter is"
    case .input: "the input is"
    case .state(let name): "the \(name) became"
    case .output: "\(output) became"
    case .summary: "what the head reads became"
    case .logits: "the logit became"
    case .loss: "the loss became"
    case .outputGradient: "the gradient that arrives at \(output) became"
    case .stateGradient(let name): "the gradient that arrives at the \(name) became"
    case .parameterGradient: "the gradient became"
    }
  }
}

extension NonFiniteOrigin.Value {
  fileprivate var text: String {
    switch self {
    case .notANumber: "NaN"
    case .infinity: "infinite"
    case .negativeInfinity: "minus infinity"
    }
  }
}

extension NonFiniteOrigin.Layer {
  fileprivate var text: String {
    "layer \(index) (\(name)\(direction.map { ", \($0.rawValue)" } ?? ""))"
  }
}

extension NonFiniteOrigin.Parameter {
  fileprivate var text: String {
    switch indices.count {
    case 0: "parameter \(name)"
    case 1: "parameter \(name), element \(indices[0])"
    case 2: "parameter \(name), row \(indices[0]), column \(indices[1])"
    default: "parameter \(name), element \(indices)"
    }
  }
}

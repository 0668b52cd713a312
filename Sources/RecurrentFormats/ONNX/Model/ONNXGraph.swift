/// What an ONNX model computes: operations by name, from inputs and stored arrays to outputs.
public struct ONNXGraph: Sendable, Equatable {
  /// A value that the graph is given or gives, with its type.
  public struct Value: Sendable, Equatable {
    /// An extent: a number, a name for one that is not fixed, or nothing.
    public enum Extent: Sendable, Equatable {
      /// A fixed number.
      case fixed(Int)
      /// Any number; equal names have equal numbers.
      case named(String)
      /// Any number.
      case unknown
    }

    /// The name of the value in the graph.
    public var name: String
    /// What its elements are.
    public var type: ONNXArray.ElementType
    /// Its extents; nil if even their number is not known.
    public var shape: [Extent]?

    /// Creates a value's description.
    public init(_ name: String, _ type: ONNXArray.ElementType, _ shape: [Extent]?) {
      (self.name, self.type, self.shape) = (name, type, shape)
    }
  }

  /// One operation.
  public struct Node: Sendable, Equatable {
    /// A setting of an operation.
    public enum Attribute: Sendable, Equatable {
      /// A number.
      case float(Float)
      /// A whole number.
      case integer(Int)
      /// A text.
      case text(String)
      /// An array.
      case array(ONNXArray)
      /// A graph within the graph.
      case graph(ONNXGraph)
      /// Numbers.
      case floats([Float])
      /// Whole numbers.
      case integers([Int])
      /// Texts.
      case texts([String])
    }

    /// The operation's name, such as "LSTM".
    public var operation: String
    /// The names of what it reads; an empty one is an input that is left out.
    public var inputs: [String]
    /// The names of what it gives; an empty one is an output that nobody reads.
    public var outputs: [String]
    /// The settings by name.
    public var attributes: [String: Attribute]

    /// Creates an operation.
    public init(
      _ operation: String,
      _ inputs: [String],
      _ outputs: [String],
      _ attributes: [String: Attribute] = [:]
    ) {
      self.operation = operation
      self.inputs = inputs
      self.outputs = outputs
      self.attributes = attributes
    }
  }

  /// The graph's name.
  public var name: String
  /// What the graph is given; one of the name of a stored array may be left out.
  public var inputs: [Value] = []
  /// What the graph gives.
  public var outputs: [Value] = []
  /// The operations, each after those whose outputs it reads.
  public var nodes: [Node] = []
  /// The stored arrays by name.
  public var arrays: [String: ONNXArray] = [:]

  /// Creates an empty graph.
  public init(name: String) { self.name = name }

  /// The inputs that have no stored array to stand for them.
  public var requiredInputs: [Value] { inputs.filter { arrays[$0.name] == nil } }
}

extension ONNXGraph.Node {
  /// The whole number set under a name.
  func integer(_ name: String) -> Int? {
    if case .integer(let value)? = attributes[name] { value } else { nil }
  }

  /// The whole numbers set under a name.
  func integers(_ name: String) -> [Int]? {
    if case .integers(let values)? = attributes[name] { values } else { nil }
  }

  /// The number set under a name.
  func float(_ name: String) -> Float? {
    if case .float(let value)? = attributes[name] { value } else { nil }
  }

  /// The text set under a name.
  func text(_ name: String) -> String? {
    if case .text(let value)? = attributes[name] { value } else { nil }
  }

  /// The texts set under a name.
  func texts(_ name: String) -> [String]? {
    if case .texts(let values)? = attributes[name] { values } else { nil }
  }

  /// The array set under a name.
  func array(_ name: String) -> ONNXArray? {
    if case .array(let value)? = attributes[name] { value } else { nil }
  }

  /// The graph set under a name.
  func graph(_ name: String) -> ONNXGraph? {
    if case .graph(let value)? = attributes[name] { value } else { nil }
  }

  /// The name of an input, nil where it is left out.
  func input(_ index: Int) -> String? {
    index < inputs.count && !inputs[index].isEmpty ? inputs[index] : nil
  }
}

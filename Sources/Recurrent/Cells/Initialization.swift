/// Where a model's starting values come from.
public enum Initialization: Sendable, Hashable {
  /// Glorot uniform input weights, an orthogonal recurrent matrix for each gate, zero biases.
  case recommended
  /// PyTorch: everything uniform between ±1/√hidden, the head's between ±1/√inputs.
  case torch
  /// Keras: Glorot uniform input weights, one orthogonal matrix over all gates, zero biases.
  case keras
  /// TensorFlow 1's BasicLSTMCell: Glorot uniform over [input + hidden, gates * hidden], zero
  /// biases; the head and its bias normal with standard deviation 1, as in the classic notebook.
  case notebook
  /// Normal with standard deviation √(2 / inputs), for rectified units; zero biases.
  ///
  /// K. He et al., "Delving deep into rectifiers", 2015.
  case he
  /// The identity as recurrent matrix of every gate, other weights normal with standard deviation
  /// 0.001, zero biases: a rectified network that keeps its state until it learns otherwise.
  ///
  /// Q. V. Le, N. Jaitly, G. E. Hinton, "A simple way to initialize recurrent networks of rectified
  /// linear units", 2015.
  case identity
  /// As recommended, but the gates' biases make units forget over times from 1 step to `memory`.
  ///
  /// The bias of the gate that keeps the state is log U, with U uniform between 1 and `memory` - 1;
  /// that of the gate that lets the input in is the negative. Cells without such gates begin as
  /// recommended.
  ///
  /// C. Tallec, Y. Ollivier, "Can recurrent neural networks warp time?", 2018, equation 16.
  case chrono(memory: Int)

  /// The cases that are named without a number.
  public static let named: [Initialization] = [
    .recommended, .torch, .keras, .notebook, .he, .identity,
  ]

  /// Whether the biases of gates that keep the state are decided, so that nothing is added to them.
  var decidesForgetBias: Bool {
    if case .chrono = self { true } else { false }
  }
}

extension Initialization: RawRepresentable, Codable {
  /// The name, such as "keras", or "chrono:784" for a memory of 784 steps.
  public var rawValue: String {
    switch self {
    case .recommended: "recommended"
    case .torch: "torch"
    case .keras: "keras"
    case .notebook: "notebook"
    case .he: "he"
    case .identity: "identity"
    case .chrono(let memory): "chrono:\(memory)"
    }
  }

  /// The initialization of this name; a memory is at least 2 steps.
  public init?(rawValue: String) {
    if let found = Self.named.first(where: { $0.rawValue == rawValue }) {
      self = found
      return
    }
    let parts = rawValue.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, parts[0] == "chrono", parts[1].allSatisfy(\.isWholeNumber),
      let memory = Int(parts[1]), memory >= 2
    else { return nil }
    self = .chrono(memory: memory)
  }
}

extension Initialization {
  /// Returns starting values for a recurrent cell.
  ///
  /// `recurrentSize` is the number of features of the hidden state where it is not that of the
  /// hidden units: a projection's, or 0 where there is no recurrent matrix. A gate that keeps the
  /// state when it is open, and one that lets the input in, are named by their place among the gates.
  ///
  /// - Precondition: The other sizes are at least 1.
  func weights(
    gates: Int,
    inputSize: Int,
    hiddenSize: Int,
    recurrentSize: Int? = nil,
    forgetGate: Int? = nil,
    inputGate: Int? = nil,
    from stream: inout RandomStream
  ) -> RecurrentWeights {
    let recurrentSize = recurrentSize ?? hiddenSize
    require(
      inputSize > 0 && hiddenSize > 0 && recurrentSize >= 0,
      "a recurrent cell needs sizes of at least 1, got input \(inputSize), hidden \(hiddenSize)"
    )
    let rows = gates * hiddenSize
    var bias = Initializer.constant(0)
    let input: Tensor
    let recurrent: Tensor
    switch self {
    case .recommended, .chrono:
      let glorot = Initializer.glorotUniform(inputs: inputSize, outputs: hiddenSize)
      input = glorot.tensor([rows, inputSize], from: &stream)
      recurrent = Initializer.orthogonal()
        .tensor(ofGates: gates, [hiddenSize, recurrentSize], from: &stream)
    case .keras:
      let glorot = Initializer.glorotUniform(inputs: inputSize, outputs: rows)
      input = glorot.tensor([rows, inputSize], from: &stream)
      recurrent = Initializer.orthogonal().tensor([rows, recurrentSize], from: &stream)
    case .torch:
      bias = .torchUniform(inputs: hiddenSize)
      input = bias.tensor([rows, inputSize], from: &stream)
      recurrent = bias.tensor([rows, recurrentSize], from: &stream)
    case .notebook:
      let glorot = Initializer.glorotUniform(inputs: inputSize + recurrentSize, outputs: rows)
      input = glorot.tensor([rows, inputSize], from: &stream)
      recurrent = glorot.tensor([rows, recurrentSize], from: &stream)
    case .he:
      input = Initializer.heNormal(inputs: inputSize).tensor([rows, inputSize], from: &stream)
      recurrent = Initializer.heNormal(inputs: max(recurrentSize, 1))
        .tensor([rows, recurrentSize], from: &stream)
    case .identity:
      input = Initializer.normal(standardDeviation: 0.001)
        .tensor([rows, inputSize], from: &stream)
      recurrent = Initializer.identity()
        .tensor(ofGates: gates, [hiddenSize, recurrentSize], from: &stream)
    }
    var biases = bias.tensor([rows], from: &stream)
    if case .chrono(let memory) = self, let forgetGate {
      require(memory >= 2, "a memory has at least 2 steps, got \(memory)")
      for unit in 0..<hiddenSize {
        let time = 1 + Double(memory - 2) * Double(stream.nextUniform())
        let value = Float(RandomStream.naturalLogarithm(time))
        biases[forgetGate * hiddenSize + unit] = value
        if let inputGate { biases[inputGate * hiddenSize + unit] = -value }
      }
    }
    return RecurrentWeights(input: input, recurrent: recurrent, bias: biases, gates: gates)
  }

  /// Returns starting values for an LSTM's projection, `[projection, hidden]`.
  func projection(
    from hiddenSize: Int,
    to projectionSize: Int,
    from stream: inout RandomStream
  ) -> Tensor {
    let initializer =
      self == .torch
      ? Initializer.uniform(bound: 1 / Float(hiddenSize).squareRoot())
      : .glorotUniform(inputs: hiddenSize, outputs: projectionSize)
    return initializer.tensor([projectionSize, hiddenSize], from: &stream)
  }

  /// Returns starting values for a GRU's inner bias, `[hidden]`.
  func innerBias(hiddenSize: Int, from stream: inout RandomStream) -> Tensor {
    let initializer =
      self == .torch
      ? Initializer.uniform(bound: 1 / Float(hiddenSize).squareRoot()) : .constant(0)
    return initializer.tensor([hiddenSize], from: &stream)
  }

  /// Returns starting values for a dense layer: the weight `[outputs, inputs]` and the bias.
  func denseWeights(
    inputSize: Int,
    outputSize: Int,
    from stream: inout RandomStream
  ) -> (weight: Tensor, bias: Tensor) {
    let weight: Initializer
    var bias = Initializer.constant(0)
    switch self {
    case .recommended, .keras, .chrono:
      weight = .glorotUniform(inputs: inputSize, outputs: outputSize)
    case .torch:
      weight = .torchUniform(inputs: inputSize)
      bias = weight
    case .notebook:
      weight = .normal(standardDeviation: 1)
      bias = weight
    case .he:
      weight = .heNormal(inputs: inputSize)
    case .identity:
      weight = .normal(standardDeviation: 0.001)
    }
    return (
      weight.tensor([outputSize, inputSize], from: &stream),
      bias.tensor([outputSize], from: &stream)
    )
  }
}

extension Initializer {
  /// Returns a tensor for each of several gates, one after another along the first axis.
  fileprivate func tensor(
    ofGates gates: Int,
    _ shape: Shape,
    from stream: inout RandomStream
  ) -> Tensor {
    .concatenated((0..<gates).map { _ in tensor(shape, from: &stream) }, along: 0)
  }
}

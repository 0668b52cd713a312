import Recurrent

/// A training step of an LSTM or of a cell of one's own, through the tape, or of the fused layer.
///
/// All are of one size, so that times tell what the tape costs.
struct TapeTask: BenchTask {
  /// What is trained.
  enum Subject: String, CaseIterable {
    /// The built-in layer, which the others are compared with.
    case fusedLSTM = "fused LSTM"
    /// The built-in cell, in a recurrence.
    case lstmCell = "LSTMCell on tape"
    /// An LSTM as a program writes it, in tensor operations.
    case writtenLSTM = "own LSTM on tape"
    /// The cell of the example OwnCell.
    case forgettingCell = "own cell on tape"
  }

  /// The classes of the head, as many as there are digits.
  private static let classes = 10

  let subject: Subject
  let sizes: BenchShape
  let threads: Int

  var name: String { subject.rawValue }
  var shape: String { sizes.text }

  var operations: Double {
    let layer = OperationCount.Layer(
      gates: subject == .forgettingCell ? 2 : 4,
      inputSize: sizes.input,
      hiddenSize: sizes.hidden
    )
    return OperationCount(layers: [layer], batch: sizes.batch, steps: sizes.steps).training
  }

  func prepared() throws -> () throws -> Void {
    var stream = RandomStream(seed: 1, purpose: .initialisation)
    let (input, hidden) = (sizes.input, sizes.hidden)
    switch subject {
    case .fusedLSTM:
      return training(
        SequenceModel.lstm(
          inputSize: input,
          hiddenSize: hidden,
          classes: Self.classes,
          initialization: .torch,
          seed: 1
        )
      )
    case .lstmCell:
      let cell = LSTMCell(
        inputSize: input,
        hiddenSize: hidden,
        initialization: .torch,
        using: &stream
      )
      return training(classifier(cell, &stream))
    case .writtenLSTM:
      let cell = WrittenLSTM(inputSize: input, hiddenSize: hidden, using: &stream)
      return training(classifier(cell, &stream))
    case .forgettingCell:
      let cell = ForgettingCell(inputSize: input, hiddenSize: hidden, using: &stream)
      return training(classifier(cell, &stream))
    }
  }

  private func classifier<OwnCell: Cell>(
    _ cell: OwnCell,
    _ stream: inout RandomStream
  ) -> RecurrenceClassifier<OwnCell> {
    RecurrenceClassifier(
      layer: Recurrence(cell),
      head: Dense(inputSize: sizes.hidden, outputSize: Self.classes, using: &stream)
    )
  }

  private func training(_ model: some SequenceClassifier) -> () throws -> Void {
    let trainer = Trainer(
      model,
      optimizer: GradientDescent(learningRate: 0.001),
      options: TrainingOptions(batchSize: sizes.batch, threads: threads)
    )
    let data = SequenceDataset.withoutPattern(sizes, classes: Self.classes)
    return { try trainer.trainBatch(on: data, at: 0..<data.count) }
  }
}

/// A cell over a sequence, and a head that reads its last output, as in the example OwnCell.
private struct RecurrenceClassifier<OwnCell: Cell>: SequenceClassifier {
  var layer: Recurrence<OwnCell>
  var head: Dense

  func callAsFunction(_ input: Tensor) -> Tensor {
    let output = layer(input).output
    return head(output.slice(at: output.shape[1] - 1, along: 1))
  }

  mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try layer.visitParameters { try visit("layer.\($0)", &$1) }
    try head.visitParameters { try visit("head.\($0)", &$1) }
  }
}

/// An LSTM in the words of a program: one dense layer whose outputs are the four gates.
private struct WrittenLSTM: Cell {
  var gates: Dense
  let inputSize: Int
  let hiddenSize: Int

  init(inputSize: Int, hiddenSize: Int, using stream: inout RandomStream) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    gates = Dense(
      inputSize: inputSize + hiddenSize,
      outputSize: 4 * hiddenSize,
      initialization: .torch,
      using: &stream
    )
  }

  func zeroState(batch: Int) -> (h: Tensor, c: Tensor) {
    (.zeros([batch, hiddenSize]), .zeros([batch, hiddenSize]))
  }

  func callAsFunction(
    _ x: Tensor,
    state: (h: Tensor, c: Tensor)
  ) -> (output: Tensor, state: (h: Tensor, c: Tensor)) {
    let z = gates(.concatenated([x, state.h], along: 1)).split(into: 4, along: 1)
    let c = sigmoid(z[1]) * state.c + sigmoid(z[0]) * tanh(z[2])
    let h = sigmoid(z[3]) * tanh(c)
    return (h, (h, c))
  }

  mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try gates.visitParameters { try visit("gates.\($0)", &$1) }
  }
}

/// The cell of the example OwnCell: one gate says how much of the old state stays.
struct ForgettingCell: Cell {
  var gate: Dense
  var candidate: Dense
  let inputSize: Int
  let hiddenSize: Int

  init(inputSize: Int, hiddenSize: Int, using stream: inout RandomStream) {
    self.inputSize = inputSize
    self.hiddenSize = hiddenSize
    let size = inputSize + hiddenSize
    gate = Dense(inputSize: size, outputSize: hiddenSize, using: &stream)
    candidate = Dense(inputSize: size, outputSize: hiddenSize, using: &stream)
  }

  func zeroState(batch: Int) -> Tensor { .zeros([batch, hiddenSize]) }

  func callAsFunction(_ x: Tensor, state h: Tensor) -> (output: Tensor, state: Tensor) {
    let xh = Tensor.concatenated([x, h], along: 1)
    let f = sigmoid(gate(xh))
    let new = f * h + (1 - f) * tanh(candidate(xh))
    return (new, new)
  }

  mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try gate.visitParameters { try visit("gate.\($0)", &$1) }
    try candidate.visitParameters { try visit("candidate.\($0)", &$1) }
  }
}

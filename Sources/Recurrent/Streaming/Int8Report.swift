/// What a model loses when its weights are kept in 8 bits.
///
/// Both ways of keeping them read the same examples step by step, and their answers are compared one by
/// one.
public struct Int8Report: Sendable, Equatable {
  /// A matrix, and how far its rounded weights are from its own.
  public struct Matrix: Sendable, Equatable {
    /// The parameter's name, such as "layers.0.weight_hh".
    public let name: String
    /// The number of rows, each of which has a scale.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The root of the mean square of what rounding changed, over that of the weights; 0 for a matrix
    /// of zeros.
    public let relativeError: Double
  }

  /// How the answers with weights as they were trained compare with what is right.
  public private(set) var float32 = AnswerComparison()
  /// The same of the answers with weights in 8 bits.
  public private(set) var int8 = AnswerComparison()
  /// The number of answers that tell another class; 0 where numbers are answered.
  public private(set) var changedCount = 0
  /// The number of answers that are right with weights as they were and wrong with those in 8 bits.
  public private(set) var lostCount = 0
  /// The number of answers that are wrong with weights as they were and right with those in 8 bits.
  public private(set) var gainedCount = 0
  /// The largest difference of two numbers answered, of classes of two logits.
  public private(set) var largestDifference: Float = 0
  /// The bytes of the matrices as they were.
  public let float32ByteCount: Int
  /// The bytes of the matrices in 8 bits, with their scales.
  public let int8ByteCount: Int
  /// The matrices, in the order in which the model visits them.
  public let matrices: [Matrix]

  /// Reads the examples of a data set with both.
  ///
  /// Windows of a stream are read one after another, with the states carried between them.
  ///
  /// - Throws: `StreamingError` if the model cannot run step by step.
  /// - Precondition: The data set has the features that the model reads, and what it answers.
  /// - Complexity: Two steps of the model for each step of the data set, on one thread.
  public init(
    of model: SequenceModel,
    on dataset: SequenceDataset,
    numberLoss: NumberLoss = .squaredError
  ) throws(StreamingError) {
    var plain = StepwiseReader(try StreamingModel(model), answersEachStep: dataset.answersEachStep)
    var rounded = StepwiseReader(
      try StreamingModel(model, weights: .int8),
      answersEachStep: dataset.answersEachStep
    )
    float32ByteCount = plain.model.matrixByteCount
    int8ByteCount = rounded.model.matrixByteCount
    matrices = model.parameters.compactMap { Matrix(rounding: $0.value, named: $0.name) }
    require(
      dataset.features == plain.model.inputSize
        && dataset.outputNames.count == plain.model.outputSize,
      """
      a model that reads \(plain.model.inputSize) features and answers \(plain.model.outputSize) \
      numbers cannot read a data set of \(dataset.features) and \(dataset.outputNames.count)
      """
    )
    let loss = AnswerLoss(numbers: numberLoss)
    let together = dataset.stream?.lanes ?? StepwiseReader.usualRows
    for range in (0..<dataset.count).split(by: together) {
      let before = plain.answers(to: dataset, range)
      let after = rounded.answers(to: dataset, range)
      let indices = Array(range)[...]
      float32.add(loss.compared(before, with: dataset, indices))
      int8.add(loss.compared(after, with: dataset, indices))
      compare(before, after, labels: dataset.answersAreClasses ? dataset.labels(at: range) : [])
    }
  }

  private mutating func compare(_ before: Tensor, _ after: Tensor, labels: [Int]) {
    unsafe before.withUnsafeElements { before in
      unsafe after.withUnsafeElements { after in
        for index in before.indices {
          let difference = unsafe abs(before[index] - after[index])
          if !(difference <= largestDifference) { largestDifference = difference }
        }
        guard !labels.isEmpty, let first = before.baseAddress, let second = after.baseAddress
        else { return }
        let classes = before.count / labels.count
        for (row, label) in labels.enumerated() where label >= 0 {
          let was = unsafe indexOfLargest(first + row * classes, count: classes)
          let now = unsafe indexOfLargest(second + row * classes, count: classes)
          if was != now { changedCount += 1 }
          if was == label && now != label { lostCount += 1 }
          if was != label && now == label { gainedCount += 1 }
        }
      }
    }
  }
}

extension Int8Report.Matrix {
  /// Measures what rounding does to a parameter; nil for one that is no matrix and stays as it is.
  fileprivate init?(rounding parameter: Tensor, named name: String) {
    guard parameter.shape.rank == 2 else { return nil }
    self.name = name
    (rows, columns) = (parameter.shape[0], parameter.shape[1])
    let elements = parameter.elements
    var (changed, all) = (0.0, 0.0)
    for start in stride(from: 0, to: elements.count, by: columns) {
      let row = elements[start..<start + columns]
      let scale = (row.map(abs).max() ?? 0) / 127
      for weight in row {
        let rounded = scale > 0 ? (weight / scale).rounded(.toNearestOrEven) * scale : 0
        changed += Double(weight - rounded) * Double(weight - rounded)
        all += Double(weight) * Double(weight)
      }
    }
    relativeError = all > 0 ? (changed / all).squareRoot() : 0
  }
}

extension AnswerLoss {
  /// What compares answers about the examples at `indices`.
  fileprivate func compared(
    _ answers: Tensor,
    with dataset: SequenceDataset,
    _ indices: ArraySlice<Int>
  ) -> AnswerComparison {
    let (sum, correct) = compare(answers, with: dataset, indices)
    var comparison = AnswerComparison()
    comparison.count = dataset.answerCount(at: indices)
    comparison.lossSum = Double(sum.scalar)
    comparison.correct = correct
    return comparison
  }
}

/// Reads examples of a data set step by step, many beside one another.
private struct StepwiseReader: ~Copyable {
  /// How many examples that do not go on with one another are read together.
  static let usualRows = 32

  let model: StreamingModel
  private let answersEachStep: Bool
  private var batch: StreamBatch
  /// The states of the lanes of a stream.
  private var states: [StreamingModel.State] = []

  init(_ model: StreamingModel, answersEachStep: Bool) {
    self.model = model
    self.answersEachStep = answersEachStep
    batch = StreamBatch(model, capacity: Self.usualRows)
  }

  /// The answers about examples, `[example, output]` or `[example, time, output]` with zeros past the
  /// ends.
  mutating func answers(to dataset: SequenceDataset, _ range: Range<Int>) -> Tensor {
    let (steps, outputs) = (dataset.steps, model.outputSize)
    let rows = range.map { dataset.values(ofExample: $0) }
    let lengths = range.map { dataset.length(ofExample: $0) }
    var states = range.enumerated().map { row, example in
      let goesOn = dataset.stream.map { !$0.beginnings[example] } ?? false
      return goesOn ? self.states[row] : model.makeState()
    }
    let shape: Shape = answersEachStep ? [range.count, steps, outputs] : [range.count, outputs]
    var answers = [Float](repeating: 0, count: shape.count)
    for step in 0..<(lengths.max() ?? 0) {
      let running = rows.indices.filter { lengths[$0] > step }
      var own = running.map { states[$0] }
      let place = step * model.inputSize
      let inputs = running.flatMap { rows[$0][place..<place + model.inputSize] }
      var result = [Float](repeating: 0, count: running.count * outputs)
      batch.step(inputs, states: &own, outputs: &result)
      for (number, row) in running.enumerated() {
        states[row] = own[number]
        let target = (answersEachStep ? row * steps + step : row) * outputs
        for output in 0..<outputs { answers[target + output] = result[number * outputs + output] }
      }
    }
    if dataset.stream != nil { self.states = states }
    return Tensor(answers, shape: shape)
  }
}

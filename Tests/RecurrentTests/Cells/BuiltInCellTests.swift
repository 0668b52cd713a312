import Recurrent
import RecurrentTestSupport
import Testing

/// What holds for every built-in cell in every variation.
struct BuiltInCellTests {
  // Activations are good to 2 ulp and sums are short, over four steps.
  @Test(arguments: CellCase.all, [false, true])
  func `outputs and states follow the equations`(test: CellCase, hasMask: Bool) {
    let (input, states, mask) = test.tensors()
    let got = test.cell.results(input, states, mask: hasMask ? mask : nil)
    let want = test.referenceResults(
      input.doubles,
      states.map(\.doubles),
      test.cell.parameters.map(\.value.doubles),
      mask: hasMask ? mask.doubles : nil
    )
    #expect(got.count == want.count)
    for (got, want) in zip(got, want) {
      #expect(mismatch(got.elements, want, tolerance: 2e-6) == nil)
    }
  }

  @Test(arguments: CellCase.all, [false, true])
  func `every gradient follows the equations`(test: CellCase, hasMask: Bool) {
    let (input, states, mask) = test.tensors()
    let fixed = [input] + states + (hasMask ? [mask] : [])
    let parts = states.count
    let all = fixed + test.cell.parameters.map(\.value)
    // An sLSTM's cell and normaliser are known up to its stabiliser, through which no gradient
    // flows: only the hidden state takes part.
    let counted = test.differentiatesState ? parts : 1
    var numbers = SeededNumbers(4)
    let weights = (test.cell.results(input, states).prefix(1 + counted)).map {
      numbers.tensor($0.shape)
    }
    let gradient = valueWithGradient(at: all) { tensors in
      let results = test.cell.with(parameters: Array(tensors[fixed.count...])).results(
        tensors[0],
        Array(tensors[1...parts]),
        mask: hasMask ? tensors[1 + parts] : nil
      )
      return zip(results, weights).map { ($0 * $1).sum() }.reduce(Tensor(0)) { $0 + $1 }
    }.gradient
    let names =
      ["input"] + (0..<parts).map { "state \($0)" } + (hasMask ? ["mask"] : [])
      + test.cell.parameters.map(\.name)
    let problems = gradientMismatches(
      gradient.tensors.map(\.elements),
      names: names,
      at: all.map(\.elements)
    ) { point in
      let results = test.referenceResults(
        point[0],
        Array(point[1...parts]),
        Array(point[fixed.count...]),
        mask: hasMask ? point[1 + parts] : nil
      )
      return zip(results, weights).reduce(0) { sum, pair in
        zip(pair.0, pair.1.doubles).reduce(sum) { $0 + $1.0 * $1.1 }
      }
    }
    #expect(problems == [])
  }

  @Test(arguments: CellCase.all)
  func `a missing state equals a zero state`(test: CellCase) {
    let (input, states, _) = test.tensors()
    let zeros = test.cell.zeroTensors(batch: CellCase.batch)
    #expect(zeros.map(\.shape) == states.map(\.shape))
    for zero in zeros { #expect(zero == .zeros(zero.shape)) }
    let missing = test.cell.resultsWithoutState(input)
    let given = test.cell.results(input, zeros)
    for (missing, given) in zip(missing, given) {
      #expect(haveSameBits(missing.elements, given.elements))
    }
    let want = test.referenceResults(
      input.doubles,
      zeros.map(\.doubles),
      test.cell.parameters.map(\.value.doubles)
    )
    for (given, want) in zip(given, want) {
      #expect(mismatch(given.elements, want, tolerance: 2e-6) == nil)
    }
  }

  @Test(arguments: CellCase.all)
  func `no mask is a mask of ones`(test: CellCase) {
    let (input, states, mask) = test.tensors()
    let ones = Tensor(repeating: 1, shape: mask.shape)
    let masked = test.cell.results(input, states, mask: ones)
    for (masked, plain) in zip(masked, test.cell.results(input, states)) {
      #expect(haveSameBits(masked.elements, plain.elements))
    }
  }

  @Test(arguments: CellCase.recurrent)
  func `a mask of zeros silences the recurrent weights`(test: CellCase) {
    let (input, states, mask) = test.tensors()
    let step = input.slice(0..<1, along: 1)
    let silenced = test.cell.parameters.map { name, value in
      // The last block of the long expressive memory's matrix multiplies the new memory.
      guard name == "weight_hh" else { return value }
      var silenced = Tensor.zeros(value.shape)
      guard test.cell is LEMCell else { return silenced }
      for row in 3 * value.shape[0] / 4..<value.shape[0] {
        for column in 0..<value.shape[1] { silenced[row, column] = value[row, column] }
      }
      return silenced
    }
    let masked = test.cell.results(step, states, mask: .zeros(mask.shape))
    let without = test.cell.with(parameters: silenced).results(step, states)
    for (masked, without) in zip(masked, without) { #expect(masked == without) }
  }

  @Test(arguments: CellCase.linear)
  func `a mask does nothing where there is no recurrent weight`(test: CellCase) {
    let (input, states, mask) = test.tensors()
    let masked = test.cell.results(input, states, mask: mask)
    for (masked, plain) in zip(masked, test.cell.results(input, states)) {
      #expect(masked == plain)
    }
  }

  @Test(arguments: CellCase.all)
  func `sizes are known, and names can carry a suffix`(test: CellCase) {
    #expect(test.cell.inputSize == CellCase.inputSize)
    #expect(test.cell.hiddenSize == CellCase.hiddenSize)
    #expect(test.cell.outputSize == test.cell.zeroTensors(batch: 1)[0].shape[1])
    var names: [String] = []
    var copy = test.cell
    copy.visitParameters(suffix: "_l7") { name, _ in names.append(name) }
    #expect(names == test.cell.parameters.map { $0.name + "_l7" })
  }

  @Test(arguments: [Initialization.recommended, .keras, .torch, .notebook])
  func `every cell can be drawn by every initialisation`(initialization: Initialization) {
    var stream = RandomStream(seed: 5, purpose: .testing)
    let options = LSTMCell.Options(isPeephole: true, normalizesLayers: true, projectionSize: 2)
    let cells: [any BuiltInCell] = [
      RNNCell(inputSize: 3, hiddenSize: 4, initialization: initialization, using: &stream),
      LSTMCell(
        inputSize: 3,
        hiddenSize: 4,
        options: options,
        initialization: initialization,
        using: &stream
      ),
      GRUCell(inputSize: 3, hiddenSize: 4, initialization: initialization, using: &stream),
      MinGRUCell(inputSize: 3, hiddenSize: 4, initialization: initialization, using: &stream),
      MinLSTMCell(inputSize: 3, hiddenSize: 4, initialization: initialization, using: &stream),
      IndRNNCell(inputSize: 3, hiddenSize: 4, initialization: initialization, using: &stream),
      LEMCell(inputSize: 3, hiddenSize: 4, initialization: initialization, using: &stream),
      SLSTMCell(inputSize: 3, hiddenSize: 4, initialization: initialization, using: &stream),
    ]
    for cell in cells {
      for (name, value) in cell.parameters {
        let isFinite = value.elements.allSatisfy { $0.isFinite }
        #expect(isFinite, "\(name) of \(type(of: cell))")
        if name.hasPrefix("weight_ih") || name == "weight_hh" || name == "weight_hr" {
          #expect(Set(value.elements).count > value.count / 2, "\(name) of \(type(of: cell))")
        }
      }
    }
  }
}

extension Tensor {
  /// The elements in double precision.
  fileprivate var doubles: [Double] { elements.map(Double.init) }
}

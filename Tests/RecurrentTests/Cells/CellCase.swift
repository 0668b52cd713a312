import Recurrent
import RecurrentTestSupport
import Testing

/// A built-in cell with random parameters, its reference, and what it reads.
struct CellCase: Sendable, CustomTestStringConvertible {
  let name: String
  let cell: any BuiltInCell
  let reference: ReferenceCell
  /// Whether a gradient flows through every part of the final state, not the hidden one alone.
  var differentiatesState = true

  var testDescription: String { name }

  static let inputSize = 3
  static let hiddenSize = 4
  static let batch = 2
  static let steps = 4

  /// Every cell in every variation; of the LSTM's options all sixteen combinations.
  static let all: [CellCase] = recurrent + linear

  /// Those with a recurrent weight, for a mask to act on.
  static let recurrent: [CellCase] =
    [RNNCell.Activation.tanh, .relu].flatMap { activation in
      [
        CellCase(
          name: "RNN \(activation)",
          cell: cell { RNNCell(inputSize: $0, hiddenSize: $1, activation: activation, using: &$2) },
          reference: .rnn(activation)
        ),
        CellCase(
          name: "IndRNN \(activation)",
          cell: cell {
            IndRNNCell(inputSize: $0, hiddenSize: $1, activation: activation, using: &$2)
          },
          reference: .indRNN(activation)
        ),
      ]
    }
    + lstmOptions.map { options in
      CellCase(
        name: "LSTM" + (options.isPeephole ? " peephole" : "")
          + (options.isCoupled ? " coupled" : "")
          + (options.normalizesLayers ? " normalised" : "")
          + (options.projectionSize == nil ? "" : " projected"),
        cell: cell { LSTMCell(inputSize: $0, hiddenSize: $1, options: options, using: &$2) },
        reference: .lstm(options)
      )
    }
    + GRUCell.Convention.allCases.map { convention in
      CellCase(
        name: "GRU \(convention)",
        cell: cell { GRUCell(inputSize: $0, hiddenSize: $1, convention: convention, using: &$2) },
        reference: .gru(convention)
      )
    }
    + [1, 0.25].map { timeStep in
      CellCase(
        name: "LEM, time step \(timeStep)",
        cell: cell { LEMCell(inputSize: $0, hiddenSize: $1, timeStep: timeStep, using: &$2) },
        reference: .lem(timeStep: Double(timeStep))
      )
    }
    + SLSTMCell.ForgetGate.allCases.map { forgetGate in
      CellCase(
        name: "sLSTM, forget gate \(forgetGate)",
        cell: cell {
          SLSTMCell(inputSize: $0, hiddenSize: $1, forgetGate: forgetGate, using: &$2)
        },
        reference: .sLSTM(forgetGate),
        differentiatesState: false
      )
    }

  /// Those whose gates see the input alone.
  static let linear: [CellCase] = [
    CellCase(
      name: "minGRU",
      cell: cell { MinGRUCell(inputSize: $0, hiddenSize: $1, using: &$2) },
      reference: .minGRU
    ),
    CellCase(
      name: "minLSTM",
      cell: cell { MinLSTMCell(inputSize: $0, hiddenSize: $1, using: &$2) },
      reference: .minLSTM
    ),
  ]

  static let lstmOptions = [false, true].flatMap { isPeephole in
    [false, true].flatMap { isCoupled in
      [false, true].flatMap { normalizesLayers in
        [nil, 2].map { projectionSize in
          LSTMCell.Options(
            isPeephole: isPeephole,
            isCoupled: isCoupled,
            normalizesLayers: normalizesLayers,
            projectionSize: projectionSize
          )
        }
      }
    }
  }

  /// A cell of the case's sizes whose parameters are random, all of them.
  private static func cell<Built: BuiltInCell>(
    _ make: (Int, Int, inout RandomStream) -> Built
  ) -> Built {
    var stream = RandomStream(seed: 1, purpose: .testing)
    var cell = make(inputSize, hiddenSize, &stream)
    var numbers = SeededNumbers(2)
    cell.visitParameters { $1 = numbers.tensor($1.shape, in: -0.9...0.9) }
    return cell
  }

  /// The input, the parts of a state and a mask, random.
  ///
  /// An sLSTM's normaliser is positive, and every unit has begun.
  func tensors() -> (input: Tensor, states: [Tensor], mask: Tensor) {
    var numbers = SeededNumbers(3)
    let shapes = cell.zeroTensors(batch: Self.batch).map(\.shape)
    let states = shapes.enumerated().map { part, shape in
      numbers.tensor(shape, in: shapes.count == 4 && part == 2 ? 0.5...1.5 : -1...1)
    }
    return (
      numbers.tensor([Self.batch, Self.steps, Self.inputSize], in: -1.5...1.5),
      states,
      // 0 as well as other numbers, as dropout gives.
      Tensor(
        numbers.floats(shapes[0].count, in: -1...2).map { max($0, 0) },
        shape: shapes[0]
      )
    )
  }

  /// The outputs and final states of the reference, each as one list.
  func referenceResults(
    _ input: [Double],
    _ states: [[Double]],
    _ parameters: [[Double]],
    mask: [Double]? = nil
  ) -> [[Double]] {
    func rows(_ flat: [Double]) -> [[Double]] {
      Reference.rows(flat, of: flat.count / Self.batch)
    }
    let result = reference(
      Reference.sequences(input, steps: Self.steps, features: Self.inputSize),
      states: states.map(rows),
      parameters: ReferenceCell.Parameters(cell.parameters.map(\.name), parameters),
      mask: mask.map(rows)
    )
    return [result.outputs.flatMap { $0.flatMap(\.self) }]
      + result.states.map { $0.flatMap(\.self) }
  }
}

extension BuiltInCell {
  /// The parts of the state before the first step.
  func zeroTensors(batch: Int) -> [Tensor] { zeroState(batch: batch).tensors }

  /// This cell with other parameters, in order.
  func with(parameters: [Tensor]) -> Self {
    var cell = self
    var index = 0
    cell.visitParameters { _, parameter in
      parameter = parameters[index]
      index += 1
    }
    return cell
  }

  /// Every step's output, stacked along axis 1, and the parts of the final state.
  func results(_ input: Tensor, _ states: [Tensor], mask: Tensor? = nil) -> [Tensor] {
    var state = State(tensors: states)
    var outputs: [Tensor] = []
    for step in 0..<input.shape[1] {
      let result = self(input.slice(at: step, along: 1), state: state, hiddenMask: mask)
      outputs.append(result.output)
      state = result.state
    }
    return [.stacked(outputs, along: 1)] + state.tensors
  }

  /// The same from a missing state, by the loop that runs any cell.
  func resultsWithoutState(_ input: Tensor) -> [Tensor] {
    let (output, state) = Recurrence(self)(input)
    return [output] + state.tensors
  }
}

import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

/// Optimizers of PyTorch, TensorFlow 1 and Keras on one sequence of gradients.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct OptimizerSequenceGoldenTests {
  /// An optimizer of the manifest.
  struct Run: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let name: String
    let optimizer: any Optimizer
    var testDescription: String { name }

    init?(_ golden: Golden, _ name: String, _ manifest: Any) {
      let options = (manifest as? [String: Any])?["options"]
      guard let optimizer = GoldenOptions(options)?.optimizer ?? Run.otherFrameworks[name] else {
        Issue.record("\(name) is an optimizer the test does not know")
        return nil
      }
      (self.golden, self.name, self.optimizer) = (golden, name, optimizer)
    }

    // The manifest gives these only equations; the rates and the decay follow from the first step.
    private static let otherFrameworks: [String: any Optimizer] = [
      "tf1_GradientDescent": GradientDescent(learningRate: 0.1),
      "tf1_Momentum": GradientDescent(learningRate: 0.1, momentum: 0.9),
      "tf1_Momentum_nesterov": GradientDescent(
        learningRate: 0.1,
        momentum: 0.9,
        isNesterov: true
      ),
      "tf1_Adam": Adam(learningRate: 0.01, addsEpsilonBeforeCorrection: true),
      "tf1_RMSProp": RMSprop(
        learningRate: 0.005,
        decay: 0.9,
        epsilon: 1e-10,
        addsEpsilonInsideRoot: true,
        initialSquare: 1
      ),
      "tf1_Adagrad": Adagrad(learningRate: 0.1, epsilon: 0, initialSum: 0.1),
      "keras2_SGD_nesterov": GradientDescent(
        learningRate: 0.1,
        momentum: 0.9,
        isNesterov: true
      ),
      "keras2_Adam": Adam(
        learningRate: 0.01,
        epsilon: 1e-7,
        addsEpsilonBeforeCorrection: true
      ),
      "keras2_AdamW": AdamW(
        learningRate: 0.01,
        epsilon: 1e-7,
        weightDecay: 0.1,
        addsEpsilonBeforeCorrection: true
      ),
      "keras2_RMSprop": RMSprop(
        learningRate: 0.005,
        decay: 0.9,
        epsilon: 1e-7,
        addsEpsilonInsideRoot: true
      ),
    ]

    static let all = Golden.all(kind: "C: optimizers on a fixed gradient sequence").flatMap {
      golden in
      (golden.value("runs") as? [String: Any] ?? [:]).sorted { $0.key < $1.key }
        .compactMap { Run(golden, $0.key, $0.value) }
    }
  }

  @Test func `there are runs of all three frameworks`() {
    for prefix in ["torch_", "tf1_", "keras2_"] {
      #expect(Run.all.contains { $0.name.hasPrefix(prefix) })
    }
  }

  @Test(arguments: Run.all)
  func `weights agree after every step`(run: Run) throws {
    let file = run.golden.file
    let gradients = try file.tensor(named: "grads")
    let want = try file.tensor(named: "\(run.name)/w")
    var parameter = try file.tensor(named: "w0")
    var optimizer = run.optimizer
    for step in 0..<gradients.shape[0] {
      optimizer.update(
        &parameter,
        with: Gradient(names: ["value"], tensors: [gradients.slice(at: step, along: 0)])
      )
      let wanted = want.slice(at: step, along: 0).elements
      for (got, want) in zip(parameter.elements, wanted) {
        // The manifest's rule.
        #expect(abs(got - want) <= 2e-6 * (1 + abs(want)), "after step \(step + 1)")
      }
    }
  }
}

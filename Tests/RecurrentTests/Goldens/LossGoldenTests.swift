import Foundation
import Recurrent
import RecurrentTestSupport
import Testing

/// Losses, their gradients, and the clipping of gradients against PyTorch's.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct LossGoldenTests {
  /// A loss of the manifest with its options.
  struct LossCase: Sendable, CustomTestStringConvertible {
    enum Kind: Sendable { case crossEntropy, soft, squared, absolute, huber, binary }

    let golden: Golden
    let name: String
    let kind: Kind
    let reduction: Reduction
    let smoothing: Float
    let delta: Float
    let ignored: Int?
    var testDescription: String { name }

    init?(_ golden: Golden, _ manifest: [String: Any]) {
      guard let name = manifest["name"] as? String,
        let options = manifest["options"] as? [String: Any], let loss = options["loss"] as? String
      else { return nil }
      (self.golden, self.name) = (golden, name)
      switch loss.prefix(while: { $0 != " " }) {
      case "cross_entropy": kind = loss.contains("probability targets") ? .soft : .crossEntropy
      case "mse": kind = .squared
      case "l1": kind = .absolute
      case "huber": kind = .huber
      case "bce_with_logits": kind = .binary
      default:
        Issue.record("\(name) is a loss the test does not know: \(loss)")
        return nil
      }
      switch (options["reduction"] as? String)?.prefix(while: { $0 != " " }) {
      case "sum": reduction = .sum
      case "none": reduction = .none
      default: reduction = .mean
      }
      smoothing = (options["label_smoothing"] as? NSNumber)?.floatValue ?? 0
      delta = (options["delta"] as? NSNumber)?.floatValue ?? 1
      ignored = options["ignore_index"] as? Int
    }

    static let all = Golden.all(kind: "C: losses").flatMap { golden in
      (golden.value("cases") as? [[String: Any]] ?? []).compactMap { LossCase(golden, $0) }
    }

    /// The loss at this input.
    func loss(_ input: Tensor) throws -> Tensor {
      let file = golden.file
      if kind == .crossEntropy {
        let weights = try file.entries["\(name)/weight"].map { _ in
          try file.tensor(named: "\(name)/weight").elements
        }
        return softmaxCrossEntropy(
          logits: input,
          labels: try golden.integers(named: "\(name)/target"),
          labelSmoothing: smoothing,
          classWeights: weights,
          ignoredLabel: ignored,
          reduction: reduction
        )
      }
      let target = try file.tensor(named: "\(name)/target")
      return switch kind {
      case .soft: softmaxCrossEntropy(logits: input, targets: target, reduction: reduction)
      case .squared: meanSquaredError(input, target, reduction: reduction)
      case .absolute: meanAbsoluteError(input, target, reduction: reduction)
      case .huber: huberLoss(input, target, delta: delta, reduction: reduction)
      default: binaryCrossEntropy(logits: input, targets: target, reduction: reduction)
      }
    }
  }

  @Test func `there are losses of every kind and reduction`() {
    let kinds: [LossCase.Kind] = [.crossEntropy, .soft, .squared, .absolute, .huber, .binary]
    for kind in kinds { #expect(LossCase.all.contains { $0.kind == kind }) }
    for reduction in Reduction.allCases {
      #expect(LossCase.all.contains { $0.reduction == reduction })
    }
  }

  @Test(arguments: LossCase.all)
  func `a loss and its gradient agree`(loss: LossCase) throws {
    let (golden, file) = (loss.golden, loss.golden.file)
    let input = try file.tensor(named: "\(loss.name)/input")
    let value = try loss.loss(input)
    // Where the losses stay apart, the gradient is that of their sum.
    let (_, gradient) = try valueWithGradient(at: input) { try loss.loss($0).sum() }
    let want = try file.tensor(named: "\(loss.name)/loss").elements
    let relative = try Float(golden.double("tolerance", "loss_rel"))
    let absolute = try Float(golden.double("tolerance", "loss_abs"))
    #expect(value.count == want.count)
    for (got, want) in zip(value.elements, want) {
      #expect(abs(got - want) <= max(absolute, relative * abs(want)))
    }
    let wanted = try file.tensor(named: "\(loss.name)/grad_input")
    let bound = try Float(golden.double("tolerance", "grad_abs"))
    #expect(largestDistance(gradient.tensors[0].elements, wanted.elements) <= bound)
  }

  /// A case of clipping by a norm.
  struct ClipCase: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let name: String
    let bound: Double
    let order: Double
    let norm: Double
    var testDescription: String { name }

    init?(_ golden: Golden, _ manifest: [String: Any]) {
      guard let name = manifest["name"] as? String,
        let order = (manifest["norm_type"] as? String).flatMap(Double.init),
        let bound = manifest["max_norm"] as? Double,
        let norm = manifest["returned_total_norm"] as? Double
      else { return nil }
      (self.golden, self.name, self.bound, self.order, self.norm) =
        (golden, name, bound, order, norm)
    }

    static let all = Golden.all(kind: "C: clip_grad_norm_").flatMap { golden in
      (golden.value("cases") as? [[String: Any]] ?? []).compactMap { ClipCase(golden, $0) }
    }
  }

  @Test func `there are norms of several orders`() {
    for order in [1, 2, .infinity] as [Double] {
      #expect(ClipCase.all.contains { $0.order == order })
    }
  }

  @Test(arguments: ClipCase.all)
  func `a clipped gradient agrees`(clip: ClipCase) throws {
    let file = clip.golden.file
    let relative = try clip.golden.double("tolerance", "rel")
    let names = file.entries.keys.filter { $0.hasPrefix("in/") }.sorted()
    var gradient = try Gradient(names: names, tensors: names.map { try file.tensor(named: $0) })
    let norm = gradient.clip(toNorm: Float(clip.bound), order: clip.order)
    #expect(abs(norm - clip.norm) <= relative * clip.norm)
    for (name, got) in zip(names, gradient.tensors) {
      let want = try file.tensor(named: name.replacing("in/", with: "\(clip.name)/")).elements
      let bound = Float(relative) * largestMagnitude(want)
      #expect(largestDistance(got.elements, want) <= bound)
    }
  }
}

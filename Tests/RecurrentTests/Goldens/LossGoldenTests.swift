import Recurrent
import RecurrentTestSupport
import Testing

/// Losses, their gradients, and the clipping of gradients against PyTorch's.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct LossGoldenTests {
  /// A loss of the manifest that the library has: no smoothing, no weights, no ignored labels, and
  /// the mean over all rows or elements.
  struct LossCase: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let name: String
    let isCrossEntropy: Bool
    var testDescription: String { name }

    init?(_ golden: Golden, _ manifest: [String: Any]) {
      guard let name = manifest["name"] as? String,
        let options = manifest["options"] as? [String: Any],
        Set(options.keys).isSubset(of: ["loss", "reduction", "why"]),
        let loss = options["loss"] as? String,
        ["cross_entropy", "cross_entropy over every step of [B,T,C]", "mse"].contains(loss),
        (options["reduction"] as? String)?.hasPrefix("mean") == true
      else { return nil }
      (self.golden, self.name, isCrossEntropy) = (golden, name, loss != "mse")
    }

    static let all = Golden.all(kind: "C: losses").flatMap { golden in
      (golden.value("cases") as? [[String: Any]] ?? []).compactMap { LossCase(golden, $0) }
    }
  }

  @Test func `there are losses of both kinds`() {
    #expect(LossCase.all.count { $0.isCrossEntropy } >= 3)
    #expect(LossCase.all.count { !$0.isCrossEntropy } >= 2)
  }

  @Test(arguments: LossCase.all)
  func `a loss and its gradient agree`(loss: LossCase) throws {
    let file = loss.golden.file
    let (value, gradient) = try valueWithGradient(at: file.tensor(named: "\(loss.name)/input")) {
      loss.isCrossEntropy
        ? softmaxCrossEntropy(
          logits: $0,
          labels: try loss.golden.integers(named: "\(loss.name)/target")
        )
        : meanSquaredError($0, try file.tensor(named: "\(loss.name)/target"))
    }
    let want = try file.tensor(named: "\(loss.name)/loss").scalar
    let relative = try Float(loss.golden.double("tolerance", "loss_rel"))
    let absolute = try Float(loss.golden.double("tolerance", "loss_abs"))
    #expect(abs(value.scalar - want) <= max(absolute, relative * abs(want)))
    let wanted = try file.tensor(named: "\(loss.name)/grad_input")
    let bound = try Float(loss.golden.double("tolerance", "grad_abs"))
    #expect(largestDistance(gradient.tensors[0].elements, wanted.elements) <= bound)
  }

  /// A case of clipping by the Euclidean norm.
  struct ClipCase: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let name: String
    let bound: Double
    let norm: Double
    var testDescription: String { name }

    init?(_ golden: Golden, _ manifest: [String: Any]) {
      guard let name = manifest["name"] as? String, manifest["norm_type"] as? String == "2.0",
        let bound = manifest["max_norm"] as? Double,
        let norm = manifest["returned_total_norm"] as? Double
      else { return nil }
      (self.golden, self.name, self.bound, self.norm) = (golden, name, bound, norm)
    }

    static let all = Golden.all(kind: "C: clip_grad_norm_").flatMap { golden in
      (golden.value("cases") as? [[String: Any]] ?? []).compactMap { ClipCase(golden, $0) }
    }
  }

  @Test(arguments: ClipCase.all)
  func `a clipped gradient agrees`(clip: ClipCase) throws {
    let file = clip.golden.file
    let relative = try clip.golden.double("tolerance", "rel")
    var gradient = try Gradient(
      names: ["0", "1", "2"],
      tensors: (0..<3).map { try file.tensor(named: "in/\($0)") }
    )
    let norm = gradient.clip(toNorm: Float(clip.bound))
    #expect(abs(norm - clip.norm) <= relative * clip.norm)
    for (index, got) in gradient.tensors.enumerated() {
      let want = try file.tensor(named: "\(clip.name)/\(index)").elements
      let bound = Float(relative) * largestMagnitude(want)
      #expect(largestDistance(got.elements, want) <= bound)
    }
  }
}

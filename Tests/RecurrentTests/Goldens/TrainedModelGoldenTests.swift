import Recurrent
import RecurrentTestSupport
import Testing

/// A classifier of digits that PyTorch trained and saved: read from its file and run.
@Suite(.enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason)))
struct TrainedModelGoldenTests {
  static let goldens = Golden.all(kind: "D: PyTorch-trained row-MNIST classifier")

  private func model(_ golden: Golden) throws -> SequenceModel {
    let name = try #require(golden.value("weights", "file") as? String)
    return try SequenceModel(contentsOf: SharedFolder.path("goldens/d/\(name)"))
  }

  @Test func `there is a trained model`() { #expect(!Self.goldens.isEmpty) }

  @Test(arguments: goldens)
  func `the logits of the first test images agree`(golden: Golden) throws {
    let want = try golden.file.tensor(named: "logits_test_256")
    let bound = try Float(golden.double("tolerance", "logits_abs"))
    let model = try model(golden)
    let images = TestImages.test.slice(0..<want.shape[0])
    #expect(images.labels == (try golden.integers(named: "labels_test_256")))
    let fused = model.logits(for: images, threads: 2)
    #expect(fused.shape == want.shape)
    #expect(largestDistance(fused.elements, want.elements) <= bound)
    let direct = model(images.tensor(at: 0..<images.count))
    #expect(largestDistance(direct.elements, want.elements) <= bound)
  }

  // No test image has its two largest logits closer than 1e-4, so every prediction must agree.
  @Test(arguments: goldens)
  func `every prediction agrees, and with them the accuracy`(golden: Golden) throws {
    let evaluation = try model(golden).evaluate(on: TestImages.test, threads: 2)
    #expect(evaluation.predictions == (try golden.integers(named: "pred_test_all")))
    let right = evaluation.accuracy * Double(TestImages.test.count)
    let wanted = try golden.double("test_accuracy") * Double(TestImages.test.count)
    #expect(right.rounded() == wanted.rounded())
    // The mean of ten thousand losses, each good to some 1e-6.
    #expect(abs(evaluation.cost - (try golden.double("test_loss"))) <= 1e-5)
  }
}

import Foundation
import Recurrent
import RecurrentFormats
import RecurrentTestSupport
import Testing

/// Classifiers of digits that PyTorch and Keras trained and saved: read from their files and run.
@Suite(
  "Models that other programs trained",
  .enabled(if: SharedFolder.isGiven, Comment(rawValue: SharedFolder.reason))
)
struct TrainedModelGoldenTests {
  /// A file of a trained model, and what it has to answer.
  struct TrainedFile: Sendable, CustomTestStringConvertible {
    let golden: Golden
    let file: String
    var testDescription: String { file }
    var path: String { "\(golden.folder)/\(file)" }
  }

  static let pyTorch = Golden.all(kind: "D: PyTorch-trained row-MNIST classifier")
    .compactMap { golden in
      (golden.value("weights", "file") as? String).map { TrainedFile(golden: golden, file: $0) }
    }
  static let keras = Golden.all(kind: "D: Keras-trained row-MNIST classifier")
    .flatMap { golden in
      // Keras 2's files of the same weights stand beside Keras 3's.
      let own = (golden.value("files") as? [String: Any] ?? [:]).keys.sorted()
      let older = ["h5", "weights.h5"].map {
        golden.name.replacing("_keras_", with: "_keras2_").replacing("_io", with: "") + ".\($0)"
      }
      return (own + older).map { TrainedFile(golden: golden, file: $0) }
        .filter { FileManager.default.fileExists(atPath: $0.path) }
    }

  @Test("There are trained models of both, and of Keras in each kind of file")
  func thereAreModels() {
    #expect(!Self.pyTorch.isEmpty)
    for end in ["keras", "weights.h5", "safetensors", "keras2_lstm.h5", "keras2_lstm.weights.h5"] {
      #expect(Self.keras.contains { $0.file.hasSuffix(end) }, "\(end)")
    }
  }

  @Test("What is recognised is said in a line", arguments: pyTorch + keras)
  func summary(trained: TrainedFile) throws {
    let (inputs, hidden, classes) = try (
      trained.golden.integer("sizes", "I"), trained.golden.integer("sizes", "H"),
      trained.golden.integer("sizes", "classes")
    )
    let program = Self.keras.contains { $0.file == trained.file } ? "Keras" : "PyTorch"
    #expect(
      try ImportedModel(contentsOf: trained.path).summary
        == "\(program): 1 LSTM layer \(inputs) -> \(hidden), head \(classes)"
    )
  }

  @Test("The logits of the first test images agree", arguments: pyTorch + keras)
  func logits(trained: TrainedFile) throws {
    let golden = trained.golden
    let want = try golden.file.tensor(named: "logits_test_256")
    let bound = try Float(golden.double("tolerance", "logits_abs"))
    let model = try ImportedModel(contentsOf: trained.path).model
    let images = try TestImages.test.cut(as: golden).slice(0..<want.shape[0])
    #expect(images.labels == (try golden.integers(named: "labels_test_256")))
    let fused = model.logits(for: images, threads: 2)
    #expect(fused.shape == want.shape)
    #expect(largestDistance(fused.elements, want.elements) <= bound)
    let direct = model(images.tensor(at: 0..<images.count))
    #expect(largestDistance(direct.elements, want.elements) <= bound)
  }

  // Of PyTorch's no test image has its two largest logits closer than 1e-4, and of Keras's none was
  // found to.
  @Test("Every prediction agrees, and with them the accuracy", arguments: pyTorch + keras)
  func accuracy(trained: TrainedFile) throws {
    let golden = trained.golden
    let images = try TestImages.test.cut(as: golden)
    let evaluation = try ImportedModel(contentsOf: trained.path).model
      .evaluate(on: images, threads: 2)
    #expect(evaluation.predictions == (try golden.integers(named: "pred_test_all")))
    let right = evaluation.accuracy * Double(images.count)
    let wanted = try golden.double("test_accuracy") * Double(images.count)
    #expect(right.rounded() == wanted.rounded())
    // The mean of ten thousand losses, each good to some 1e-6.
    #expect(abs(evaluation.cost - (try golden.double("test_loss"))) <= 1e-5)
  }
}

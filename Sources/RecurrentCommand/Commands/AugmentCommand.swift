import ArgumentParser
import Foundation
import Recurrent
import RecurrentData
import RecurrentReports

/// `recurrent augment`: a picture of what becomes of training examples.
struct AugmentCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "augment",
    abstract: "Draw training examples as they are and as training with --augment reads them."
  )

  @Argument(help: "Whose examples: digits (drawn by code), mnist or fashion-mnist.")
  var dataset = DataSetName.digits

  @OptionGroup
  var changes: AugmentationOptions

  @Option(parsing: .unconditional, help: "What decides the changes and drawn digits.")
  var seed: UInt64 = 1

  @Option(parsing: .unconditional, help: "Examples to draw, from the first.")
  var examples = 8

  @Option(parsing: .unconditional, help: "Epochs of training to draw.")
  var epochs = 7

  @Option(help: "A folder with the data set's four IDX files, plain or gzip.")
  var data: String?

  @Option(help: "The picture to write, an SVG file.")
  var output = "augmentation.svg"

  func validate() throws {
    try Program.checkEnvironment()
    if changes.augmentation == nil {
      throw ValidationError(
        "--augment is missing; use \(Augmentation.Operation.names), such as --augment affine,elastic"
      )
    }
    try checkCount("--examples", examples, 1...100)
    try checkCount("--epochs", epochs, 1...100)
    if data != nil && dataset == .digits {
      throw ValidationError("--data goes with mnist or fashion-mnist; digits are drawn, not read")
    }
  }

  func run() async throws {
    guard let augmentation = changes.augmentation else { return }
    var selection = DataSelection(name: dataset, folder: data)
    if dataset == .digits {
      selection.drawnCount = examples
      selection.drawnSeed = seed
    }
    let training = try await selection.load(for: Recipe()).training
    var items: [ImageGrid.Item] = []
    for index in 0..<min(examples, training.count) {
      let plain = training.values(ofExample: index)
      items.append(item(plain, of: training, training.classNames[training.labels[index]]))
      for epoch in 1...epochs {
        let changed = training.values(
          ofExample: index,
          augmentedBy: augmentation,
          seed: seed,
          epoch: epoch
        )
        items.append(item(changed, of: training, "epoch \(epoch)"))
      }
    }
    let grid = ImageGrid(
      title: "Augmented \(dataset.title)",
      items: items,
      columns: epochs + 1
    )
    try WholeFile.write(Array(grid.svg.utf8), to: output)
    print("Augmentation: \(augmentation)")
    print("Picture: \(output)")
  }

  private func item(
    _ values: [Float],
    of dataset: SequenceDataset,
    _ caption: String
  ) -> ImageGrid.Item {
    let image = GreyscaleImage(
      rows: dataset.steps,
      columns: dataset.features,
      pixels: values.map { UInt8(max(0, min(255, ($0 * 255).rounded()))) },
      tone: .ink
    )
    return ImageGrid.Item(image: image, caption: caption)
  }
}

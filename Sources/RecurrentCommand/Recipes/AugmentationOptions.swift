import ArgumentParser
import Recurrent

/// How training examples are changed.
struct AugmentationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Change training examples at random, such as affine:rotate=15,shift=0.1 or elastic.",
      discussion: """
        Names and settings are separated by commas; the option may be given several times. A name \
        is \(Augmentation.Operation.names).
        """,
      valueName: "changes"
    ),
    transform: Augmentation.init
  )
  var augment: [Augmentation] = []

  /// All the changes, in the order in which they were given; nil if there are none.
  var augmentation: Augmentation? {
    augment.isEmpty ? nil : Augmentation(augment.flatMap(\.operations))
  }
}

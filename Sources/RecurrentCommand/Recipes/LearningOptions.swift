import ArgumentParser
import Recurrent

/// The settings of how a recipe learns that few runs need.
struct LearningOptions: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: "How much of the step before is kept: 0.9 with momentum and nesterov, 0 with rmsprop."
  )
  var momentum: Float?

  @Option(
    parsing: .unconditional,
    help: "How strongly weights are pulled towards zero: 0.01 with adamw, else 0."
  )
  var weightDecay: Float?

  @Option(parsing: .unconditional, help: "The largest number in a gradient; 0 for no limit.")
  var clipValue: Float?

  @Option(
    parsing: .unconditional,
    help: "How much of each label is given to all classes alike, such as 0.1."
  )
  var labelSmoothing: Float?

  @Option(
    parsing: .unconditional,
    help: "The share of what the last layer gives that is left out in training, such as 0.3."
  )
  var dropout: Float?

  @Option(
    parsing: .unconditional,
    help: "Test and keep a running average of the weights, with this decay, such as 0.999."
  )
  var average: Float?

  @Option(
    parsing: .unconditional,
    help: "Stop after so many epochs without a lower validation cost; the best model is kept."
  )
  var patience: Int?

  /// The recipe with every setting that was given.
  func applied(to recipe: Recipe) throws -> Recipe {
    var result = recipe
    if let momentum {
      try checkShare("--momentum", momentum)
      guard recipe.optimizer.defaultMomentum != nil else {
        throw ValidationError(
          "--momentum goes with --optimizer momentum, nesterov or rmsprop; "
            + "\(recipe.optimizer.rawValue) has none to give"
        )
      }
      result.momentum = momentum
    }
    result.weightDecay = weightDecay ?? recipe.weightDecay
    if let clipValue { result.clipValue = clipValue == 0 ? nil : clipValue }
    if let labelSmoothing { result.labelSmoothing = labelSmoothing == 0 ? nil : labelSmoothing }
    result.average = average ?? recipe.average
    if let dropout { result.dropout = dropout == 0 ? nil : dropout }
    result.patience = patience ?? recipe.patience
    return result
  }
}

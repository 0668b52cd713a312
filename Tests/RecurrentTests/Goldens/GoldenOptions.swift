import Foundation
import Recurrent

/// The options of an optimizer, as a manifest lists them, and the optimizer they stand for.
struct GoldenOptions {
  private let values: [String: Any]

  init?(_ value: Any?) {
    guard let values = value as? [String: Any], values["opt"] is String else { return nil }
    self.values = values
  }

  /// A number of this name, if there is one.
  func number(_ name: String) -> Float? { (values[name] as? NSNumber)?.floatValue }

  /// A text of this name, if there is one.
  func text(_ name: String) -> String? { values[name] as? String }

  private func flag(_ name: String) -> Bool { values[name] as? Bool ?? false }

  /// PyTorch's optimizer of this name, with its defaults.
  var optimizer: any Optimizer {
    let decay = number("weight_decay").map { WeightDecay($0) }
    let betas = (values["betas"] as? [Double])?.map { Float($0) }
    let rate = number("lr")
    switch text("opt") {
    case "SGD":
      return GradientDescent(
        learningRate: rate ?? 1e-3,
        momentum: number("momentum") ?? (text("momentum") == nil ? 0 : 0.9),
        dampening: number("dampening") ?? 0,
        isNesterov: flag("nesterov"),
        weightDecay: decay ?? 0
      )
    case "RMSprop":
      return RMSprop(
        learningRate: rate ?? 0.01,
        decay: values["alpha"] as? Double ?? 0.99,
        epsilon: number("eps") ?? 1e-8,
        momentum: number("momentum") ?? 0,
        isCentred: flag("centered"),
        weightDecay: decay ?? 0
      )
    case "Adagrad":
      return Adagrad(
        learningRate: rate ?? 0.01,
        epsilon: number("eps") ?? 1e-10,
        weightDecay: decay ?? 0,
        initialSum: number("initial_accumulator_value") ?? 0
      )
    case "Adam":
      return Adam(
        learningRate: rate ?? 0.001,
        beta1: betas?[0] ?? 0.9,
        beta2: betas?[1] ?? 0.999,
        epsilon: number("eps") ?? 1e-8,
        weightDecay: decay ?? 0,
        isAMSGrad: flag("amsgrad")
      )
    case "AdamW":
      return AdamW(
        learningRate: rate ?? 0.001,
        beta1: betas?[0] ?? 0.9,
        beta2: betas?[1] ?? 0.999,
        epsilon: number("eps") ?? 1e-8,
        weightDecay: decay ?? 0.01,
        isAMSGrad: flag("amsgrad")
      )
    case "Lion":
      return Lion(
        learningRate: rate ?? 1e-4,
        beta1: betas?[0] ?? 0.9,
        beta2: betas?[1] ?? 0.99,
        weightDecay: decay ?? 0
      )
    case let name:
      fatalError("a manifest has an optimizer the tests do not know: \(name ?? "none")")
    }
  }
}

/// Something with parameters that training changes: a cell, a layer, a model.
///
/// The parameters are listed once, here, in a fixed order and by fixed names; optimizers, files,
/// gradients and checks all walk this list.
public protocol Parameterized: Sendable {
  /// Calls `visit` with the name and the value of every parameter, in a fixed order.
  ///
  /// What `visit` changes is changed in place.
  mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows
}

extension Parameterized {
  /// The parameters with their names, in order.
  public var parameters: [(name: String, value: Tensor)] {
    var result: [(name: String, value: Tensor)] = []
    var copy = self
    copy.visitParameters { result.append(($0, $1)) }
    return result
  }

  /// The number of trainable numbers.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.value.count } }
}

extension Tensor: Parameterized {
  /// Visits the tensor itself, under the name "value".
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    try visit("value", &self)
  }
}

extension Array: Parameterized where Element: Parameterized {
  /// Visits the parameters of each element, named by its index: "0.weight".
  public mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    for index in indices {
      try self[index].visitParameters { try visit("\(index).\($0)", &$1) }
    }
  }
}

/// The parameters of a model taken out of it, with their names, so that they can be changed again
/// and again without asking the model for its list.
package struct ParameterList: Parameterized, Sendable {
  package let names: [String]
  package var tensors: [Tensor]

  /// Creates a list of a tensor for each name.
  init(names: [String], tensors: [Tensor]) {
    self.names = names
    self.tensors = tensors
  }

  init(of model: some Parameterized) {
    let parameters = model.parameters
    names = parameters.map(\.name)
    tensors = parameters.map(\.value)
  }

  package mutating func visitParameters(
    _ visit: (_ name: String, _ parameter: inout Tensor) throws -> Void
  ) rethrows {
    for index in tensors.indices { try visit(names[index], &tensors[index]) }
  }

  /// A copy of a model that lists the same, with these parameters.
  func written<Model: Parameterized>(to model: Model) -> Model {
    var copy = model
    write(to: &copy)
    return copy
  }

  /// Puts the parameters into a model that lists the same.
  func write(to model: inout some Parameterized) {
    var index = 0
    model.visitParameters { _, parameter in
      parameter = tensors[index]
      index += 1
    }
  }
}

/// One gradient for each parameter of a model, in the order the model lists them.
public struct Gradient: Sendable {
  /// The parameters' names.
  public let names: [String]
  /// The gradients, each of its parameter's shape.
  public var tensors: [Tensor]

  /// Creates a gradient from the parameters' names and one tensor for each.
  public init(names: [String], tensors: [Tensor]) {
    require(
      names.count == tensors.count,
      "a gradient needs a tensor for each of \(names.count) names, got \(tensors.count)"
    )
    self.names = names
    self.tensors = tensors
  }

  /// The gradient of the parameter with this name, if there is one.
  public subscript(name: String) -> Tensor? {
    names.firstIndex(of: name).map { tensors[$0] }
  }
}

/// Computes a loss and its gradient with respect to every parameter of `model`.
///
/// `loss` gets a copy of the model whose parameters are tracked, and returns a scalar computed
/// from it. Parameters the loss does not depend on get a gradient of zeros.
///
/// - Precondition: The loss has one element.
/// - Complexity: A small constant times the cost of `loss`; memory for every intermediate value.
public func valueWithGradient<Model: Parameterized>(
  at model: Model,
  in loss: (Model) throws -> Tensor
) rethrows -> (value: Tensor, gradient: Gradient) {
  let tape = Tape()
  var tracked = model
  var names: [String] = []
  var parameters: [Tensor] = []
  tracked.visitParameters { name, parameter in
    parameter = tape.track(parameter.detached)
    names.append(name)
    parameters.append(parameter)
  }
  let value = try loss(tracked)
  require(value.count == 1, "a loss is one number, got a tensor of shape \(value.shape)")
  let gradients = tape.gradients(of: value, at: parameters)
  let tensors = zip(parameters, gradients).map { $1 ?? .zeros($0.shape) }
  return (value.detached, Gradient(names: names, tensors: tensors))
}

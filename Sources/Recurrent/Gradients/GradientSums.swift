/// The gradients of a tape's tensors, while its entries are run backwards.
///
/// A tensor that several operations read has the sum of what each of them says, added in the order
/// in which they are run.
struct GradientSums {
  /// The nodes of the inputs of the entry that is being run; nil where an input is not tracked.
  var inputs: [Int?] = []
  private var sums: [Sum]

  /// What has arrived at one tensor.
  private struct Sum {
    var total: Tensor?
    var products: ProductSum?
  }

  init(nodes: Int) { sums = [Sum](repeating: Sum(), count: nodes) }

  /// Gives the tensor that is differentiated its gradient, ones.
  mutating func start(from output: Tensor, at node: Int) {
    let ones = Tensor(repeating: 1, shape: output.shape)
    sums[node].total = output.isDoublePrecision ? ones.inDoublePrecision : ones
  }

  /// Returns a node's gradient, nil if none has arrived, and forgets it.
  mutating func take(_ node: Int) -> Tensor? {
    addProducts(to: node)
    return sums[node].total.take()
  }

  /// Adds one gradient for each input of the entry.
  mutating func add(_ gradients: [Tensor?]) {
    for (input, gradient) in gradients.enumerated() {
      if let gradient { add(gradient, toInput: input) }
    }
  }

  /// Adds to the gradient of one input.
  mutating func add(_ gradient: Tensor, toInput input: Int) {
    if let node = inputs[input] { add(gradient, to: node) }
  }

  /// Adds to the part of an input's gradient that begins at `place` along `axis`.
  ///
  /// `shape` is the whole input's.
  mutating func add(
    _ part: Tensor,
    toInput input: Int,
    of shape: Shape,
    at place: Int,
    along axis: Int
  ) {
    guard let node = inputs[input] else { return }
    if sums[node].total == nil { sums[node].total = .zeros(shape) }
    sums[node].total?.add(part, at: place, along: axis)
  }

  /// Adds aᵀ g to the gradient of one input, or gᵀ a where `isTransposed`.
  ///
  /// `a` is `[rows, inputs]`, the gradient `[rows, outputs]`. The products of many steps are
  /// computed together, once the sum is asked for or there are rows enough.
  mutating func addProduct(of a: Tensor, with g: Tensor, isTransposed: Bool, toInput input: Int) {
    guard let node = inputs[input] else { return }
    if a.isDoublePrecision || g.isDoublePrecision {
      let (first, second) = isTransposed ? (g, a) : (a, g)
      return add(matmul(first.transposed(), second), to: node)
    }
    if sums[node].products?.isTransposed != isTransposed {
      addProducts(to: node)
      sums[node].products = ProductSum(
        inputs: a.shape[1],
        outputs: g.shape[1],
        isTransposed: isTransposed
      )
    }
    sums[node].products?.add(a, g)
  }

  private mutating func addProducts(to node: Int) {
    guard var products = sums[node].products.take() else { return }
    add(products.value(), to: node)
  }

  private mutating func add(_ gradient: Tensor, to node: Int) {
    if sums[node].total == nil {
      sums[node].total = gradient
    } else {
      sums[node].total?.add(gradient, scaledBy: 1)
    }
  }
}

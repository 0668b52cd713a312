/// Returns the logarithm of the logistic function of every element, for however small a value.
///
/// It is -(max(-x, 0) + log(1 + e^-|x|)), its derivative the logistic function of -x.
package func logSigmoid(_ x: Tensor) -> Tensor {
  Tape.operation([x]) { inputs, _ in
    let x = inputs[0]
    let below = relu(-x)
    return (-(below + log(1 + exp(-(relu(x) + below)))), { [$0 * sigmoid(-x)] })
  }
}

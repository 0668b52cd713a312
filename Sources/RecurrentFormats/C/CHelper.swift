import Recurrent

/// A function of C that steps call, written only where one does.
enum CHelper: String, CaseIterable {
  case addProduct = "add_product"
  case sigmoid
  case logSigmoid = "log_sigmoid"
  case normalize

  /// The definition, in a file whose names begin with `prefix`.
  func definition(_ prefix: String) -> String {
    let restrict = CExport.restrict(prefix)
    let epsilon = CText.number(LSTMCell.Normalization.epsilon)
    return switch self {
    case .addProduct:
      // Inputs in the outer loop: sums of their own side by side are what compilers turn into
      // vectors without being allowed to reorder any of them.
      """
      /* Adds input times weights to sums; weights has the rows of all outputs, input by input. */
      static void \(prefix)_add_product(
          const float *\(restrict) weights, size_t inputs, size_t outputs,
          const float *\(restrict) input, float *\(restrict) sums)
      {
          size_t i, o;
          for (i = 0; i < inputs; i++) {
              const float x = input[i];
              const float *row = weights + i * outputs;
              for (o = 0; o < outputs; o++) {
                  sums[o] += row[o] * x;
              }
          }
      }
      """
    case .sigmoid:
      """
      /* 1 / (1 + exp(-x)); exp never overflows. */
      static float \(prefix)_sigmoid(float x)
      {
          if (x < 0.0f) {
              const float e = expf(x);
              return e / (1.0f + e);
          }
          return 1.0f / (1.0f + expf(-x));
      }
      """
    case .logSigmoid:
      """
      /* The logarithm of sigmoid(x); exp never overflows. */
      static float \(prefix)_log_sigmoid(float x)
      {
          return x < 0.0f ? x - log1pf(expf(x)) : -log1pf(expf(-x));
      }
      """
    case .normalize:
      """
      /* Takes the mean off the values, and divides by their deviation. */
      static void \(prefix)_normalize(float *values, size_t count, const float *gain)
      {
          size_t i;
          float mean = 0.0f, variance = 0.0f, deviation;
          for (i = 0; i < count; i++) {
              mean += values[i];
          }
          mean /= (float)count;
          for (i = 0; i < count; i++) {
              values[i] -= mean;
              variance += values[i] * values[i];
          }
          deviation = sqrtf(variance / (float)count + \(epsilon));
          for (i = 0; i < count; i++) {
              values[i] = values[i] / deviation * gain[i];
          }
      }
      """
    }
  }
}

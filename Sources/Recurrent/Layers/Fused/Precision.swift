import RecurrentKernels

/// How exactly the products of a recurrent layer are computed in training.
public enum Precision: String, Sendable, Codable, CaseIterable {
  /// Operands and sums are 32-bit floats: the same bits on every machine.
  case float32
  /// Operands are rounded to bfloat16, 8 bits of significand; sums, states, gradients and the
  /// weights that are updated stay 32-bit floats. The same bits on one kind of processor, on any
  /// number of threads.
  case bfloat16 = "bf16"

  /// Whether this processor has instructions for it, and RECURRENT_ISA does not rule them out.
  public var isSupported: Bool {
    switch self {
    case .float32: true
    case .bfloat16: unsafe recurrent_bfloat16_kernels() != nil
    }
  }
}

package import RecurrentKernels

/// The loops in use, chosen for this processor when the program starts.
///
/// The table is a constant of the C library: it is set before `main` and never changes, so reading
/// it from any thread is safe.
nonisolated(unsafe) package let kernels: UnsafePointer<RecurrentKernels> =
  unsafe recurrent_kernels()

/// The instruction set whose loops run, such as "avx512".
package var instructionSet: String { unsafe String(cString: kernels.pointee.name) }

/// What is wrong with the environment variable RECURRENT_ISA, if it names a set that cannot run.
package var instructionSetProblem: String? {
  guard let refused = unsafe recurrent_refused_instruction_set() else { return nil }
  let name = unsafe String(cString: refused)
  let known = unsafe String(cString: recurrent_instruction_sets())
  return "RECURRENT_ISA is '\(name)', which this processor or build cannot run; use one of \(known)"
}

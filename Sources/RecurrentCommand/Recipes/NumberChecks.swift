import ArgumentParser

/// Refuses a share that is not from 0 to below 1.
func checkShare(_ name: String, _ value: Float?) throws {
  guard let value, !(value >= 0 && value < 1) else { return }
  throw ValidationError("\(name) is \(value); use a number from 0 to below 1")
}

/// Refuses a whole number out of range.
func checkCount(_ name: String, _ value: Int?, _ range: ClosedRange<Int>) throws {
  guard let value, !range.contains(value) else { return }
  throw ValidationError(
    "\(name) is \(value); use a whole number from \(range.lowerBound) to \(range.upperBound)"
  )
}

/// Refuses a number of threads that no machine has.
func checkThreads(_ threads: Int) throws {
  guard !(1...1024).contains(threads) else { return }
  throw ValidationError("--threads is \(threads); use a number from 1 to 1024")
}

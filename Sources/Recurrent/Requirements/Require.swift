/// Traps with `message` unless `condition` holds, in debug and release alike.
///
/// `precondition` drops its message in optimised builds; `fatalError` keeps it. Use this for a
/// caller's programming mistake only: what comes from outside the program throws instead.
@inline(__always)
package func require(
  _ condition: Bool,
  _ message: @autoclosure () -> String,
  file: StaticString = #fileID,
  line: UInt = #line
) {
  if !condition { requirementFailed(message(), file: file, line: line) }
}

/// Traps with `message`; out of line, so that a check costs its caller one branch.
@inline(never)
package func requirementFailed(_ message: String, file: StaticString, line: UInt) -> Never {
  fatalError(message, file: file, line: line)
}

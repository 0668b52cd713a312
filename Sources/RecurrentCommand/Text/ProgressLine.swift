import Foundation
import Recurrent
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// One line at the bottom of a terminal that is written over and over; nothing when piped.
final class ProgressLine: Sendable {
  private struct State {
    var lastShown: ContinuousClock.Instant?
    var isVisible = false
  }

  private let isTerminal: Bool
  private let state = Guarded(State())

  init() { isTerminal = isatty(STDERR_FILENO) == 1 }

  /// Shows `text`, cut to the terminal's width, unless the last text is younger than 50 ms.
  func show(_ text: @autoclosure () -> String) {
    guard isTerminal else { return }
    state.withLock { state in
      let now = ContinuousClock.now
      if let last = state.lastShown, now - last < .milliseconds(50) { return }
      state.lastShown = now
      state.isVisible = true
      writeToErrorOutput("\r\u{1B}[K" + text().prefix(Self.width - 1))
    }
  }

  /// Removes the line, so that other text can be printed.
  func clear() {
    state.withLock { state in
      if state.isVisible { writeToErrorOutput("\r\u{1B}[K") }
      state.isVisible = false
      state.lastShown = nil
    }
  }

  private static var width: Int {
    var size = winsize()
    let known = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 1
    return known ? Int(size.ws_col) : 80
  }
}

/// A bar of `width` places, filled to `share`.
func progressBar(_ share: Double, width: Int = 24) -> String {
  let filled = Int((min(max(share, 0), 1) * Double(width)).rounded())
  return String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
}

/// A duration for people: "8 s", "3 min 05 s", "2 h 10 min".
func duration(_ seconds: Double) -> String {
  let whole = Int(max(0, seconds).rounded())
  func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
  if whole < 60 { return "\(whole) s" }
  if whole < 3600 { return "\(whole / 60) min \(two(whole % 60)) s" }
  return "\(whole / 3600) h \(two(whole % 3600 / 60)) min"
}

import Foundation

/// How busy the processors are with work that is not the contest's, while all contenders rest.
///
/// Peers whose threads wait for each other in a spin lose many times what another program takes:
/// results are worth something only where this stays near zero. Known on Linux only.
struct MachineLoad {
  private var shares: [Double] = []

  /// The busy share of the processors in each pause: their median and ends; nil if not known.
  var spread: Spread? { Spread(shares) }

  /// Sleeps for `seconds`, and notes how busy the processors were meanwhile.
  ///
  /// The first part is not counted: threads of the last contender may still spin then.
  mutating func rest(seconds: Double) {
    usleep(useconds_t(seconds / 2 * 1e6))
    let before = Self.ticks()
    usleep(useconds_t(seconds / 2 * 1e6))
    guard let before, let after = Self.ticks(), after.all > before.all else { return }
    shares.append(1 - Double(after.idle - before.idle) / Double(after.all - before.all))
  }

  /// Clock ticks since the system started: those spent idle and all of them.
  private static func ticks() -> (idle: Int, all: Int)? {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return nil }
    let fields = line.split(separator: " ").dropFirst().compactMap { Int($0) }
    guard fields.count >= 8 else { return nil }
    // user, nice, system, idle, waiting for a disk, interrupts, soft interrupts, stolen
    return (idle: fields[3] + fields[4], all: fields[..<8].reduce(0, +))
  }
}

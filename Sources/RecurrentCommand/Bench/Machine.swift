import Foundation

/// What a measurement ran on.
struct Machine: Codable, Equatable {
  /// The processor as it names itself.
  var processor: String
  /// How many processors the system has.
  var processors: Int

  /// This machine.
  static var current: Machine {
    Machine(
      processor: brand ?? architecture,
      processors: ProcessInfo.processInfo.processorCount
    )
  }

  #if canImport(Darwin)
  private static var brand: String? {
    var count = 0
    guard sysctlbyname("machdep.cpu.brand_string", nil, &count, nil, 0) == 0, count > 0 else {
      return nil
    }
    var bytes = [UInt8](repeating: 0, count: count)
    guard sysctlbyname("machdep.cpu.brand_string", &bytes, &count, nil, 0) == 0 else { return nil }
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
  #else
  private static var brand: String? {
    guard let data = FileManager.default.contents(atPath: "/proc/cpuinfo") else { return nil }
    return brand(inProcessorList: String(decoding: data, as: UTF8.self))
  }
  #endif

  /// The first processor's name in the text of Linux's `/proc/cpuinfo`, which has one on x86 only.
  static func brand(inProcessorList text: String) -> String? {
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
        .map { $0.trimmingCharacters(in: .whitespaces) }
      if parts.count == 2 && parts[0] == "model name" && !parts[1].isEmpty { return parts[1] }
    }
    return nil
  }

  private static var architecture: String {
    #if arch(x86_64)
    "x86-64 processor"
    #elseif arch(arm64)
    "arm64 processor"
    #else
    "unknown processor"
    #endif
  }
}

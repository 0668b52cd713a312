import Foundation

/// The numbers that stand in a page for its script.
public struct PageNumbers {
  private let content: [String: Any]

  /// Reads them out of a page; nil where it has none.
  public init?(_ html: String) {
    guard
      let text = html.firstMatch(
        of: /<script type="application\/json" id="numbers">(.*?)<\/script>/
      ),
      let content = try? JSONSerialization.jsonObject(with: Data(text.output.1.utf8))
        as? [String: Any]
    else { return nil }
    self.content = content
  }

  private init(_ content: [String: Any]) { self.content = content }

  /// A value of this name.
  public func value<Value>(_ name: String) -> Value? { content[name] as? Value }

  /// What stands under a name by itself.
  public func part(_ name: String) -> PageNumbers? {
    (content[name] as? [String: Any]).map(PageNumbers.init)
  }

  /// The items of a list.
  public func parts(_ name: String) -> [PageNumbers] {
    (content[name] as? [[String: Any]] ?? []).map(PageNumbers.init)
  }

  /// Floats that stand there as bytes in base64; nil where they do not.
  public func floats(_ name: String) -> [Float]? {
    guard let text: String = value(name), let data = Data(base64Encoded: text),
      data.count.isMultiple(of: 4)
    else { return nil }
    return stride(from: 0, to: data.count, by: 4).map { place in
      Float(bitPattern: (0..<4).reduce(0) { $0 | UInt32(data[place + $1]) << (8 * $1) })
    }
  }
}

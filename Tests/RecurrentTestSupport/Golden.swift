import Foundation
public import Recurrent

/// Reference numbers made by another framework: a manifest and the arrays it describes, if any.
public struct Golden: Sendable, CustomStringConvertible {
  /// The manifest's name.
  public let name: String
  /// The arrays.
  public let file: SafetensorsFile
  /// The path of the folder that holds them.
  public let folder: String
  private let manifest: Data

  /// The manifest's name, which tests print.
  public var description: String { name }

  /// All goldens whose manifest says a kind that begins with `kind`, in order of their names.
  ///
  /// Empty where the shared folder is not given, so that parametrised tests have no case.
  public static func all(kind: String) -> [Golden] {
    SharedFolder.url.map { all(kind: kind, in: $0.appending(path: "goldens")) } ?? []
  }

  /// All goldens of a kind among those that are part of the repository.
  public static func committed(kind: String) -> [Golden] {
    let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return all(kind: kind, in: tests.appending(path: "RecurrentTests/Goldens/Fixtures"))
  }

  private static func all(kind: String, in folder: URL) -> [Golden] {
    guard let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    else { return [] }
    var result: [Golden] = []
    for case let manifest as URL in files where manifest.pathExtension == "json" {
      guard let data = try? Data(contentsOf: manifest),
        let json = try? JSONSerialization.jsonObject(with: data) as? [String: Any],
        (json["kind"] as? String)?.hasPrefix(kind) == true
      else { continue }
      var file = SafetensorsFile()
      if let name = json["data"] as? String {
        let path = manifest.deletingLastPathComponent().appending(path: name).path
        guard let data = try? SafetensorsFile(contentsOf: path) else {
          fatalError("the manifest \(manifest.path) names \(name), which cannot be read")
        }
        file = data
      }
      result.append(
        Golden(
          name: manifest.deletingPathExtension().lastPathComponent,
          file: file,
          folder: manifest.deletingLastPathComponent().path,
          manifest: data
        )
      )
    }
    return result.sorted { $0.name < $1.name }
  }

  /// The manifest's value under a path of keys.
  public func value(_ keys: String...) -> Any? {
    var value = try? JSONSerialization.jsonObject(with: manifest)
    for key in keys { value = (value as? [String: Any])?[key] }
    return value is NSNull ? nil : value
  }

  /// The manifest's whole number under a path of keys.
  public func integer(_ keys: String...) throws -> Int {
    try number(keys, as: NSNumber.self).intValue
  }

  /// The manifest's number under a path of keys.
  public func double(_ keys: String...) throws -> Double {
    try number(keys, as: NSNumber.self).doubleValue
  }

  private func number<Number>(_ keys: [String], as type: Number.Type) throws -> Number {
    var value = try JSONSerialization.jsonObject(with: manifest) as Any?
    for key in keys { value = (value as? [String: Any])?[key] }
    guard let number = value as? Number else { throw MissingKey(keys: keys, manifest: name) }
    return number
  }

  /// A manifest lacks something a test needs.
  public struct MissingKey: Error {
    let keys: [String]
    let manifest: String
  }

  /// An array of 32-bit whole numbers.
  public func integers(named array: String) throws -> [Int] {
    guard let entry = file.entries[array], entry.type == "I32" || entry.type == "I64" else {
      throw MissingKey(keys: [array], manifest: name)
    }
    let width = entry.type == "I32" ? 4 : 8
    return stride(from: entry.bytes.startIndex, to: entry.bytes.endIndex, by: width).map { start in
      let bits = (0..<width).reduce(UInt64(0)) { $0 | UInt64(entry.bytes[start + $1]) << (8 * $1) }
      return width == 4
        ? Int(Int32(truncatingIfNeeded: bits)) : Int(Int64(truncatingIfNeeded: bits))
    }
  }
}

/// The largest distance between two lists of numbers; infinite if their lengths differ or one
/// holds a NaN.
public func largestDistance(_ a: [Float], _ b: [Float]) -> Float {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).reduce(0) { largest, pair in
    let distance = abs(pair.0 - pair.1)
    return distance <= largest ? largest : distance.isNaN ? .infinity : distance
  }
}

/// The largest magnitude in a list of numbers.
public func largestMagnitude(_ a: [Float]) -> Float { a.reduce(0) { max($0, abs($1)) } }

import Foundation
import Recurrent

/// A Core ML package: a folder with a manifest, a model's specification, and perhaps its weights.
///
/// Source: coremltools, modelpackage/src/ModelPackage.cpp, format version 1.0.0.
struct ModelPackage {
  /// The content of `model.mlmodel`.
  let specification: [UInt8]
  /// The content of `weight.bin`; nil if the program has all weights itself.
  let weights: [UInt8]?

  private static let author = "com.apple.CoreML"
  private static let dataFolder = "Data"
  private static let manifestName = "Manifest.json"
  private static let modelPath = "com.apple.CoreML/model.mlmodel"
  private static let weightsPath = "com.apple.CoreML/weights"
  private static let weightsName = "weight.bin"

  init(specification: [UInt8], weights: [UInt8]?) {
    self.specification = specification
    self.weights = weights
  }

  /// What the manifest says of a part of the package.
  private struct Item: Codable {
    var author: String
    var description: String
    var name: String
    var path: String
  }

  private struct Manifest: Codable {
    var fileFormatVersion: String
    var itemInfoEntries: [String: Item]
    var rootModelIdentifier: String
  }

  /// The manifest; its identifiers follow from the content, so that the same model is the same bytes.
  private var manifest: [UInt8] {
    let model = Self.identifier(of: specification)
    var entries = [
      model: Item(
        author: Self.author,
        description: "CoreML Model Specification",
        name: "model.mlmodel",
        path: Self.modelPath
      )
    ]
    if let weights {
      entries[Self.identifier(of: [0] + weights)] = Item(
        author: Self.author,
        description: "CoreML Model Weights",
        name: "weights",
        path: Self.weightsPath
      )
    }
    let manifest = Manifest(
      fileFormatVersion: "1.0.0",
      itemInfoEntries: entries,
      rootModelIdentifier: model
    )
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(manifest)).map { Array($0) } ?? []
  }

  /// Bytes' fingerprint in the form of a UUID.
  private static func identifier(of bytes: [UInt8]) -> String {
    let digits = Array(SHA256Digest.hexadecimal(of: bytes).uppercased().prefix(32))
    let ends = [8, 12, 16, 20, 32]
    return zip([0] + ends, ends).map { String(digits[$0..<$1]) }.joined(separator: "-")
  }

  /// Writes the package beside its place and then puts it there.
  ///
  /// - Throws: `FileError` when it cannot be written, or what is there is no package.
  func write(to path: String) throws(FileError) {
    let url = URL(filePath: path)
    let place = url.deletingLastPathComponent()
    let name = url.lastPathComponent
    let files = FileManager.default
    let exists = files.fileExists(atPath: path)
    guard !exists || files.fileExists(atPath: path + "/" + Self.manifestName) else {
      throw FileError(
        "is there already and is no Core ML package",
        file: path,
        advice: "choose another name, or delete it"
      )
    }
    let mark = "\(ProcessInfo.processInfo.processIdentifier)"
    let fresh = place.appending(path: ".\(name).\(mark).partial").path
    let old = place.appending(path: ".\(name).\(mark).old").path
    defer { try? files.removeItem(atPath: fresh) }
    do {
      try? files.removeItem(atPath: fresh)
      let inner = fresh + "/\(Self.dataFolder)/com.apple.CoreML"
      try files.createDirectory(atPath: fresh, withIntermediateDirectories: false)
      try files.createDirectory(atPath: inner, withIntermediateDirectories: true)
      try WholeFile.write(manifest, to: fresh + "/" + Self.manifestName)
      try WholeFile.write(specification, to: inner + "/model.mlmodel")
      if let weights {
        try files.createDirectory(
          atPath: inner + "/weights",
          withIntermediateDirectories: false
        )
        try WholeFile.write(weights, to: inner + "/weights/\(Self.weightsName)")
      }
      if exists { try files.moveItem(atPath: path, toPath: old) }
      do {
        try files.moveItem(atPath: fresh, toPath: path)
      } catch {
        if exists { try? files.moveItem(atPath: old, toPath: path) }
        throw error
      }
      try? files.removeItem(atPath: old)
    } catch let error as FileError {
      throw FileError(error.problem, file: path, advice: error.advice)
    } catch {
      throw FileError(
        "cannot be written",
        file: path,
        advice: "choose a folder you may write to"
      )
    }
  }
}

extension ModelPackage {
  /// Reads a package's files, of at most 2 GiB each.
  ///
  /// - Throws: `FileError` when one is missing, or the manifest names files outside the package.
  init(contentsOf path: String) throws(FileError) {
    let manifestPath = path + "/" + Self.manifestName
    let text = try WholeFile.contents(of: manifestPath, limit: 1 << 20)
    guard let manifest = try? JSONDecoder().decode(Manifest.self, from: Data(text)),
      let root = manifest.itemInfoEntries[manifest.rootModelIdentifier]
    else {
      throw FileError("is not the manifest of a Core ML package", file: manifestPath)
    }
    let parts = root.path.split(separator: "/", omittingEmptySubsequences: false)
    guard !parts.contains(where: { ["", ".", ".."].contains($0) }) else {
      throw FileError("names a model outside the package", file: manifestPath)
    }
    let data = path + "/" + Self.dataFolder + "/"
    specification = try WholeFile.contents(of: data + root.path)
    let folder = parts.dropLast().joined(separator: "/")
    let weightsPath = data + (folder.isEmpty ? "" : folder + "/") + "weights/\(Self.weightsName)"
    weights =
      FileManager.default.fileExists(atPath: weightsPath)
      ? try WholeFile.contents(of: weightsPath) : nil
  }
}

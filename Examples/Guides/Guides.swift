import Foundation
import Recurrent

/// The code that the documentation's articles show, run.
///
/// Each file has the code of one article; a test compares them. Files are written and read in a folder
/// for temporary use.
@main
struct Guides {
  static func main() async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "recurrent-guides-\(ProcessInfo.processInfo.processIdentifier)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    guard FileManager.default.changeCurrentDirectoryPath(folder.path) else {
      throw FileError("cannot be entered", file: folder.path)
    }

    print("Getting started")
    try overview()
    try gettingStarted()
    print("Your own data")
    ownSequences()
    try ownSeries()
    try ownTable()
    try ownText()
    try ownForecast()
    print("Determinism")
    try determinism()
    print("Serving")
    try serving()
    try await servingBatches()
    print("Looking inside")
    gateTraces()
    gradientFlow()
    try nonFiniteOrigin()
    gradientCheck()
    print("Explaining one answer")
    try explaining()
    try anytimeAndHorizon()
    print("Other formats")
    try export()
    try exportC()
    try `import`()
    print("Pictures")
    try pictures()
  }
}

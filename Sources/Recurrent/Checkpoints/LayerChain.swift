/// The order of layers that is found from their sizes alone.
package struct LayerChain {
  /// A layer by its name, and how many features it reads and gives.
  package struct Link: Sendable {
    package var name: String
    package var inputSize: Int
    package var outputSize: Int

    /// Creates a layer from its name and sizes.
    package init(name: String, inputSize: Int, outputSize: Int) {
      self.name = name
      self.inputSize = inputSize
      self.outputSize = outputSize
    }
  }

  /// No more layers than this are put in order.
  private static let limit = 64
  /// The search gives up after so many steps, and takes the order for open.
  private static let patience = 100_000

  private let links: [Link]
  private let outputSizes: Set<Int>
  private let mayFollow: (_ chosen: [Int], _ next: Int) -> Bool
  private var chosen: [Int] = []
  private var found: [[Int]] = []
  private var steps = 0

  /// The order in which the layers feed one another and the last feeds what reads one of
  /// `outputSizes`, as places in `links`.
  ///
  /// `mayFollow` says whether a layer may come after those that are chosen already.
  ///
  /// - Throws: `FileError` of `path` where there is no order, or more than one.
  package static func order(
    _ links: [Link],
    outputSizes: Set<Int>,
    given names: [String],
    path: String,
    mayFollow: @escaping (_ chosen: [Int], _ next: Int) -> Bool = { _, _ in true }
  ) throws(FileError) -> [Int] {
    if !names.isEmpty { return try order(links, given: names, path: path) }
    if links.count == 1 { return [0] }
    let list = FileError.list(links.map(\.name).sorted())
    guard links.count <= limit else {
      throw FileError(
        "holds \(links.count) layers of separate names, too many to order",
        file: path
      )
    }
    var chain = LayerChain(links, outputSizes, mayFollow)
    chain.search()
    guard let only = chain.found.first else {
      throw FileError("holds layers whose sizes do not follow on one another: \(list)", file: path)
    }
    guard chain.found.count == 1 else {
      throw FileError(
        "holds layers whose sizes leave their order open: \(list)",
        file: path,
        advice: "say in which order they come"
      )
    }
    return only
  }

  /// The order that the caller gives by name.
  private static func order(
    _ links: [Link],
    given names: [String],
    path: String
  ) throws(FileError) -> [Int] {
    let order = names.compactMap { name in links.firstIndex { $0.name == name } }
    guard Set(order).count == links.count, order.count == names.count else {
      throw FileError(
        "holds the layers \(FileError.list(links.map(\.name).sorted())), not the ones of the order given",
        file: path
      )
    }
    for (layer, next) in zip(order, order.dropFirst())
    where links[layer].outputSize != links[next].inputSize {
      throw FileError(
        "holds a layer '\(links[next].name)' that cannot follow '\(links[layer].name)'",
        file: path
      )
    }
    return order
  }

  private init(
    _ links: [Link],
    _ outputSizes: Set<Int>,
    _ mayFollow: @escaping ([Int], Int) -> Bool
  ) {
    self.links = links
    self.outputSizes = outputSizes
    self.mayFollow = mayFollow
  }

  /// Looks for a second order too, so that the first is known to be the only one.
  private mutating func search() {
    if chosen.count == links.count {
      if chosen.last.map({ outputSizes.contains(links[$0].outputSize) }) ?? false {
        found.append(chosen)
      }
      return
    }
    for next in links.indices where !chosen.contains(next) {
      steps += 1
      if steps > Self.patience {
        found = [chosen, chosen]
        return
      }
      let follows = chosen.last.map { links[$0].outputSize == links[next].inputSize } ?? true
      guard follows, mayFollow(chosen, next) else { continue }
      chosen.append(next)
      search()
      chosen.removeLast()
      if found.count > 1 { return }
    }
  }
}

extension FileError {
  /// The first of some names in quotation marks, and how many more there are.
  package static func list(_ names: [String]) -> String {
    let shown = names.prefix(5).map { "'\(JSONScanner.shortened($0))'" }.joined(separator: ", ")
    return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
  }
}

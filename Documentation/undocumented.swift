import Foundation

// Reads symbol graphs, and fails with the names of public declarations that have no documentation and
// of those that stand under no heading of their module's first page:
//
//     swift Documentation/undocumented.swift FOLDER...
//
// Documentation/build-site calls it with the graphs that the site is made of.

struct SymbolGraph: Decodable {
  struct Symbol: Decodable {
    struct Kind: Decodable {
      let identifier: String
      let displayName: String
    }
    struct Identifier: Decodable { let precise: String }
    struct Documentation: Decodable {
      struct Line: Decodable { let text: String }
      let lines: [Line]
    }
    struct Location: Decodable {
      struct Position: Decodable { let line: Int }
      let uri: String
      let position: Position
    }
    let kind: Kind
    let identifier: Identifier
    let pathComponents: [String]
    let docComment: Documentation?
    let location: Location?
  }
  struct Module: Decodable { let name: String }
  let module: Module
  let symbols: [Symbol]
}

extension SymbolGraph.Symbol {
  /// Whether nobody wrote it: the compiler made it, or it is what a protocol gives all its types.
  ///
  /// An extension of another module's type is no declaration either; what is in it is.
  var isSynthesized: Bool {
    location == nil || identifier.precise.contains("::SYNTHESIZED::")
      || kind.identifier == "swift.extension"
  }

  var isDocumented: Bool {
    docComment?.lines.contains { !$0.text.trimmingCharacters(in: .whitespaces).isEmpty } ?? false
  }
}

func stop(_ message: String) -> Never {
  FileHandle.standardError.write(Data("\(message)\n".utf8))
  exit(1)
}

let folders = CommandLine.arguments.dropFirst()
var graphs: [SymbolGraph] = []
for folder in folders {
  let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
  for name in names.sorted() where name.hasSuffix(".symbols.json") {
    guard let content = FileManager.default.contents(atPath: "\(folder)/\(name)"),
      let graph = try? JSONDecoder().decode(SymbolGraph.self, from: content)
    else { stop("\(folder)/\(name) is no symbol graph") }
    graphs.append(graph)
  }
}
if graphs.isEmpty { stop("no symbol graphs in \(folders.joined(separator: ", "))") }

var problems: [String] = []
var count = 0
for graph in graphs {
  let module = graph.module.name
  let page = "Sources/\(module)/Documentation.docc/\(module).md"
  guard let text = try? String(contentsOfFile: page, encoding: .utf8) else {
    stop("\(page) cannot be read; call this from the repository's folder")
  }
  for symbol in graph.symbols where !symbol.isSynthesized {
    count += 1
    let name = symbol.pathComponents.joined(separator: ".")
    let place = symbol.location.map { location in
      let file = URL(string: location.uri)?.lastPathComponent ?? location.uri
      return " (\(file):\(location.position.line + 1))"
    }
    if !symbol.isDocumented {
      problems.append(
        "\(module).\(name)\(place ?? ""), \(symbol.kind.displayName): no documentation"
      )
    }
    if symbol.pathComponents.count == 1, !text.contains("- ``\(name)``\n"),
      !text.contains("- ``\(name)-")
    {
      problems.append("\(module).\(name)\(place ?? ""): not on \(page)")
    }
  }
}
if !problems.isEmpty { stop(problems.joined(separator: "\n")) }
print("\(count) public declarations are documented and can be found")

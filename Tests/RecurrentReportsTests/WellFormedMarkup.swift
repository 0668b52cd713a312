import Foundation

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Reads markup as XML and remembers what it held, or why it could not be read.
final class WellFormedMarkup: NSObject, XMLParserDelegate {
  private(set) var elements: [String] = []
  private(set) var attributes: [[String: String]] = []
  private(set) var text: String = ""
  private(set) var problem: String?

  /// Reads `markup` from beginning to end.
  init(_ markup: String) {
    super.init()
    let parser = XMLParser(data: Data(markup.utf8))
    parser.delegate = self
    if !parser.parse(), problem == nil {
      problem = "line \(parser.lineNumber): \(String(describing: parser.parserError))"
    }
  }

  /// The number of elements with the given name.
  func count(of name: String) -> Int { elements.count { $0 == name } }

  /// The values of an attribute wherever it occurs.
  func values(of attribute: String) -> [String] { attributes.compactMap { $0[attribute] } }

  func parser(
    _ parser: XMLParser,
    didStartElement elementName: String,
    namespaceURI: String?,
    qualifiedName: String?,
    attributes attributeDict: [String: String]
  ) {
    elements.append(elementName)
    attributes.append(attributeDict)
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) {
    text += string
  }

  func parser(_ parser: XMLParser, parseErrorOccurred parseError: any Error) {
    problem = "line \(parser.lineNumber): \(parseError)"
  }
}

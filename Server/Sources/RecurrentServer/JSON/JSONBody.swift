import Foundation

/// Small bodies in JSON.
enum JSONBody {
  /// Reads a body's members.
  ///
  /// - Throws: `Problem`: 400 where it is no JSON, 422 where a member is of another kind.
  static func decoded<Members: Decodable>(
    _ type: Members.Type,
    from body: [UInt8]
  ) throws(Problem) -> Members {
    do {
      return try JSONDecoder().decode(type, from: Data(body))
    } catch let error as DecodingError {
      let path: [any CodingKey]
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context),
        .keyNotFound(_, let context):
        path = context.codingPath
        if path.isEmpty { throw .unfit("the body is no object; give one") }
      case .dataCorrupted(let context): path = context.codingPath
      @unknown default: path = []
      }
      guard let name = path.first?.stringValue else {
        // A number that is out of range is told without its place.
        guard (try? JSONSerialization.jsonObject(with: Data(body))) == nil else {
          throw .unfit("a member is not of the kind that is wanted; see /openapi.json")
        }
        throw .malformed("the body is no JSON; give an object")
      }
      throw .unfit("\(name) is not of the kind that is wanted; see /openapi.json")
    } catch {
      throw .malformed("the body is no JSON; give an object")
    }
  }
}

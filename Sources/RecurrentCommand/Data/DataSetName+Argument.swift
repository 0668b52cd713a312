public import ArgumentParser
public import RecurrentData

extension DataSetName: ExpressibleByArgument {
  /// The data sets of images.
  package static var allValueStrings: [String] { images.map(\.rawValue) }

  /// The data set of images of this name.
  package init?(argument: String) {
    guard let found = Self.images.first(where: { $0.rawValue == argument }) else { return nil }
    self = found
  }
}

extension TablePreparation.Task: ExpressibleByArgument {}

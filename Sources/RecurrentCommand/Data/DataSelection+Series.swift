import Foundation
import Recurrent
import RecurrentData

extension DataSelection {
  /// From so many series on, some are kept from learning to watch by.
  private static let manySeries = 500

  /// The series of a file as they come, split.
  private struct SeriesSplits {
    var training: LabelledSeries
    var validation: LabelledSeries?
    var test: LabelledSeries
    var fingerprint: String
    var remarks: [String]
  }

  /// Chooses how often series are gone through and how they become steps, unless that was said, and
  /// tells what was chosen.
  mutating func chooseSeries(
    for recipe: inout Recipe,
    epochs: Int?,
    seed: UInt64,
    threads: Int
  ) throws {
    splitSeed = seed
    let splits = try seriesSplits()
    recipe.epochs = epochs ?? recipe.epochs(forSeries: splits.training.series.count)
    guard choice == nil else { return }
    let search = SeriesSearch(splits.training, recipe, seed: seed, threads: threads)
    let progress = ProgressLine()
    defer { progress.clear() }
    let outcome = try search.run { progress.show($0) }
    progress.clear()
    for line in outcome.lines { print(line) }
    choice = outcome.choice
  }

  /// The series of a file, and those beside it, as a model reads them.
  func series(preparedBy given: InputPreparation?) throws -> RunData {
    let splits = try seriesSplits()
    let values = splits.training.series.map(\.values)
    let variables = splits.training.variables
    var preparation = SeriesPreparation(
      of: values,
      variables: variables,
      choice ?? SeriesPreparation.Choice()
    )
    if case .series(let own) = given {
      guard own.variables == variables else {
        throw CommandFailure(
          """
          \(title): has \(variables) variable\(variables == 1 ? "" : "s"), the run's series have \
          \(own.variables)
          """
        )
      }
      preparation = own
    }
    var remarks = splits.remarks
    let constant = SeriesPreparation.constantVariables(of: values, variables: variables)
    if !constant.isEmpty {
      remarks.append(
        """
        Variable\(constant.count == 1 ? "" : "s") \(constant.map { "\($0 + 1)" }.joined(separator: ", ")) \
        never change\(constant.count == 1 ? "s" : "") in training: nothing is learned from \
        \(constant.count == 1 ? "it" : "them")
        """
      )
    }
    if preparation.marksMissing {
      let missing = values.reduce(0) { $0 + $1.count { $0.isNaN } }
      remarks.append(
        """
        \(missing) numbers are missing in training: each is taken to be the last before it, and marked
        """
      )
    }
    return RunData(
      training: preparation.dataset(of: splits.training),
      validation: splits.validation.map { preparation.dataset(of: $0) },
      test: preparation.dataset(of: splits.test),
      fingerprint: splits.fingerprint,
      preparation: .series(preparation),
      remarks: remarks
    )
  }

  /// Reads the files, and splits what is not split already.
  private func seriesSplits() throws -> SeriesSplits {
    let path = path ?? ""
    let all = try TimeSeriesFile.read(path)
    var digest = SHA256Digest()
    digest.append(try WholeFile.contents(of: path))
    var splits = SeriesSplits(
      training: all,
      validation: nil,
      test: all,
      fingerprint: "",
      remarks: []
    )
    if let testFile = testPath ?? Self.testFile(beside: path) {
      splits.test = try TimeSeriesFile.read(testFile).renumbered(as: all, path: testFile)
      digest.append(try WholeFile.contents(of: testFile))
      splits.remarks.append(
        "Tested on \(URL(filePath: testFile).lastPathComponent): \(splits.test.series.count) series"
      )
    } else {
      (splits.training, splits.test) = try all.split(share: 0.2, seed: splitSeed ?? 1, path: path)
      splits.remarks.append("Tested on a fifth of the file, drawn by the seed from each class")
    }
    splits.fingerprint = digest.hexadecimal
    let isLarge = splits.training.series.count >= Self.manySeries
    if let share = validationShare ?? (isLarge ? 0.2 : nil) {
      let (training, validation) = try splits.training.split(
        share: share,
        seed: (splitSeed ?? 1) &+ 1,
        path: path
      )
      splits.training = training
      splits.validation = validation
    }
    try splits.training.checkClasses(path: path)
    return splits
  }

  /// The file of the archives' names that goes with one to train on.
  private static func testFile(beside path: String) -> String? {
    let url = URL(filePath: path)
    let name = url.deletingPathExtension().lastPathComponent
    guard name.uppercased().hasSuffix("_TRAIN") else { return nil }
    let test = name.hasSuffix("_TRAIN") ? "_TEST" : "_test"
    let other = url.deletingLastPathComponent()
      .appending(path: name.dropLast(6) + test + "." + url.pathExtension).path
    return FileManager.default.fileExists(atPath: other) ? other : nil
  }
}

extension LabelledSeries {
  /// The same series with the classes of others, which a model was trained on.
  fileprivate func renumbered(as others: LabelledSeries, path: String) throws -> LabelledSeries {
    guard variables == others.variables else {
      throw CommandFailure(
        "\(path): has \(variables) variables, the series to train on \(others.variables)"
      )
    }
    let places = Dictionary(uniqueKeysWithValues: zip(others.classNames, 0...))
    let trained = Set(others.series.map(\.label))
    var result = self
    result.classNames = others.classNames
    for index in series.indices {
      let name = classNames[series[index].label]
      guard let place = places[name], trained.contains(place) else {
        throw CommandFailure(
          """
          \(path): series \(index + 1) is of class '\(name)', of which there is none to train on; take \
          it out, or train on some
          """
        )
      }
      result.series[index].label = place
    }
    return result
  }

  /// Two parts: that of each class which a seed draws is the second.
  func split(
    share: Double,
    seed: UInt64,
    path: String
  ) throws -> (LabelledSeries, LabelledSeries) {
    var stream = RandomStream(seed: seed, purpose: .shuffling)
    let order = stream.permutation(of: series.count)
    var taken = Set<Int>()
    for label in classNames.indices {
      let members = order.filter { series[$0].label == label }
      taken.formUnion(members.prefix(Int((Double(members.count) * share).rounded())))
    }
    guard !taken.isEmpty, taken.count < series.count else {
      throw CommandFailure(
        "\(path): has \(series.count) series, too few to keep some from learning; add more"
      )
    }
    var (first, second) = (self, self)
    first.series = series.indices.filter { !taken.contains($0) }.map { series[$0] }
    second.series = series.indices.filter { taken.contains($0) }.map { series[$0] }
    return (first, second)
  }

  /// Refuses series among which there is nothing to tell apart.
  fileprivate func checkClasses(path: String) throws {
    guard Set(series.map(\.label)).count > 1 else {
      throw CommandFailure(
        "\(path): all series are of class '\(classNames[series[0].label])'; two or more are wanted"
      )
    }
  }
}

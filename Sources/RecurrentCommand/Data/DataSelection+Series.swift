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
    of file: SeriesFile,
    for recipe: inout Recipe,
    epochs: Int?,
    seed: UInt64,
    threads: Int
  ) throws {
    splitSeed = seed
    let splits = try seriesSplits(file)
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
  func series(_ file: SeriesFile, preparedBy given: InputPreparation?) throws -> RunData {
    let splits = try seriesSplits(file)
    let values = splits.training.series.map(\.values)
    let variables = splits.training.variables
    var preparation = SeriesPreparation(
      of: splits.training,
      choice ?? SeriesPreparation.Choice()
    )
    if let own = given?.series {
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
      let names = file.table?.variableNames ?? (1...variables).map { "\($0)" }
      remarks.append(
        """
        Variable\(constant.count == 1 ? "" : "s") \(constant.map { names[$0] }.joined(separator: ", ")) \
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
      preparation: file.table.map { .table($0, preparation) } ?? .series(preparation),
      remarks: remarks
    )
  }

  /// Splits what is not split already.
  private func seriesSplits(_ file: SeriesFile) throws -> SeriesSplits {
    let path = path ?? ""
    guard case .labelled(let all) = file.content else {
      throw CommandFailure("\(path): has nothing to be answered about its series")
    }
    var splits = SeriesSplits(
      training: all,
      validation: nil,
      test: all,
      fingerprint: file.digest,
      remarks: file.remarks
    )
    if let testFile = testPath ?? Self.testFile(beside: path) {
      let other = try SeriesFile(testFile, of: self, like: file.table)
      guard case .labelled(let series) = other.content else {
        throw CommandFailure("\(testFile): has nothing to be answered about its series")
      }
      splits.test = try series.renumbered(as: all, path: testFile)
      splits.fingerprint = SHA256Digest.hexadecimal(of: Array((file.digest + other.digest).utf8))
      splits.remarks.append(
        "Tested on \(URL(filePath: testFile).lastPathComponent): \(splits.test.series.count) series"
      )
    } else if case .labelled(let series) = file.test {
      splits.test = try series.renumbered(as: all, path: path)
      splits.remarks.append("Tested on the file's own series to test on")
    } else {
      (splits.training, splits.test) = try all.split(share: 0.2, seed: splitSeed ?? 1, path: path)
      splits.remarks.append(
        all.areContinuous
          ? "Tested on the last fifth of the rows"
          : all.series.first?.label ?? -1 >= 0
            ? "Tested on a fifth of the file, drawn by the seed from each class"
            : "Tested on a fifth of the file, drawn by the seed"
      )
    }
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
    try splits.training.checkAnswers(path: path)
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
    guard series.first?.answer.isLike(others.series.first?.answer) ?? true,
      !answersAreNumbers || outputNames.count == others.outputNames.count
    else {
      throw CommandFailure("\(path): answers otherwise than the series to train on")
    }
    if answersAreNumbers { return self }
    let places = Dictionary(uniqueKeysWithValues: zip(others.outputNames, 0...))
    let trained = others.answeredClasses
    var result = self
    result.outputNames = others.outputNames
    for index in series.indices {
      func place(_ label: Int) throws -> Int {
        if label < 0 { return label }
        let name = outputNames[label]
        guard let place = places[name], trained.contains(place) else {
          throw CommandFailure(
            """
            \(path): series \(index + 1) is of class '\(name)', of which there is none to train on; take \
            it out, or train on some
            """
          )
        }
        return place
      }
      switch series[index].answer {
      case .label(let label): result.series[index].answer = .label(try place(label))
      case .labels(let labels):
        result.series[index].answer = .labels(try labels.map { Int32(try place(Int($0))) })
      case .numbers: break
      }
    }
    return result
  }

  /// The classes that are an answer.
  private var answeredClasses: Set<Int> {
    series.reduce(into: []) { classes, one in
      switch one.answer {
      case .label(let label): classes.insert(label)
      case .labels(let labels): classes.formUnion(labels.lazy.map { Int($0) }.filter { $0 >= 0 })
      case .numbers: break
      }
    }
  }

  /// Two parts: that of each class which a seed draws is the second; of one recording its end.
  func split(
    share: Double,
    seed: UInt64,
    path: String
  ) throws -> (LabelledSeries, LabelledSeries) {
    var taken = Set<Int>()
    if areContinuous {
      let count = Int((Double(series.count) * share).rounded(.up))
      taken.formUnion(series.indices.suffix(count))
    } else {
      var stream = RandomStream(seed: seed, purpose: .shuffling)
      let order = stream.permutation(of: series.count)
      for members in Dictionary(grouping: order, by: { series[$0].label }).values {
        taken.formUnion(members.prefix(Int((Double(members.count) * share).rounded())))
      }
    }
    guard !taken.isEmpty, taken.count < series.count else {
      throw CommandFailure(
        areContinuous
          ? "\(path): has too few rows to keep some from learning; add more"
          : "\(path): has \(series.count) series, too few to keep some from learning; add more"
      )
    }
    var (first, second) = (self, self)
    first.series = series.indices.filter { !taken.contains($0) }.map { series[$0] }
    second.series = series.indices.filter { taken.contains($0) }.map { series[$0] }
    return (first, second)
  }

  /// Refuses series among which there is nothing to tell apart, or about which nothing is known.
  fileprivate func checkAnswers(path: String) throws {
    if answersAreNumbers {
      for (output, name) in outputNames.enumerated() {
        let known = series.lazy.compactMap { one -> Float? in
          guard case .numbers(let numbers) = one.answer, !numbers[output].isNaN else { return nil }
          return numbers[output]
        }
        guard Set(known).count > 1 else {
          throw CommandFailure(
            "\(path): '\(name)' is \(known.first.map { "\($0)" } ?? "missing") in all series to train on"
          )
        }
      }
      return
    }
    let classes = answeredClasses
    guard classes.count > 1 else {
      let name = classes.first.map { "of class '\(outputNames[$0])'" } ?? "without a class"
      throw CommandFailure("\(path): all series are \(name); two or more are wanted")
    }
  }
}

extension LabelledSeries.Answer {
  /// Whether another answer is of the same kind.
  fileprivate func isLike(_ other: LabelledSeries.Answer?) -> Bool {
    switch (self, other) {
    case (.label, .label), (.labels, .labels), (.numbers, .numbers): true
    default: false
    }
  }
}

import ArgumentParser
import Recurrent
import RecurrentData

/// Which examples are learned from.
struct DataOptions: ParsableArguments {
  @Argument(
    help: ArgumentHelp(
      """
      What to learn: digits (drawn by code, no download; the default), mnist, fashion-mnist, a task \
      for the memory (adding, copy, temporal-order, parity, final-parity; drawn), a file of series \
      (.ts), a table (.csv, .tsv), arrays (.npy, .npz), a folder with a folder of series for each \
      class, or a file of text (any other).
      """,
      valueName: "data"
    ),
    transform: { try DataArgument($0) }
  )
  var dataset: DataArgument?

  @Option(
    help: ArgumentHelp(
      """
      A folder with the data set's four IDX files, plain or gzip; with --resume, the place the data \
      are at now.
      """,
      valueName: "folder"
    )
  )
  var data: String?

  @OptionGroup(title: "Files of text, of series, and tables")
  var file: FileOptions

  @Option(
    parsing: .unconditional,
    help: "How many digits, or examples of a task for the memory, to draw. Default: 20,000."
  )
  var examples: Int?

  @Option(
    parsing: .unconditional,
    help: "How many steps back a task for the memory asks for. Default: 100."
  )
  var lag: Int?

  /// The data that are named, or drawn digits.
  var named: DataArgument { dataset ?? DataArgument(.digits) }

  func validate() throws {
    if let examples, !DataSelection.drawnCounts.contains(examples) {
      throw ValidationError("--examples is \(examples); use a number from 1 to 10,000,000")
    }
  }

  /// Refuses options that do not go with the data, or with one another.
  func check(_ choices: RecipeChoices) throws {
    let named = named
    if named.name.isSeries {
      // What is learned shows when the file is read.
      _ = try choices.recipe(over: Recipe())
    } else {
      _ = try choices.recipe(for: DataSelection(name: named.name))
    }
    if data != nil && !named.name.isDownloaded {
      throw ValidationError(
        named.path == nil
          ? "--data goes with mnist or fashion-mnist; examples of \(named.name.rawValue) are drawn, not read"
          : "--data goes with mnist or fashion-mnist; a file is named by itself"
      )
    }
    if examples != nil && !named.name.isDrawn {
      throw ValidationError(
        "--examples goes with digits and tasks for the memory; other data have their own size"
      )
    }
    try named.name.checkLag(lag)
    try file.check(for: named.name)
  }

  /// The examples that are asked for.
  func selection(seed: UInt64) -> DataSelection {
    var selection =
      named.path.map { DataSelection(file: $0, as: named.name, file) }
      ?? DataSelection(name: named.name, folder: data)
    if named.name.isDrawn {
      selection.drawnCount = examples ?? 20_000
      selection.drawnSeed = seed
    }
    if named.name.memoryTask != nil { selection.lag = lag ?? DataSelection.usualLag }
    return selection
  }
}
